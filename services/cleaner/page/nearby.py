"""Texts near the headline of a page: who wrote the article, and the day."""

import re
from collections.abc import Iterable, Iterator
from typing import Final

import numpy as np
from numpy.typing import NDArray

from services.cleaner.page.blocks.walk import markup
from services.cleaner.page.blocks.walk.hints import HINTS
from services.cleaner.page.page_blocks import PageBlocks
from services.cleaner.text.characters import normalise

_AUTHOR: Final = np.uint64(1 << list(HINTS).index("author"))
_DATE: Final = np.uint64(1 << list(HINTS).index("date"))
_ALL_BLOCKS: Final = slice(None)
_ABOVE: Final = 6
_BELOW: Final = 25
"""Blocks above and below the headline that may hold a byline; further down are other authors."""
_DAY_BELOW: Final = 15
_MAX_HEADINGS: Final = 30
_MIN_PARAGRAPH_CHARACTERS: Final = 120
_PLACES_BESIDE: Final = sum(
    1 << markup.PLACES.index(name) for name in ("aside", "footer", "nav", "figure", "blockquote")
)
_HINTS_BESIDE: Final = np.uint64(
    sum(
        1 << list(HINTS).index(name)
        for name in ("related", "comment", "footer", "caption", "quote")
    )
)
_MAX_NAME_CHARACTERS: Final = 80
_MAX_DAY_CHARACTERS: Final = 100
_MAX_HINTED_DAY_CHARACTERS: Final = 200
_WORDS_OF_NAMES: Final = range(2, 9)
_BUTTON: Final = re.compile(
    r"\W*(?:follow|share|more|alle|mehr|photo|foto|bild|image)\b", re.IGNORECASE
)


def bylines(page: PageBlocks) -> Iterator[str]:
    """Yield short texts of elements that, by their names or their parents', are about authors."""
    hinted = has_hint(page, _AUTHOR)
    if not hinted.any():
        return
    headline = headline_block(page)
    for block in np.flatnonzero(hinted).tolist():
        is_near = headline - _ABOVE <= block <= headline + _BELOW
        if is_near and _may_be_name(page.texts[block]):
            yield page.texts[block]


def datelines(page: PageBlocks) -> Iterator[str]:
    """Yield short texts in which the day of publication may be written.

    Those of elements whose names speak of dates come first, of these the ones below the headline;
    then others below it. The second paragraph of running text ends the search: what stands further
    down is of the story, or of other stories. Captions, quotations, and what is beside the article
    do not count.
    """
    hinted, headline = has_hint(page, _DATE), headline_block(page)
    beside = is_beside(page, headline)
    last = _second_paragraph(page, headline)
    below = [block for block in range(headline, last) if not beside[block]]
    above = [block for block in range(max(0, headline - _ABOVE), headline) if not beside[block]]
    first = (block for block in (*below, *above) if hinted[block])
    yield from _short_texts(page, first, _MAX_HINTED_DAY_CHARACTERS)
    second = (block for block in below if not hinted[block])
    yield from _short_texts(page, second, _MAX_DAY_CHARACTERS)


def _second_paragraph(page: PageBlocks, headline: int) -> int:
    """Return the block of the second long text below the headline, or where the search ends."""
    last = min(len(page.texts), headline + _DAY_BELOW)
    paragraphs = [
        block
        for block in range(headline, last)
        if len(page.texts[block]) >= _MIN_PARAGRAPH_CHARACTERS
    ]
    return paragraphs[1] if len(paragraphs) > 1 else last


def is_beside(page: PageBlocks, headline: int, blocks: slice = _ALL_BLOCKS) -> NDArray[np.bool_]:
    """Return for each of the blocks whether it is in a place that the headline is not in."""
    elements, owner = page.elements, page.blocks.element[blocks]
    if not owner.size:
        return np.zeros(0, np.bool_)
    own = page.blocks.element[headline]
    places = elements.places[owner] & ~elements.places[own] & _PLACES_BESIDE
    hints = elements.inherited[owner] & ~elements.inherited[own] & _HINTS_BESIDE
    return np.asarray((places != 0) | (hints != 0))


def _short_texts(page: PageBlocks, blocks: Iterable[int], characters: int) -> Iterator[str]:
    return (text for block in blocks if len(text := page.texts[block]) <= characters)


def has_hint(page: PageBlocks, hint: np.uint64, blocks: slice = _ALL_BLOCKS) -> NDArray[np.bool_]:
    """Return for each of the blocks whether its element's name or its parent's gives the hint.

    A hint that comes from further out does not count.
    """
    parent, hints = page.elements.parent, page.elements.inherited
    owner = page.blocks.element[blocks]
    around = np.maximum(0, parent[np.maximum(0, parent[owner])])
    return np.asarray((hints[owner] & ~hints[around] & hint) != 0)


def headline_block(page: PageBlocks, headline: str = "") -> int:
    """Return the block of the headline: an h1 that says it, else the first h1, else block 0."""
    headings = np.flatnonzero(page.elements.form[page.blocks.element] == markup.H1).tolist()
    key = normalise(headline)
    own = (
        block for block in headings[:_MAX_HEADINGS] if key and normalise(page.texts[block]) in key
    )
    return next(own, headings[0] if headings else 0)


def _may_be_name(text: str) -> bool:
    """Return whether a text is as short as a byline, and neither a sentence nor a button."""
    if len(text) > _MAX_NAME_CHARACTERS or text[-1] in ".!?":
        return False
    if any(character.isdigit() for character in text):
        return False
    return len(text.split()) in _WORDS_OF_NAMES and not _BUTTON.match(text)
