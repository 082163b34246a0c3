"""Blocks of other articles: a page that goes on and on puts the next stories below the first, each in an article element of its own."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from services.cleaner.page.blocks.jit import compiled
from services.cleaner.page.blocks.walk import markup
from services.cleaner.page.blocks.walk.elements import Elements
from services.cleaner.page.blocks.walk.tags import Ints

_ARTICLE: Final = 1 << markup.PLACES.index("article")


@compiled
def of_other_articles(
    owner: Ints, elements: Elements, kept: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """For each block whether it lies in another article than the first kept one; none does if that article has no h1.

    The entries of a live blog are articles, too; but its headline stands above them. ``owner``: the element of each block.
    """
    others: NDArray[np.bool_] = np.zeros(kept.size, np.bool_)
    article = _outermost(elements)
    first = 0
    for block in range(kept.size - 1, -1, -1):
        first = article[owner[block]] if kept[block] else first
    for block in range(kept.size):
        if first and article[owner[block]] == first and elements.form[owner[block]] == markup.H1:
            others = (article[owner] != first) & (article[owner] > 0)
            break
    return others


@compiled
def _outermost(elements: Elements) -> Ints:
    """For each element the outermost article that it lies in, or 0."""
    parent, places = elements.parent, elements.places
    article = np.zeros(parent.size, np.int32)
    for element in range(1, parent.size):
        around = parent[element]
        begins = places[element] & _ARTICLE and not places[around] & _ARTICLE
        article[element] = element if begins else article[around]
    return article
