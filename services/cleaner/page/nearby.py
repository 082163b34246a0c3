"""What stands near a page's headline: who wrote the article, and the day."""

import re
from collections.abc import Iterable, Iterator
from typing import Final

import numpy as np
from numpy.typing import NDArray

from services.cleaner.page.blocks.walk import markup
from services.cleaner.page.blocks.walk.hints import HINTS
from services.cleaner.page.page_blocks import PageBlocks

_AUTHOR: Final = np.uint64(1 << list(HINTS).index("author"))
_DATE: Final = np.uint64(1 << list(HINTS).index("date"))
_ABOVE: Final = 6
_BELOW: Final = 25
"""Blocks above and below the headline in which a byline stands; further down, other authors are spoken of."""
_DAY_BELOW: Final = 15
_LONGEST_NAME: Final = 80
_LONGEST_DAY: Final = 100
_LONGEST_NAMED_DAY: Final = 200
_WORDS_OF_NAMES: Final = range(2, 9)
_BUTTON: Final = re.compile(
    r"\W*(?:follow|share|more|alle|mehr|photo|foto|bild|image)\b", re.IGNORECASE
)


def bylines(page: PageBlocks) -> Iterator[str]:
    """Short texts in elements, or in children of elements, whose names speak of authors."""
    named = _named(page, _AUTHOR)
    if not named.any():
        return
    headline = _headline(page)
    for at in np.flatnonzero(named).tolist():
        if headline - _ABOVE <= at <= headline + _BELOW and _may_be_name(page.texts[at]):
            yield page.texts[at]


def datelines(page: PageBlocks) -> Iterator[str]:
    """Short texts in which the day may stand: in elements whose names speak of dates, those below the headline first; then others below it."""
    named, headline = _named(page, _DATE), _headline(page)
    below = range(headline, min(named.size, headline + _DAY_BELOW))
    above = range(max(0, headline - _ABOVE), headline)
    yield from _short(page, (at for at in (*below, *above) if named[at]), _LONGEST_NAMED_DAY)
    yield from _short(page, (at for at in below if not named[at]), _LONGEST_DAY)


def _short(page: PageBlocks, blocks: Iterable[int], longest: int) -> Iterator[str]:
    return (text for at in blocks if len(text := page.texts[at]) <= longest)


def _named(page: PageBlocks, hint: np.uint64) -> NDArray[np.bool_]:
    """For each block whether its element's name or its parent's gives the hint, and not that of something further out."""
    parent, hints, owner = page.elements.parent, page.elements.inherited, page.blocks.element
    around = np.maximum(0, parent[np.maximum(0, parent[owner])])
    return np.asarray((hints[owner] & ~hints[around] & hint) != 0)


def _headline(page: PageBlocks) -> int:
    """The first block of the first h1; 0 without one."""
    headings = page.elements.form[page.blocks.element] == markup.H1
    return int(np.argmax(headings)) if headings.size else 0


def _may_be_name(text: str) -> bool:
    """Whether a text is as short as a byline, and neither a sentence nor a button."""
    if (
        len(text) > _LONGEST_NAME
        or text[-1] in ".!?"
        or any(character.isdigit() for character in text)
    ):
        return False
    return len(text.split()) in _WORDS_OF_NAMES and not _BUTTON.match(text)
