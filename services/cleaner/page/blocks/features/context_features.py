"""Features of what stands around a block: the two blocks before and the two behind it, and how far running text is."""

from itertools import product
from typing import Final

import numpy as np

from services.cleaner.page.blocks.features.block_features import LINK_SHARE, LOOKS, WORDS, Matrix
from services.cleaner.page.blocks.features.position_features import PLACES, Numbers
from services.cleaner.page.blocks.jit import compiled
from services.cleaner.page.blocks.walk.elements import Elements
from services.cleaner.page.blocks.walk.tags import Ints

_DISTANCES: Final = (-2, -1, 1, 2)
_SEEN: Final = ("words", "link share", "paragraph", "in best container")
NEIGHBOURS: Final = (
    *(f"{seen} at {distance:+d}" for distance, seen in product(_DISTANCES, _SEEN)),
    "made alike before",
    "made alike behind",
    "blocks since running text",
    "blocks to running text",
)
"""Names of the columns that ``neighbours`` fills."""
_PARAGRAPH: Final = LOOKS.index("paragraph")
_IN_BEST: Final = PLACES.index("in best container")
_KINDS: Final = len(_SEEN)
_BEHIND: Final = len(_DISTANCES) * _KINDS
_FAR: Final = 20


@compiled
def neighbours(
    element_of: Ints,
    elements: Elements,
    looks: Matrix,
    places: Matrix,
    running: Numbers,
    out: Matrix,
) -> None:
    """Fills the columns of NEIGHBOURS; ``out`` has a row a block, zeros where there is no neighbour."""
    count = element_of.size
    for block in range(count):
        column = 0
        for distance in _DISTANCES:
            other = block + distance
            if 0 <= other < count:
                out[block, column], out[block, column + 1] = (
                    np.log1p(looks[other, WORDS]),
                    looks[other, LINK_SHARE],
                )
                out[block, column + 2], out[block, column + 3] = (
                    looks[other, _PARAGRAPH],
                    places[other, _IN_BEST],
                )
            column += _KINDS
        if block:
            alike = (
                elements.signature[element_of[block - 1]] == elements.signature[element_of[block]]
            )
            out[block, _BEHIND] = out[block - 1, _BEHIND + 1] = alike
    _distances(running, out)


@compiled
def _distances(running: Numbers, out: Matrix) -> None:
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
