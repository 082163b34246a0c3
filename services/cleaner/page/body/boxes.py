"""Boxes inside an article that are no part of its body: embedded posts, fact boxes, captions.

They are recognised by what they say about themselves, and left out with all that is in them.
"""

import re
from collections.abc import Iterator
from typing import Final

import numpy as np
from numpy.typing import NDArray

from services.cleaner.page.blocks.features.block_features import LINK_SHARE, WORDS, Matrix
from services.cleaner.page.blocks.walk import markup
from services.cleaner.page.blocks.walk.hints import EMBED_BIT
from services.cleaner.page.page_blocks import PageBlocks

EMBEDDED: Final = "an embedded post"
FACTS: Final = "a fact box"
CAPTION: Final = "a caption"
LINK: Final = "a link to another story"
FORM: Final = "a form"
_HANDLE: Final = re.compile(r"\(@[\w.-]{1,60}(?:@[\w.-]{1,60})?\)")
"""Whom a post is by, behind a dash and the name: "— Jane Roe (@jroe) 3 May 2018"."""
_DASHES: Final = ("—", "–", "-", "&mdash;")
_POST_BLOCKS: Final = 8
"""Behind the body's last block, the attribution of a post that it belongs to is looked for here."""
_MAX_ATTRIBUTION_CHARACTERS: Final = 160
_FACT_HEADING: Final = re.compile(
    r"^by the numbers\b|\bby (?:the )?numbers:?$|\bat a glance:?$|\bin (?:numbers|figures|brief):?$"
    r"|^key (?:facts|figures|numbers|dates|data)\b|^(?:quick|fast) facts\b"
    r"|^fact ?(?:box|file|sheet)\b|\bfacts (?:and|&) figures:?$"
    r"|\bin zahlen:?$|^zahlen (?:und|&) fakten|^steckbrief\b|\ben (?:chiffres|cifras):?$",
    re.IGNORECASE,
)
_MAX_HEADING_CHARACTERS: Final = 80
_MAX_BOX_SHARE: Final = 0.25
_MAX_BOX_WORDS: Final = 200
"""An element that holds more of the body, or more words, is no box in it."""
_CAPTION_FORM: Final = 1 + markup.FORMS.index("figcaption")
_READ_ON: Final = re.compile(r"(?:read|see|watch|listen|more|related)\b", re.IGNORECASE)
_ALL_LINKED: Final = 0.8
_MAX_FORM: Final = 100
"""A form with more words is no form in the article: some sites put the whole page in one."""
_FORM: Final = 1 << markup.PLACES.index("form")
_QUOTE: Final = 1 << markup.PLACES.index("blockquote")
_ITEM_FORMS: Final = tuple(1 + markup.FORMS.index(name) for name in ("li", "td", "th", "dd", "dt"))


def find_boxes(page: PageBlocks, in_body: NDArray[np.bool_], matrix: Matrix) -> dict[int, str]:
    """Return the blocks of the body that belong to a box, each with what it is."""
    boxes = _boxes(page, in_body, matrix)
    return {block: why for block, why in boxes if in_body[block]}


def _boxes(
    page: PageBlocks, in_body: NDArray[np.bool_], matrix: Matrix
) -> Iterator[tuple[int, str]]:
    owner, forms = page.blocks.element, page.elements.form
    places, hints = page.elements.places, page.elements.inherited
    body_words = float(matrix[in_body, WORDS].sum())
    max_words = min(_MAX_BOX_WORDS, _MAX_BOX_SHARE * body_words)
    body = np.flatnonzero(in_body)
    for block in range(body[0], min(owner.size, body[-1] + _POST_BLOCKS)) if body.size else ():
        text = page.texts[block]
        if forms[owner[block]] == _CAPTION_FORM:
            yield block, CAPTION
        elif hints[owner[block]] & EMBED_BIT:
            yield block, EMBEDDED
        elif places[owner[block]] & _FORM and matrix[_form(page, block), WORDS].sum() < _MAX_FORM:
            yield block, FORM
        elif matrix[block, LINK_SHARE] >= _ALL_LINKED and _READ_ON.match(text):
            yield block, LINK
        elif _is_attribution(text):
            yield from ((inner, EMBEDDED) for inner in _post(page, block))
        elif len(text) <= _MAX_HEADING_CHARACTERS and _FACT_HEADING.search(text):
            yield from ((inner, FACTS) for inner in _fact_box(page, block, matrix, max_words))


def _is_attribution(text: str) -> bool:
    return (
        len(text) <= _MAX_ATTRIBUTION_CHARACTERS
        and text.startswith(_DASHES)
        and bool(_HANDLE.search(text))
    )


def _post(page: PageBlocks, attribution: int) -> range:
    """Return the blocks of the post: those of the quote that ends with its attribution."""
    return page.blocks_in(page.outermost(attribution, _QUOTE))


def _form(page: PageBlocks, block: int) -> range:
    return page.blocks_in(page.outermost(block, _FORM))


def _fact_box(page: PageBlocks, heading: int, matrix: Matrix, max_words: float) -> range:
    """Return the blocks of the largest element that begins with the heading and is a box.

    Without such an element, they are the heading and the items of the list behind it.
    """
    elements, owner = page.elements, page.blocks.element
    element = int(owner[heading])
    box = range(heading, heading + 1)
    while element > 0:
        inside = page.blocks_in(element)
        is_box = inside.start == heading and matrix[inside.start : inside.stop, WORDS].sum()
        if not is_box or is_box > max_words:
            break
        box = inside
        element = int(elements.parent[element])
    end = box.stop
    while end < owner.size and elements.form[owner[end]] in _ITEM_FORMS:
        end += 1
    return range(heading, end)
