"""Prose that the model leaves out although the page's structure says that it is the article's.

It is in a list among the paragraphs, or built exactly like many of them.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from services.cleaner.page.blocks.features.block_features import (
    HIDDEN,
    LINK_SHARE,
    SENTENCE,
    WORDS,
    Matrix,
)
from services.cleaner.page.blocks.features.position_features import Floats
from services.cleaner.page.blocks.hash_sets import number_hashes
from services.cleaner.page.blocks.walk import markup
from services.cleaner.page.blocks.walk.tags import Bits
from services.cleaner.page.page_blocks import PageBlocks

_LISTED: Final = (1 << markup.PLACES.index("list")) | (1 << markup.PLACES.index("table"))
_OUTSIDE: Final = sum(
    1 << markup.PLACES.index(place) for place in ("aside", "footer", "nav", "form", "figure")
)
_MIN_WORDS: Final = 8
_MAX_LINKED: Final = 0.3
_MIN_ALIKE: Final = 5
_MIN_PROBABILITY: Final = 0.2
"""Of the prose that is at least so likely and built like five paragraphs of the body, 251 blocks of
263 were the article's on rebuilt pages (training/cleaner/components.py), and 16 of 23 on others."""
_MIN_PROSE: Final = 0.7
"""Share of the list's words that are sentences with few links."""


def find_listed_prose(
    page: PageBlocks, in_body: NDArray[np.bool_], matrix: Matrix
) -> NDArray[np.bool_]:
    """Return the blocks of lists and tables of prose between two paragraphs of the body.

    Both paragraphs have the list's own parent, so that no box around it tells it from them.
    """
    owner, places = page.blocks.element, page.elements.places
    listed = (places[owner] & _LISTED != 0) & (places[owner] & _OUTSIDE == 0)
    prose = (matrix[:, WORDS] >= _MIN_WORDS) & (matrix[:, SENTENCE] > 0)
    prose &= (matrix[:, LINK_SHARE] < _MAX_LINKED) & listed & (matrix[:, HIDDEN] == 0)
    body = np.flatnonzero(in_body & ~listed)
    in_prose = np.zeros_like(in_body)
    after = 0
    for block in np.flatnonzero(prose & ~in_body).tolist():
        if block < after:
            continue
        element = page.outermost(block, _LISTED)
        inside = page.blocks_in(element)
        start, after = inside.start, inside.stop
        behind = int(np.searchsorted(body, after))
        if not 0 < behind < body.size or body[behind - 1] > start:
            continue
        beside = page.elements.parent[owner[body[[behind - 1, behind]]]]
        words = matrix[start:after, WORDS]
        is_prose = words[prose[start:after]].sum() >= _MIN_PROSE * words.sum()
        if is_prose and (beside == page.elements.parent[element]).all():
            in_prose[start:after] = True
    return np.asarray(in_prose & (matrix[:, HIDDEN] == 0))


def find_prose_built_alike(
    in_body: NDArray[np.bool_], probability: Floats, structure: Bits, matrix: Matrix
) -> NDArray[np.bool_]:
    """Return the prose that is in doubt and has the structure of many paragraphs of the body."""
    prose = (matrix[:, WORDS] >= _MIN_WORDS) & (matrix[:, SENTENCE] > 0)
    prose &= matrix[:, LINK_SHARE] < _MAX_LINKED
    kinds = number_hashes(structure)
    alike = np.bincount(kinds[prose & in_body], minlength=kinds.size)[kinds] >= _MIN_ALIKE
    likely = (probability >= _MIN_PROBABILITY) & (matrix[:, HIDDEN] == 0)
    return np.asarray(prose & ~in_body & alike & likely)
