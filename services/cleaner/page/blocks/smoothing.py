"""Blocks in doubt that are made like others, the items of a list or the subheads of a story, are decided with them."""

from typing import Final

import numpy as np

from services.cleaner.page.blocks.features.block_features import WORDS, Matrix
from services.cleaner.page.blocks.features.position_features import Numbers
from services.cleaner.page.blocks.hash_sets import numbered
from services.cleaner.page.blocks.jit import compiled
from services.cleaner.page.blocks.walk.tags import Bits

_LONGEST_WORDS: Final = 25
"""A longer block says enough by itself."""
_DOUBTFUL: Final = 0.3
"""A block that is less likely than this, or likelier than the rest to one, stays as it is."""
_SUREST: Final = 4.0
"""Log odds (.98): no block is surer when the mean is taken."""


@compiled
def together(probability: Numbers, made: Bits, looks: Matrix) -> Numbers:
    """The probabilities; a short block in doubt, between the first and the last likely one, has that of the mean log odds of its kind.

    ``made``: equal for blocks that are made alike; ``looks``: a row a block.
    """
    likely = np.flatnonzero(probability > 0.5)
    settled = probability.copy()
    if likely.size < 2:
        return settled
    start, end = likely[0], likely[-1] + 1
    kinds = numbered(made[start:end])
    sums, counts = np.zeros(kinds.size), np.zeros(kinds.size)
    for at in range(start, end):
        if looks[at, WORDS] <= _LONGEST_WORDS:
            odds = np.log(probability[at] / (1 - probability[at]))
            sums[kinds[at - start]] += max(-_SUREST, min(_SUREST, odds))
            counts[kinds[at - start]] += 1
    for at in range(start, end):
        kind = kinds[at - start]
        if (
            looks[at, WORDS] <= _LONGEST_WORDS
            and counts[kind] > 1
            and _DOUBTFUL <= probability[at] <= 1 - _DOUBTFUL
        ):
            settled[at] = 1 / (1 + np.exp(-sums[kind] / counts[kind]))
    return settled
