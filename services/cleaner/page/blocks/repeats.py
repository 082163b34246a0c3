"""Blocks that repeat what others of the article say.

They are pull quotes, decks, and an article that its page holds twice, once perhaps in one block.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from services.cleaner.page.blocks.hash_sets import number_hashes
from services.cleaner.page.blocks.jit import jit
from services.cleaner.page.blocks.walk.elements import Elements
from services.cleaner.page.blocks.walk.tags import Bits, Ints
from services.cleaner.page.blocks.words import RUN, BlockWords, run

_MIN_WORDS: Final = 10
"""A shorter block may be a refrain."""
_REPEATED_SHARE: Final = 0.9
_NO_LONGER: Final = 1.25
"""Neighbours of the same structure and about the same length repeat nothing: the steps of a recipe,
the rows of a table."""
_MOST_OF_IT: Final = 0.8
_MANY: Final = 3
"""A block that is made of so many others is a copy of the article without its paragraphs."""
_SPREAD: Final = np.uint64(0x9E3779B97F4A7C15)


def find_repeats(
    words: BlockWords, in_body: NDArray[np.bool_], owner: Ints, elements: Elements
) -> NDArray[np.bool_]:
    """Return for each block whether longer blocks of the body repeat nine in ten of its runs.

    Of equal blocks the first is the original. A block that is made of three others or more is the
    copy, not they. ``owner``: the element of each block.
    """
    counts = np.diff(words.first)
    order = np.argsort(-counts, kind="stable")
    return _find_repeats(words, in_body, counts, order, _rooms(owner, elements))


@jit
def _rooms(owner: Ints, elements: Elements) -> Bits:
    """Return the same number for blocks of the same structure that have the same parent."""
    rooms = np.empty(owner.size, np.uint64)
    for block in range(owner.size):
        parent = np.uint64(elements.parent[owner[block]] + 1)
        rooms[block] = elements.signature[owner[block]] * _SPREAD ^ parent
    return rooms


@jit
def _find_repeats(
    words: BlockWords,
    in_body: NDArray[np.bool_],
    counts: Ints,
    order: NDArray[np.int64],
    rooms: Bits,
) -> NDArray[np.bool_]:
    """Find the repeats; ``order``: the blocks, the longest first."""
    numbers, total = _number_runs(words), (counts * in_body).sum()
    repeats = np.zeros(in_body.size, np.bool_)
    first_in = np.full(numbers.size, -1, np.int32)
    for block in order:
        if not in_body[block] or _is_copy(words.first, in_body, counts, block, numbers, total):
            repeats[block] = in_body[block]
            continue
        start, runs, common = words.first[block], counts[block] - RUN + 1, 0
        for position in range(start, start + runs):
            original = first_in[numbers[position]]
            common += original >= 0 and (
                rooms[original] != rooms[block] or counts[original] > _NO_LONGER * counts[block]
            )
        repeats[block] = counts[block] >= _MIN_WORDS and common >= _REPEATED_SHARE * runs
        for position in range(start, start + runs * (not repeats[block])):
            if first_in[numbers[position]] < 0:
                first_in[numbers[position]] = block
    return repeats


@jit
def _number_runs(words: BlockWords) -> Ints:
    """Return for each word a number of the run that begins with it, the same for equal runs."""
    runs = np.zeros(words.code.size, np.uint64)
    for start in range(words.code.size - RUN + 1):
        runs[start] = run(words.code, start)
    return number_hashes(runs)


@jit
def _is_copy(
    first: Ints, in_body: NDArray[np.bool_], counts: Ints, long: int, numbers: Ints, total: int
) -> bool:
    """Return whether the longest block that is left is made of shorter ones.

    ``total``: the words of the whole body.
    """
    if counts[long] < _MANY * _MIN_WORDS or 4 * counts[long] < total:
        return False  # a paragraph among others
    inside = np.zeros(numbers.size, np.bool_)
    for position in range(first[long], first[long] + counts[long] - RUN + 1):
        inside[numbers[position]] = True
    parts = covered = 0
    for block in range(in_body.size):
        runs, common = counts[block] - RUN + 1, 0
        if in_body[block] and _MIN_WORDS <= counts[block] < counts[long] // 2:
            for position in range(first[block], first[block] + runs):
                common += inside[numbers[position]]
            parts += common >= _REPEATED_SHARE * runs
            covered += common
    return bool(parts >= _MANY and covered >= _MOST_OF_IT * (counts[long] - RUN + 1))
