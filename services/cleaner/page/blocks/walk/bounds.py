"""What a page may cost a parser.

Parsers of HTML look at every open element for each tag, and at every attribute for each attribute.
A hostile page makes both quadratic: 100 000 nested divs take lexbor 14 s. So the cost is estimated
beforehand in one linear pass, and a page that would take seconds is refused. The page of an article
needs a thousandth of what is allowed here.
"""

from typing import Final

import numpy as np

from services.cleaner.page.blocks.jit import jit
from services.cleaner.page.blocks.walk import markup
from services.cleaner.page.blocks.walk.markup import Names
from services.cleaner.page.blocks.walk.tags import EQUALS, GT, LT, QUOTE, Bytes, lookup
from shared.base.outcomes import InvalidMessage

MAX_TAGS: Final = 100_000
MAX_TEXT_BYTES: Final = 2_000_000
"""Bytes of text between the tags without white space: twice what a message may hold."""
MAX_STEPS: Final = 250_000_000
"""Elements looked at, summed over all tags: 22 000 nested divs, about a second."""
_SELF_CLOSING: Final = ("p", "li", "td", "th", "dd", "dt")
_STEPS_A_PAIR: Final = 2
"""Comparing two attributes is slower than looking at an open element."""
_SLASH: Final = ord("/")
_BLANK: Final = ord(" ")
_APOSTROPHE: Final = ord("'")
_CASE: Final = np.uint64(0x20)
_FNV_START: Final = np.uint64(0xCBF29CE484222325)
_FNV_STEP: Final = np.uint64(0x100000001B3)
_SCRIPT: Final = np.uint64(markup.name_hash("script"))
_STYLE: Final = np.uint64(markup.name_hash("style"))
_SELF_CLOSING_FORMS: Final = tuple(1 + markup.FORMS.index(name) for name in _SELF_CLOSING)


def refuse_hostile(text: Bytes) -> None:
    """Raise InvalidMessage for a page (UTF-8) that a parser does not get through in seconds.

    It has too many tags, too much nesting, too many attributes or too much text.
    """
    tags, steps, text_bytes = estimate_cost(text, markup.tags())
    if text_bytes > MAX_TEXT_BYTES:
        raise InvalidMessage(f"the page has {text_bytes} bytes of text: no article is that long")
    if tags > MAX_TAGS or steps > MAX_STEPS:
        raise InvalidMessage(
            f"the page has {tags} tags, so nested or with so many attributes that no parser gets "
            "through: no article's page has"
        )


@jit
def estimate_cost(text: Bytes, names: Names) -> tuple[int, int, int]:
    """Return the tags, the steps that a parser would take for them, and the bytes of text."""
    tags = steps = text_bytes = depth = position = 0
    while position + 1 < text.size:
        if text[position] != LT:
            text_bytes += text[position] > _BLANK
            position += 1
            continue
        if text[position + 1] == _SLASH:
            depth = max(0, depth - 1)
            position += 2
        elif ord("a") <= text[position + 1] | 0x20 <= ord("z"):
            code, position = _name_code(text, position + 1)
            name = lookup(names.hashes, code)
            depth += name < 0 or not (
                names.flags[name] & markup.VOID or names.forms[name] in _SELF_CLOSING_FORMS
            )
            attributes, position = _count_attributes(text, position)
            tags += 1
            steps += depth + attributes * attributes * _STEPS_A_PAIR
            if code == _SCRIPT or code == _STYLE:  # noqa: SIM109 - compiled to two comparisons
                position = _skip_raw_text(text, position)
        else:
            text_bytes += 1
            position += 1
    return tags, steps, text_bytes


@jit
def _name_code(text: Bytes, position: int) -> tuple[np.uint64, int]:
    value = _FNV_START
    while position < text.size and text[position] > ord(" ") and text[position] != GT:
        if text[position] == _SLASH:
            break
        byte = np.uint64(text[position])
        lower = byte | _CASE if ord("A") <= text[position] <= ord("Z") else byte
        value = (value ^ lower) * _FNV_STEP
        position += 1
    return value, position


@jit
def _count_attributes(text: Bytes, position: int) -> tuple[int, int]:
    """Return how many attributes the tag may have, and where it ends."""
    count, was_inside = 0, True
    while position < text.size and text[position] != GT:
        is_quote = text[position] == QUOTE or text[position] == _APOSTROPHE
        if is_quote and text[position - 1] == EQUALS:
            end = position + 1
            while end < text.size and text[end] != text[position]:
                end += 1
            position = end
        inside = position < text.size and text[position] > ord(" ") and text[position] != _SLASH
        count += inside and not was_inside
        was_inside = inside
        position += 1
    return count, position


@jit
def _skip_raw_text(text: Bytes, position: int) -> int:
    """Return the position of the "</s" that ends a script or style: "<" means nothing in there."""
    raw = text[position:]  # indices from 0 need no check for a sign: half of the time
    last = max(0, raw.size - 2)
    for index in range(last):
        is_end_tag = raw[index] == LT and raw[index + 1] == _SLASH
        if is_end_tag and raw[index + 2] | 0x20 == ord("s"):
            return position + index
    return position + last
