"""Blocks of other articles on the page.

A page that scrolls endlessly puts the next stories below the first, each in an article element of
its own.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from services.cleaner.page.blocks.jit import jit
from services.cleaner.page.blocks.walk import markup
from services.cleaner.page.blocks.walk.elements import Elements
from services.cleaner.page.blocks.walk.tags import Ints

_ARTICLE: Final = 1 << markup.PLACES.index("article")


@jit
def find_other_articles(
    owner: Ints, elements: Elements, in_body: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """Return for each block whether it is in another article than the body's first block.

    None is if that article has no h1: the entries of a live blog are articles, too, but its
    headline is above them. ``owner``: the element of each block.
    """
    mask: NDArray[np.bool_] = np.zeros(in_body.size, np.bool_)
    article = _outermost_articles(elements)
    first = 0
    for block in range(in_body.size - 1, -1, -1):
        first = article[owner[block]] if in_body[block] else first
    for block in range(in_body.size):
        is_h1 = elements.form[owner[block]] == markup.H1
        if first and article[owner[block]] == first and is_h1:
            mask = (article[owner] != first) & (article[owner] > 0)
            break
    return mask


@jit
def _outermost_articles(elements: Elements) -> Ints:
    """Return for each element the outermost article that it is in, or 0."""
    parent, places = elements.parent, elements.places
    article = np.zeros(parent.size, np.int32)
    for element in range(1, parent.size):
        around = parent[element]
        begins = places[element] & _ARTICLE and not places[around] & _ARTICLE
        article[element] = element if begins else article[around]
    return article
