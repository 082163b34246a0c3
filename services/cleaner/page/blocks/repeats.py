"""Blocks that say again what others of the article say: pull quotes, decks, an article that its page holds twice, once perhaps in one block."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from services.cleaner.page.blocks.hash_sets import numbered
from services.cleaner.page.blocks.jit import compiled
from services.cleaner.page.blocks.walk.elements import Elements
from services.cleaner.page.blocks.walk.tags import Bits, Ints
from services.cleaner.page.blocks.words import RUN, BlockWords, run

_SHORTEST_WORDS: Final = 10
"""A shorter block may be a refrain."""
_REPEATED_SHARE: Final = 0.9
_NO_LONGER: Final = 1.25
"""Neighbours that are made alike and of about one length repeat nothing: the steps of a recipe, the rows of a table."""
_MOST_OF_IT: Final = 0.8
_MANY: Final = 3
"""A block that is made of so many others is a copy of the article without its paragraphs."""
_SPREAD: Final = np.uint64(0x9E3779B97F4A7C15)


def repeated(
    words: BlockWords, kept: NDArray[np.bool_], owner: Ints, elements: Elements
) -> NDArray[np.bool_]:
    """For each block whether nine in ten of its runs of three words stand in longer kept ones; of equals the first is the original.

    A block that is made of three others or more is the copy, not they. ``owner``: the element of each block.
    """
    counts = np.diff(words.first)
    return _repeated(
        words, kept, counts, np.argsort(-counts, kind="stable"), _rooms(owner, elements)
    )


@compiled
def _rooms(owner: Ints, elements: Elements) -> Bits:
    """The same number for blocks that are made alike and have the same parent."""
    rooms = np.empty(owner.size, np.uint64)
    for block in range(owner.size):
        rooms[block] = elements.signature[owner[block]] * _SPREAD ^ np.uint64(
            elements.parent[owner[block]] + 1
        )
    return rooms


@compiled
def _repeated(
    words: BlockWords, kept: NDArray[np.bool_], counts: Ints, order: NDArray[np.int64], rooms: Bits
) -> NDArray[np.bool_]:
    """As above; ``order``: the blocks, the longest first."""
    numbers, every = _numbered_runs(words), (counts * kept).sum()
    again = np.zeros(kept.size, np.bool_)
    first_in = np.full(numbers.size, -1, np.int32)
    for block in order:
        if not kept[block] or _is_whole(words.first, kept, counts, block, numbers, every):
            again[block] = kept[block]
            continue
        start, runs, known = words.first[block], counts[block] - RUN + 1, 0
        for at in range(start, start + runs):
            original = first_in[numbers[at]]
            known += original >= 0 and (
                rooms[original] != rooms[block] or counts[original] > _NO_LONGER * counts[block]
            )
        again[block] = counts[block] >= _SHORTEST_WORDS and known >= _REPEATED_SHARE * runs
        for at in range(start, start + runs * (not again[block])):
            if first_in[numbers[at]] < 0:
                first_in[numbers[at]] = block
    return again


@compiled
def _numbered_runs(words: BlockWords) -> Ints:
    """For each word a number of the run that begins with it, the same for equal runs."""
    runs = np.zeros(words.code.size, np.uint64)
    for at in range(words.code.size - RUN + 1):
        runs[at] = run(words.code, at)
    return numbered(runs)


@compiled
def _is_whole(
    first: Ints, kept: NDArray[np.bool_], counts: Ints, long: int, numbers: Ints, every: int
) -> bool:
    """Whether the longest block that is left is made of shorter ones; ``every``: the words of all that are kept."""
    if counts[long] < _MANY * _SHORTEST_WORDS or 4 * counts[long] < every:
        return False  # a paragraph among others
    inside = np.zeros(numbers.size, np.bool_)
    for at in range(first[long], first[long] + counts[long] - RUN + 1):
        inside[numbers[at]] = True
    parts = covered = 0
    for block in range(kept.size):
        runs, known = counts[block] - RUN + 1, 0
        if kept[block] and _SHORTEST_WORDS <= counts[block] < counts[long] // 2:
            for at in range(first[block], first[block] + runs):
                known += inside[numbers[at]]
            parts += known >= _REPEATED_SHARE * runs
            covered += known
    return bool(parts >= _MANY and covered >= _MOST_OF_IT * (counts[long] - RUN + 1))
