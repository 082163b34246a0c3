"""Features of a block by itself: its length, signs and markup, and what the head says of it."""

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from services.cleaner.page.blocks.hash_sets import number_hashes
from services.cleaner.page.blocks.jit import jit
from services.cleaner.page.blocks.walk.characters import (
    ALONE,
    LOWER,
    STOP,
    TABLE_SIZE,
    UPPER,
    WORD,
    Characters,
)
from services.cleaner.page.blocks.walk.elements import Elements
from services.cleaner.page.blocks.walk.tags import Bits, Bytes, Text, extend_hash
from services.cleaner.page.blocks.walk.texts import TextBlocks
from services.cleaner.page.blocks.words import BlockWords, run_overlap

Matrix = NDArray[np.float32]

BLOCK_FEATURES: Final = (
    "characters",
    "words",
    "link share",
    "bold share",
    "ends like a sentence",
    "commas",
    "capitalised share",
    "word length",
    "begins in lower case",
    "of description",
    "of declared body",
    "said elsewhere",
    "form",
    "paragraph",
    "depth",
    "hidden",
)
"""Names of the columns that ``block_features`` fills, in order.

Form: a number for the kind of element (markup.FORMS).
"""
WORDS: Final = BLOCK_FEATURES.index("words")
LINK_SHARE: Final = BLOCK_FEATURES.index("link share")
SENTENCE: Final = BLOCK_FEATURES.index("ends like a sentence")
HIDDEN: Final = BLOCK_FEATURES.index("hidden")
_ELSEWHERE: Final = BLOCK_FEATURES.index("said elsewhere")
_P: Final = 1
_BEGINNING_CHARACTERS: Final = 80
_FNV_START: Final = np.uint64(0xCBF29CE484222325)


class HeadRuns(NamedTuple):
    """Sets of the runs of words in the head's descriptions and in the body that JSON-LD gives."""

    description: Bits
    body: Bits
    declares_body: bool


@jit
def block_features(
    blocks: TextBlocks,
    elements: Elements,
    words: BlockWords,
    head_runs: HeadRuns,
    characters: Characters,
    out: Matrix,
) -> None:
    """Fill the columns of BLOCK_FEATURES; ``out`` has a row a block."""
    form, depth, hidden = elements.form, elements.depth, elements.hidden
    start, code, first_word = blocks.start, words.code, words.first
    for block in range(blocks.element.size):
        row, element = out[block], blocks.element[block]
        begin, end = start[block], start[block + 1]
        first, last = first_word[block], first_word[block + 1]
        length, total = end - begin, max(1, last - first)
        row[0], row[1] = length, total
        row[2] = min(1.0, blocks.link_characters[block] / length)
        row[3] = min(1.0, blocks.bold_characters[block] / length)
        row[4] = _ends_sentence(blocks.text, begin, end, characters.kinds)
        _fill_signs(blocks.text, begin, end, total, characters.kinds, row)
        row[9] = run_overlap(code, first, last, head_runs.description)
        row[10] = -1
        if head_runs.declares_body:
            row[10] = run_overlap(code, first, last, head_runs.body)
        row[12], row[13] = form[element], form[element] == _P
        row[14], row[15] = depth[element], hidden[element]
    _fill_copies(blocks, out)


@jit
def _fill_signs(text: Text, begin: int, end: int, total: int, kinds: Bytes, row: Matrix) -> None:
    commas = capitalised = letters = 0
    in_word = False
    for position in range(begin, end):
        point = text[position]
        kind = kinds[point] if point < TABLE_SIZE else 0
        is_word = (kind & WORD) != 0
        letters += is_word
        capitalised += is_word and (kind & UPPER) != 0 and (not in_word or (kind & ALONE) != 0)
        commas += point == ord(",") or point == ord("،") or point == ord("、")
        in_word = is_word
    opening = kinds[text[begin]] if text[begin] < TABLE_SIZE else 0
    row[5], row[6], row[7] = commas, capitalised / total, letters / total
    row[8] = (opening & LOWER) != 0


@jit
def _ends_sentence(text: Text, begin: int, end: int, kinds: Bytes) -> bool:
    """Return whether only signs are behind a full stop or the like."""
    while end > begin:
        end -= 1
        kind = kinds[text[end]] if text[end] < TABLE_SIZE else 0
        if kind & STOP:
            return True
        if kind & WORD:
            return False
    return False


@jit
def _fill_copies(blocks: TextBlocks, out: Matrix) -> None:
    """Fill in how often the block's beginning is elsewhere on the page."""
    count = blocks.element.size
    beginnings = np.empty(count, np.uint64)
    for block in range(count):
        begin = blocks.start[block]
        end = min(blocks.start[block + 1], begin + _BEGINNING_CHARACTERS)
        beginnings[block] = extend_hash(blocks.text, begin, end, _FNV_START)
    numbers = number_hashes(beginnings)
    times = np.bincount(numbers, minlength=1)
    for block in range(count):
        out[block, _ELSEWHERE] = times[numbers[block]] - 1
