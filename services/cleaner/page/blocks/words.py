"""The words of the blocks as hashes, for comparing them with what the page's head says."""

from typing import NamedTuple

import numpy as np

from services.cleaner.page.blocks.hash_sets import hash_set, holds
from services.cleaner.page.blocks.jit import compiled
from services.cleaner.page.blocks.walk.characters import ALONE, TABLE_SIZE, WORD, Characters
from services.cleaner.page.blocks.walk.tags import Bits, Ints, Text

_FNV_START = np.uint64(0xCBF29CE484222325)
_FNV_STEP = np.uint64(0x100000001B3)
RUN = 3
"""Words in a run."""


class BlockWords(NamedTuple):
    """Words of block n: ``code[first[n]:first[n + 1]]``, hashes of their lower-case form; in scripts without spaces, a character is a word."""

    code: Bits
    first: Ints


@compiled
def words_of(text: Text, start: Ints, characters: Characters) -> BlockWords:
    """The words of ``text[start[n]:start[n + 1]]`` for every n."""
    kinds, lower = characters.kinds, characters.lower
    code, first = np.empty(text.size, np.uint64), np.zeros(start.size, np.int32)
    count = 0
    for block in range(start.size - 1):
        value = _FNV_START
        for at in range(start[block], start[block + 1]):
            point = text[at]
            kind = kinds[point] if point < TABLE_SIZE else 0
            if kind & ALONE or not kind & WORD:
                count, value = _ended(code, count, value)
            if kind & WORD:
                value = (value ^ np.uint64(lower[point])) * _FNV_STEP
            if kind & ALONE:
                count, value = _ended(code, count, value)
        count, value = _ended(code, count, value)
        first[block + 1] = count
    return BlockWords(code[:count], first)


@compiled
def _ended(code: Bits, count: int, value: np.uint64) -> tuple[int, np.uint64]:
    if value == _FNV_START:
        return count, value
    code[count] = value
    return count + 1, _FNV_START


@compiled
def run_set(words: BlockWords) -> Bits:
    """The set of all runs of three words."""
    runs = np.empty(max(0, words.code.size - RUN + 1), np.uint64)
    for at in range(runs.size):
        runs[at] = run(words.code, at)
    return hash_set(runs)


@compiled
def run(code: Bits, at: int) -> np.uint64:
    """One hash for the three words from ``at`` on."""
    return np.uint64(((code[at] * _FNV_STEP ^ code[at + 1]) * _FNV_STEP ^ code[at + 2]) * _FNV_STEP)


@compiled
def shared_runs(code: Bits, start: int, end: int, table: Bits) -> float:
    """The share of the runs of three words in ``code[start:end]`` that are in the set of runs; 0 for fewer words."""
    found = 0
    for at in range(start, end - RUN + 1):
        found += holds(table, run(code, at))
    return found / max(1, end - start - RUN + 1)
