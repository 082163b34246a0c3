"""Decide blocks in doubt together with the blocks of the same structure.

They are the items of a list, or the subheads of a story.
"""

from typing import Final

import numpy as np

from services.cleaner.page.blocks.features.block_features import WORDS, Matrix
from services.cleaner.page.blocks.features.position_features import Floats
from services.cleaner.page.blocks.hash_sets import number_hashes
from services.cleaner.page.blocks.jit import jit
from services.cleaner.page.blocks.walk.tags import Bits

_MAX_WORDS: Final = 25
"""A longer block says enough by itself."""
_DOUBTFUL: Final = 0.3
"""A block that is less likely than this, or likelier than the rest to one, stays as it is."""
_MAX_ODDS: Final = 4.0
"""Log odds (.98): no block is surer when the mean is taken."""


@jit
def smooth_probabilities(probability: Floats, structure: Bits, block_features: Matrix) -> Floats:
    """Return the probabilities, those of short blocks in doubt replaced by the mean of their kind.

    A kind are the blocks of equal ``structure``; the mean is that of their log odds. Only blocks
    between the first and the last likely one are changed. ``block_features``: a row a block.
    """
    likely = np.flatnonzero(probability > 0.5)
    smoothed = probability.copy()
    if likely.size < 2:
        return smoothed
    start, end = likely[0], likely[-1] + 1
    kinds = number_hashes(structure[start:end])
    sums, counts = np.zeros(kinds.size), np.zeros(kinds.size)
    for block in range(start, end):
        if block_features[block, WORDS] <= _MAX_WORDS:
            odds = np.log(probability[block] / (1 - probability[block]))
            sums[kinds[block - start]] += max(-_MAX_ODDS, min(_MAX_ODDS, odds))
            counts[kinds[block - start]] += 1
    for block in range(start, end):
        kind = kinds[block - start]
        in_doubt = _DOUBTFUL <= probability[block] <= 1 - _DOUBTFUL
        if block_features[block, WORDS] <= _MAX_WORDS and counts[kind] > 1 and in_doubt:
            smoothed[block] = 1 / (1 + np.exp(-sums[kind] / counts[kind]))
    return smoothed
