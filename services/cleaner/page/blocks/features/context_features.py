"""Features of a block's context: the two blocks before and behind it, and running text near it."""

from itertools import product
from typing import Final

import numpy as np

from services.cleaner.page.blocks.features.block_features import (
    BLOCK_FEATURES,
    LINK_SHARE,
    WORDS,
    Matrix,
)
from services.cleaner.page.blocks.features.position_features import POSITION_FEATURES, Floats
from services.cleaner.page.blocks.jit import jit
from services.cleaner.page.blocks.walk.elements import Elements
from services.cleaner.page.blocks.walk.tags import Ints

_DISTANCES: Final = (-2, -1, 1, 2)
_NEIGHBOUR_FEATURES: Final = ("words", "link share", "paragraph", "in best container")
CONTEXT_FEATURES: Final = (
    *(f"{name} at {distance:+d}" for distance, name in product(_DISTANCES, _NEIGHBOUR_FEATURES)),
    "made alike before",
    "made alike behind",
    "blocks since running text",
    "blocks to running text",
)
"""Names of the columns that ``context_features`` fills."""
_PARAGRAPH: Final = BLOCK_FEATURES.index("paragraph")
_IN_BEST: Final = POSITION_FEATURES.index("in best container")
_WIDTH: Final = len(_NEIGHBOUR_FEATURES)
_BEHIND: Final = len(_DISTANCES) * _WIDTH
_FAR: Final = 20


@jit
def context_features(
    element_of: Ints,
    elements: Elements,
    alone: Matrix,
    position: Matrix,
    running: Floats,
    out: Matrix,
) -> None:
    """Fill the columns of CONTEXT_FEATURES; ``out`` has a row a block, zeros for no neighbour.

    ``alone`` and ``position`` are the block and position features.
    """
    count = element_of.size
    for block in range(count):
        column = 0
        for distance in _DISTANCES:
            near = block + distance
            if 0 <= near < count:
                out[block, column] = np.log1p(alone[near, WORDS])
                out[block, column + 1] = alone[near, LINK_SHARE]
                out[block, column + 2] = alone[near, _PARAGRAPH]
                out[block, column + 3] = position[near, _IN_BEST]
            column += _WIDTH
        if block:
            before, current = element_of[block - 1], element_of[block]
            alike = elements.signature[before] == elements.signature[current]
            out[block, _BEHIND] = out[block - 1, _BEHIND + 1] = alike
    _fill_distances(running, out)


@jit
def _fill_distances(running: Floats, out: Matrix) -> None:
    count = running.size
    since, to = _FAR, _FAR
    for block in range(count):
        since = min(_FAR, since + 1)
        out[block, _BEHIND + 2] = since
        since = 0 if running[block] > 0 else since
        back = count - 1 - block
        to = min(_FAR, to + 1)
        out[back, _BEHIND + 3] = to
        to = 0 if running[back] > 0 else to
