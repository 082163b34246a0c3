"""Features of a block by itself: its length, its signs, its markup, and what the page's head says of it."""

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from services.cleaner.page.blocks.hash_sets import numbered
from services.cleaner.page.blocks.jit import compiled
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
from services.cleaner.page.blocks.walk.tags import Bits, Bytes, Text, hashed
from services.cleaner.page.blocks.walk.texts import TextBlocks
from services.cleaner.page.blocks.words import BlockWords, shared_runs

Matrix = NDArray[np.float32]

LOOKS: Final = (
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
"""Names of the columns that ``looks`` fills, in order. Form: a number for the kind of element (markup.FORMS)."""
WORDS: Final = LOOKS.index("words")
LINK_SHARE: Final = LOOKS.index("link share")
SENTENCE: Final = LOOKS.index("ends like a sentence")
_ELSEWHERE: Final = LOOKS.index("said elsewhere")
_P: Final = 1
_SAID_CHARACTERS: Final = 80
_FNV_START: Final = np.uint64(0xCBF29CE484222325)


class HeadRuns(NamedTuple):
    """What the head says: sets of the runs of words of its descriptions and of the body that it declares (JSON-LD)."""

    description: Bits
    body: Bits
    declares_body: bool


@compiled
def looks(
    blocks: TextBlocks,
    elements: Elements,
    words: BlockWords,
    said: HeadRuns,
    characters: Characters,
    out: Matrix,
) -> None:
    """Fills the columns of LOOKS; ``out`` has a row a block."""
    form, depth, hidden, start, code, first = (
        elements.form,
        elements.depth,
        elements.hidden,
        blocks.start,
        words.code,
        words.first,
    )
    for block in range(blocks.element.size):
        row, element = out[block], blocks.element[block]
        begin, end = start[block], start[block + 1]
        length, total = end - begin, max(1, first[block + 1] - first[block])
        row[0], row[1] = length, total
        row[2], row[3] = (
            min(1.0, blocks.link_characters[block] / length),
            min(1.0, blocks.bold_characters[block] / length),
        )
        row[4] = _ends_sentence(blocks.text, begin, end, characters.kinds)
        _signs(blocks.text, begin, end, total, characters.kinds, row)
        row[9] = shared_runs(code, first[block], first[block + 1], said.description)
        row[10] = (
            shared_runs(code, first[block], first[block + 1], said.body)
            if said.declares_body
            else -1
        )
        row[12], row[13], row[14], row[15] = (
            form[element],
            form[element] == _P,
            depth[element],
            hidden[element],
        )
    _repeats(blocks, out)


@compiled
def _signs(text: Text, begin: int, end: int, total: int, kinds: Bytes, row: Matrix) -> None:
    commas = capitalised = letters = 0
    in_word = False
    for at in range(begin, end):
        point = text[at]
        kind = kinds[point] if point < TABLE_SIZE else 0
        is_word = (kind & WORD) != 0
        letters += is_word
        capitalised += is_word and (kind & UPPER) != 0 and (not in_word or (kind & ALONE) != 0)
        commas += point == ord(",") or point == ord("،") or point == ord("、")
        in_word = is_word
    opening = kinds[text[begin]] if text[begin] < TABLE_SIZE else 0
    row[5], row[6], row[7], row[8] = (
        commas,
        capitalised / total,
        letters / total,
        (opening & LOWER) != 0,
    )


@compiled
def _ends_sentence(text: Text, begin: int, end: int, kinds: Bytes) -> bool:
    """Whether nothing but signs stands behind a full stop or the like."""
    while end > begin:
        end -= 1
        kind = kinds[text[end]] if text[end] < TABLE_SIZE else 0
        if kind & STOP:
            return True
        if kind & WORD:
            return False
    return False


@compiled
def _repeats(blocks: TextBlocks, out: Matrix) -> None:
    """How often the block's beginning stands elsewhere on the page."""
    count = blocks.element.size
    beginnings = np.empty(count, np.uint64)
    for block in range(count):
        begin = blocks.start[block]
        beginnings[block] = hashed(
            blocks.text, begin, min(blocks.start[block + 1], begin + _SAID_CHARACTERS), _FNV_START
        )
    numbers = numbered(beginnings)
    times = np.bincount(numbers, minlength=1)
    for block in range(count):
        out[block, _ELSEWHERE] = times[numbers[block]] - 1
