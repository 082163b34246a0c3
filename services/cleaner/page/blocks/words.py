"""The words of the blocks as hashes, to be compared with what the page's head says."""

from typing import NamedTuple

import numpy as np

from services.cleaner.page.blocks.hash_sets import contains, hash_set
from services.cleaner.page.blocks.jit import jit
from services.cleaner.page.blocks.walk.characters import ALONE, TABLE_SIZE, WORD, Characters
from services.cleaner.page.blocks.walk.tags import Bits, Ints, Text

_FNV_START = np.uint64(0xCBF29CE484222325)
_FNV_STEP = np.uint64(0x100000001B3)
RUN = 3
"""Words in a run."""


class BlockWords(NamedTuple):
    """The words of block n are ``code[first[n]:first[n + 1]]``, hashes of their lower-case form.

    In scripts without spaces, a character is a word.
    """

    code: Bits
    first: Ints


@jit
def words_of(text: Text, start: Ints, characters: Characters) -> BlockWords:
    """Return the words of ``text[start[n]:start[n + 1]]`` for every n."""
    kinds, lower = characters.kinds, characters.lower
    code, first = np.empty(text.size, np.uint64), np.zeros(start.size, np.int32)
    count = 0
    for block in range(start.size - 1):
        value = _FNV_START
        for position in range(start[block], start[block + 1]):
            point = text[position]
            kind = kinds[point] if point < TABLE_SIZE else 0
            if kind & ALONE or not kind & WORD:
                count, value = _end_word(code, count, value)
            if kind & WORD:
                value = (value ^ np.uint64(lower[point])) * _FNV_STEP
            if kind & ALONE:
                count, value = _end_word(code, count, value)
        count, value = _end_word(code, count, value)
        first[block + 1] = count
    return BlockWords(code[:count], first)


@jit
def _end_word(code: Bits, count: int, value: np.uint64) -> tuple[int, np.uint64]:
    if value == _FNV_START:
        return count, value
    code[count] = value
    return count + 1, _FNV_START


@jit
def run_set(words: BlockWords) -> Bits:
    """Return the set of all runs of three words."""
    runs = np.empty(max(0, words.code.size - RUN + 1), np.uint64)
    for start in range(runs.size):
        runs[start] = run(words.code, start)
    return hash_set(runs)


@jit
def run(code: Bits, start: int) -> np.uint64:
    """Return one hash for the three words from ``start`` on."""
    first = code[start] * _FNV_STEP ^ code[start + 1]
    return np.uint64((first * _FNV_STEP ^ code[start + 2]) * _FNV_STEP)


@jit
def run_overlap(code: Bits, start: int, end: int, table: Bits) -> float:
    """Return the share of the runs in ``code[start:end]`` that the set of runs contains.

    It is 0 for fewer words than a run has.
    """
    count = 0
    for position in range(start, end - RUN + 1):
        count += contains(table, run(code, position))
    return count / max(1, end - start - RUN + 1)
