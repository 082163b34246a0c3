"""All features of all blocks of a page in one matrix, and their names."""

from typing import Final

import numpy as np

from services.cleaner.page.blocks.features.block_features import (
    BLOCK_FEATURES,
    HeadRuns,
    Matrix,
    block_features,
)
from services.cleaner.page.blocks.features.context_features import (
    CONTEXT_FEATURES,
    context_features,
)
from services.cleaner.page.blocks.features.position_features import (
    POSITION_FEATURES,
    position_features,
    running_words,
)
from services.cleaner.page.blocks.jit import jit
from services.cleaner.page.blocks.walk import markup
from services.cleaner.page.blocks.walk.characters import Characters
from services.cleaner.page.blocks.walk.elements import Elements
from services.cleaner.page.blocks.walk.hints import HINTS
from services.cleaner.page.blocks.walk.texts import TextBlocks
from services.cleaner.page.blocks.words import BlockWords

FEATURES: Final = (
    *BLOCK_FEATURES,
    *POSITION_FEATURES,
    *CONTEXT_FEATURES,
    *(f"lies in {place}" for place in markup.PLACES),
    *(f"lies in what is called {hint}" for hint in HINTS),
)
"""Names of the columns of a page's matrix, in order.

Weights files name them, and dropped lines show them: renaming one changes both.
"""
_POSITION: Final = len(BLOCK_FEATURES)
_CONTEXT: Final = _POSITION + len(POSITION_FEATURES)
_PLACES: Final = _CONTEXT + len(CONTEXT_FEATURES)
_HINTS: Final = _PLACES + len(markup.PLACES)
_ALL: Final = len(FEATURES)


@jit
def features(
    blocks: TextBlocks,
    elements: Elements,
    words: BlockWords,
    head_runs: HeadRuns,
    characters: Characters,
) -> Matrix:
    """Return a row a block, a column a feature."""
    out = np.zeros((blocks.element.size, _ALL), np.float32)
    alone, position, context = (
        out[:, :_POSITION],
        out[:, _POSITION:_CONTEXT],
        out[:, _CONTEXT:_PLACES],
    )
    block_features(blocks, elements, words, head_runs, characters, alone)
    running = running_words(out)
    position_features(blocks, elements, alone, running, position)
    context_features(blocks.element, elements, alone, position, running, context)
    _fill_bits(blocks, elements, out)
    return out


@jit
def _fill_bits(blocks: TextBlocks, elements: Elements, out: Matrix) -> None:
    """Fill the columns that say what the block is in, a column a bit."""
    for block in range(blocks.element.size):
        element = blocks.element[block]
        places, hints = np.uint64(elements.places[element]), elements.inherited[element]
        for column in range(_PLACES, _HINTS):
            out[block, column] = (places >> np.uint64(column - _PLACES)) & np.uint64(1)
        for column in range(_HINTS, _ALL):
            out[block, column] = (hints >> np.uint64(column - _HINTS)) & np.uint64(1)
