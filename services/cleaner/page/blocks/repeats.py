"""Blocks that say again what a longer one of the article says: pull quotes, decks, an article that its page holds twice."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from services.cleaner.page.blocks.compiled import compiled
from services.cleaner.page.blocks.sets import add, empty, holds
from services.cleaner.page.blocks.tags import Ints
from services.cleaner.page.blocks.words import RUN, Words, run

_SHORTEST_WORDS: Final = 10
"""A shorter block may be a refrain."""
_REPEATED_SHARE: Final = 0.9


def repeated(words: Words, kept: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """For each block whether nine in ten of its runs of three words stand in longer kept ones; of equals the first is the original."""
    counts = np.diff(words.first)
    return _repeated(words, kept, counts, np.argsort(-counts, kind="stable"))


@compiled
def _repeated(words: Words, kept: NDArray[np.bool_], counts: Ints, order: NDArray[np.int64]) -> NDArray[np.bool_]:
    """As above; ``order``: the blocks, the longest first."""
    first, code = words.first, words.code
    again = np.zeros(kept.size, np.bool_)
    seen = empty(code.size)
    for block in order:
        if not kept[block]:
            continue
        runs, known = counts[block] - RUN + 1, 0
        for at in range(first[block], first[block] + runs):
            known += holds(seen, run(code, at))
        if counts[block] >= _SHORTEST_WORDS and known >= _REPEATED_SHARE * runs:
            again[block] = True
            continue
        for at in range(first[block], first[block] + runs):
            add(seen, run(code, at))
    return again
