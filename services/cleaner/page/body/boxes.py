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
_FACT_BEGINNING: Final = re.compile(
    r"by the numbers\b|key (?:facts|figures|numbers|dates|data)\b|(?:quick|fast) facts\b"
    r"|fact ?(?:box|file|sheet)\b|zahlen (?:und|&) fakten|steckbrief\b",
    re.IGNORECASE,
)
_FACT_END: Final = re.compile(
    r"\b(?:by (?:the )?numbers|at a glance|in (?:numbers|figures|brief)|facts (?:and|&) figures"
    r"|in zahlen|en (?:chiffres|cifras)):?$",
    re.IGNORECASE,
)
_MAX_END_CHARACTERS: Final = 24
"""Longer than all that ``_FACT_END`` finds, and a character before it."""
_MAX_HEADING_CHARACTERS: Final = 80
_MAX_BOXES: Final = 100
_MAX_BOX_SHARE: Final = 0.25
_MAX_BOX_WORDS: Final = 200
"""An element that holds more of the body, or more words, is no box in it."""
_CAPTION_FORM: Final = 1 + markup.FORMS.index("figcaption")
_READ_ON: Final = re.compile(r"(?:read|see|watch|listen|more|related)\b", re.IGNORECASE)
_ALL_LINKED: Final = 0.8
_MAX_FORM_WORDS: Final = 100
"""A form with more words is no form in the article: some sites put the whole page in one."""
_FORM: Final = 1 << markup.PLACES.index("form")
_QUOTE: Final = 1 << markup.PLACES.index("blockquote")
_ITEM_FORMS: Final = tuple(1 + markup.FORMS.index(name) for name in ("li", "td", "th", "dd", "dt"))


def find_boxes(page: PageBlocks, in_body: NDArray[np.bool_], matrix: Matrix) -> dict[int, str]:
    """Return the blocks of the body that belong to a box, each with what it is."""
    boxes = dict(_boxes_by_markup(page, in_body, matrix))
    boxes |= _boxes_by_text(page, in_body, matrix)
    return {block: why for block, why in boxes.items() if in_body[block]}


def _boxes_by_markup(
    page: PageBlocks, in_body: NDArray[np.bool_], matrix: Matrix
) -> Iterator[tuple[int, str]]:
    owner, elements = page.blocks.element, page.elements
    linked = matrix[:, LINK_SHARE] >= _ALL_LINKED
    for why, blocks in (
        (CAPTION, elements.form[owner] == _CAPTION_FORM),
        (EMBEDDED, elements.inherited[owner] & EMBED_BIT != 0),
    ):
        yield from ((block, why) for block in np.flatnonzero(blocks & in_body).tolist())
    for block in np.flatnonzero(linked & in_body).tolist():
        if _READ_ON.match(page.texts[block]):
            yield block, LINK
    after = 0
    for block in np.flatnonzero((elements.places[owner] & _FORM != 0) & in_body).tolist():
        if block >= after:
            form = page.blocks_in(page.outermost(block, _FORM))
            after = form.stop
            if matrix[form.start : after, WORDS].sum() < _MAX_FORM_WORDS:
                yield from ((inner, FORM) for inner in form)


def _boxes_by_text(page: PageBlocks, in_body: NDArray[np.bool_], matrix: Matrix) -> dict[int, str]:
    """Return the embedded posts and fact boxes, at most _MAX_BOXES of them."""
    body = np.flatnonzero(in_body)
    if not body.size:
        return {}
    max_words = min(_MAX_BOX_WORDS, _MAX_BOX_SHARE * float(matrix[body, WORDS].sum()))
    boxes: dict[int, str] = {}
    start, count = int(body[0]), 0
    for block, text in enumerate(page.texts[start : int(body[-1]) + _POST_BLOCKS], start):
        if len(text) > _MAX_ATTRIBUTION_CHARACTERS or count == _MAX_BOXES:
            continue
        if text.startswith(_DASHES) and _HANDLE.search(text):
            post = page.blocks_in(page.outermost(block, _QUOTE))
            boxes |= dict.fromkeys(post, EMBEDDED)
            count += 1
        elif len(text) <= _MAX_HEADING_CHARACTERS and _heads_facts(text):
            boxes |= dict.fromkeys(_fact_box(page, block, matrix, max_words), FACTS)
            count += 1
    return boxes


def _heads_facts(text: str) -> bool:
    end = text[-_MAX_END_CHARACTERS:]
    return bool(_FACT_BEGINNING.match(text) or _FACT_END.search(end))


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
