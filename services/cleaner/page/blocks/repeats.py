"""Blocks that say again what a longer one of the article says: pull quotes, decks, an article that its page holds twice."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from services.cleaner.page.blocks.compiled import compiled
from services.cleaner.page.blocks.sets import add, empty, holds
from services.cleaner.page.blocks.words import RUN, Words, run

_SHORTEST_WORDS: Final = 10
"""A shorter block may be a refrain."""
_REPEATED_SHARE: Final = 0.9


@compiled
def repeated(words: Words, kept: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """For each block whether nine in ten of its runs of three words stand in longer kept ones; of equals the first is the original."""
    first, code = words.first, words.code
    again = np.zeros(kept.size, np.bool_)
    counts = np.diff(first)
    seen = empty(code.size)
    for block in np.argsort(-counts, kind="mergesort"):
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
