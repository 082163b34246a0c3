"""All features of all blocks of a page in one matrix, and their names."""

from typing import Final

import numpy as np

from services.cleaner.page.blocks.features.block_features import LOOKS, HeadRuns, Matrix, looks
from services.cleaner.page.blocks.features.context_features import NEIGHBOURS, neighbours
from services.cleaner.page.blocks.features.position_features import PLACES, places, running_words
from services.cleaner.page.blocks.jit import compiled
from services.cleaner.page.blocks.walk import markup
from services.cleaner.page.blocks.walk.characters import Characters
from services.cleaner.page.blocks.walk.elements import Elements
from services.cleaner.page.blocks.walk.hints import HINTS
from services.cleaner.page.blocks.walk.texts import TextBlocks
from services.cleaner.page.blocks.words import BlockWords

FEATURES: Final = (
    *LOOKS,
    *PLACES,
    *NEIGHBOURS,
    *(f"lies in {place}" for place in markup.PLACES),
    *(f"lies in what is called {hint}" for hint in HINTS),
)
"""Names of the columns of a page's matrix, in order."""
_PLACES: Final = len(LOOKS)
_NEIGHBOURS: Final = _PLACES + len(PLACES)
_ANCESTORS: Final = _NEIGHBOURS + len(NEIGHBOURS)
_HINTS: Final = _ANCESTORS + len(markup.PLACES)
_ALL: Final = len(FEATURES)


@compiled
def features(
    blocks: TextBlocks,
    elements: Elements,
    words: BlockWords,
    said: HeadRuns,
    characters: Characters,
) -> Matrix:
    """A row a block, a column a feature."""
    out = np.zeros((blocks.element.size, _ALL), np.float32)
    looks(blocks, elements, words, said, characters, out[:, :_PLACES])
    running = running_words(out)
    places(blocks, elements, out[:, :_PLACES], running, out[:, _PLACES:_NEIGHBOURS])
    neighbours(
        blocks.element,
        elements,
        out[:, :_PLACES],
        out[:, _PLACES:_NEIGHBOURS],
        running,
        out[:, _NEIGHBOURS:_ANCESTORS],
    )
    _bits(blocks, elements, out)
    return out


@compiled
def _bits(blocks: TextBlocks, elements: Elements, out: Matrix) -> None:
    """What the block lies in, a column a bit."""
    for block in range(blocks.element.size):
        element = blocks.element[block]
        places, hints = np.uint64(elements.places[element]), elements.inherited[element]
        for column in range(_ANCESTORS, _HINTS):
            out[block, column] = (places >> np.uint64(column - _ANCESTORS)) & np.uint64(1)
        for column in range(_HINTS, _ALL):
            out[block, column] = (hints >> np.uint64(column - _HINTS)) & np.uint64(1)
