"""What a page may cost a parser. Parsers of HTML look at every open element for each tag, and at every attribute for each attribute.

Both can be made quadratic by a hostile page: 100 000 nested divs take lexbor 14 s. So the work is reckoned before, in one linear pass,
and a page that would take seconds is refused. An article's page needs a thousandth of what is allowed here.
"""

from typing import Final

import numpy as np

from services.cleaner.page.blocks.jit import compiled
from services.cleaner.page.blocks.walk import markup
from services.cleaner.page.blocks.walk.markup import Names
from services.cleaner.page.blocks.walk.tags import EQUALS, GT, LT, QUOTE, Bytes, lookup
from shared.base.outcomes import InvalidMessage

MOST_TAGS: Final = 100_000
MOST_TEXT: Final = 2_000_000
"""Bytes of text between the tags, white space not counted: twice what a message may hold."""
MOST_STEPS: Final = 250_000_000
"""Elements looked at, summed over all tags: 22 000 nested divs; about a second."""
_CLOSE_THEMSELVES: Final = ("p", "li", "td", "th", "dd", "dt")
_STEPS_A_PAIR: Final = 2
"""Two attributes are compared more slowly than an open element is looked at."""
_SLASH: Final = ord("/")
_BLANK: Final = ord(" ")
_APOSTROPHE: Final = ord("'")
_CASE: Final = np.uint64(0x20)
_FNV_START: Final = np.uint64(0xCBF29CE484222325)
_FNV_STEP: Final = np.uint64(0x100000001B3)
_SCRIPT: Final = np.uint64(markup.name_hash("script"))
_STYLE: Final = np.uint64(markup.name_hash("style"))
_CLOSING_FORMS: Final = tuple(1 + markup.FORMS.index(name) for name in _CLOSE_THEMSELVES)


def refuse_hostile(text: Bytes) -> None:
    """InvalidMessage: the page (UTF-8) has more tags, nesting, attributes or text than a parser and we get through in a second or two."""
    tags, steps, letters = reckoned(text, markup.tags())
    if letters > MOST_TEXT:
        raise InvalidMessage(f"the page has {letters} bytes of text: no article is so long")
    if tags > MOST_TAGS or steps > MOST_STEPS:
        raise InvalidMessage(
            f"the page has {tags} tags, so nested or with so many attributes that no parser gets through: no article's page has"
        )


@compiled
def reckoned(text: Bytes, names: Names) -> tuple[int, int, int]:
    """Tags, steps that a parser would take for them, and bytes of text."""
    tags = steps = letters = depth = at = 0
    while at + 1 < text.size:
        if text[at] != LT:
            letters += text[at] > _BLANK
            at += 1
            continue
        if text[at + 1] == _SLASH:
            depth = max(0, depth - 1)
            at += 2
        elif ord("a") <= text[at + 1] | 0x20 <= ord("z"):
            code, at = _name(text, at + 1)
            name = lookup(names.hashes, code)
            depth += name < 0 or not (
                names.flags[name] & markup.VOID or names.forms[name] in _CLOSING_FORMS
            )
            parts, at = _parts(text, at)
            tags += 1
            steps += depth + parts * parts * _STEPS_A_PAIR
            if code == _SCRIPT or code == _STYLE:  # noqa: SIM109 - compiled to two comparisons
                at = _past_raw(text, at)
        else:
            letters += 1
            at += 1
    return tags, steps, letters


@compiled
def _name(text: Bytes, at: int) -> tuple[np.uint64, int]:
    value = _FNV_START
    while at < text.size and text[at] > ord(" ") and text[at] != GT and text[at] != _SLASH:
        lower = (
            np.uint64(text[at]) | _CASE if ord("A") <= text[at] <= ord("Z") else np.uint64(text[at])
        )
        value = (value ^ lower) * _FNV_STEP
        at += 1
    return value, at


@compiled
def _parts(text: Bytes, at: int) -> tuple[int, int]:
    """How many attributes the tag may have, and where it ends."""
    parts, before = 0, True
    while at < text.size and text[at] != GT:
        if (text[at] == QUOTE or text[at] == _APOSTROPHE) and text[at - 1] == EQUALS:
            end = at + 1
            while end < text.size and text[end] != text[at]:
                end += 1
            at = end
        inside = at < text.size and text[at] > ord(" ") and text[at] != _SLASH
        parts += inside and not before
        before = inside
        at += 1
    return parts, at


@compiled
def _past_raw(text: Bytes, at: int) -> int:
    """The place of the "</s" that ends a script or style: "<" means nothing in there."""
    while at + 2 < text.size and not (
        text[at] == LT and text[at + 1] == _SLASH and text[at + 2] | 0x20 == ord("s")
    ):
        at += 1
    return at
