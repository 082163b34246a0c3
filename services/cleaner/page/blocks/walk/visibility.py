"""Whether a tag hides what is in it from readers: by its attributes, its style, or its classes.

Only what the tag itself says counts; style sheets are not read. A class hides if its name is one by
which the large frameworks and screen-reader guides hide text, unless another one shows it again on
wide screens. Compiled.
"""

from functools import cache
from itertools import product
from typing import Final, NamedTuple

import numpy as np

from services.cleaner.page.blocks.jit import jit
from services.cleaner.page.blocks.walk import markup
from services.cleaner.page.blocks.walk.markup import Names, build_names, name_hash
from services.cleaner.page.blocks.walk.tags import BLANK, Bits, Flags, Text, lookup

HIDES: Final = 1
SHOWS: Final = 2
"""What an attribute says. An element is hidden if one of its attributes hides and none shows it."""
_HIDING_CLASSES: Final = """
hidden hide is-hidden ishidden d-none display-none u-hidden invisible sr-only is-sr-only u-sr-only
sronly sr-text visually-hidden visuallyhidden visually_hidden u-visually-hidden u-visuallyhidden
is-visually-hidden visually-hidden-focusable sr-only-focusable screen-reader-text
screen-reader-only screenreader-text screenreader-only screenreader screen-reader show-for-sr
element-invisible a11y-hidden a11y-only accessible-hide accessibility-hidden assistive-text
offscreen off-screen
"""
_WIDTHS: Final = ("sm", "md", "lg", "xl", "xxl", "2xl")
_DISPLAYS: Final = ("block", "inline", "inline-block", "flex", "inline-flex", "grid", "table")
_SHOWING_CLASSES: Final = (
    *(f"d-{width}-{display}" for width, display in product(_WIDTHS, _DISPLAYS)),
    *(f"{width}:{display}" for width, display in product(_WIDTHS, _DISPLAYS)),
    *(f"{width}:visible" for width in _WIDTHS),
    *("paywall", "o-paywall", "c-paywall", "paywall-content", "article-paywall"),
)
"""Classes by which wide screens show what narrow ones do not, and those of text that a script shows
to subscribers: on the pages of training it was the article on all four."""
_DISPLAY: Final = 1
_VISIBILITY: Final = 2
_OPACITY: Final = 3
_SIZE: Final = 4
_OFFSET: Final = 5
_CLIP: Final = 6
_CLIP_PATH: Final = 7
_OVERFLOW: Final = 8
_PROPERTIES: Final = (
    (_DISPLAY, "display"),
    (_VISIBILITY, "visibility"),
    (_OPACITY, "opacity font-size"),
    (_SIZE, "width height max-width max-height"),
    (_OFFSET, "left right top text-indent margin-left"),
    (_CLIP, "clip"),
    (_CLIP_PATH, "clip-path"),
    (_OVERFLOW, "overflow overflow-x overflow-y"),
)
_KEYWORDS: Final = (
    (_DISPLAY, "none"),
    (_VISIBILITY, "collapse"),
    (_VISIBILITY + _OVERFLOW, "hidden"),
    (_OVERFLOW, "clip"),
)
_OFF_SCREEN: Final = -900
_DOT: Final = 1
"""A clipped or shrunken box of one pixel shows nothing."""
_HALF: Final = 50
"""Per cent by which clip-path: inset() must cut from each side."""
_FNV_START: Final = np.uint64(0xCBF29CE484222325)
_FNV_STEP: Final = np.uint64(0x100000001B3)
_CASE: Final = np.uint64(0x20)
_COLON: Final = ord(":")
_SEMICOLON: Final = ord(";")
_DIALOG: Final = np.uint64(name_hash("dialog"))


class HidingNames(NamedTuple):
    """Tables of hashes: classes, properties of styles, and keywords that are their values."""

    classes: Names
    properties: Names
    keywords: Names


@cache
def hiding_names() -> HidingNames:
    """Return the tables, made once for a process."""
    hiding = dict.fromkeys(_HIDING_CLASSES.split(), (HIDES, 0, 0))
    return HidingNames(
        build_names(hiding | dict.fromkeys(_SHOWING_CLASSES, (SHOWS, 0, 0))),
        build_names({name: (code, 0, 0) for code, names in _PROPERTIES for name in names.split()}),
        build_names({name: (code, 0, 0) for code, name in _KEYWORDS}),
    )


@jit
def visibility(html: Text, start: int, end: int, kind: int, names: HidingNames) -> int:
    """Return HIDES, SHOWS or 0 for an attribute of this kind (markup.py) that is no class.

    Its value is html[start:end].
    """
    first = html[start] | 0x20 if end > start else 0
    if kind == markup.STYLE:
        return HIDES * _style_hides(html, start, end, names)
    if kind == markup.HIDDEN:
        return HIDES * (first != ord("u"))  # until-found: the reader finds it
    return HIDES * (kind == markup.ARIA_HIDDEN and first == ord("t"))


@jit
def is_closed_dialog(code: np.uint64, is_open: bool) -> bool:
    """Return whether the element is a dialog that only a script opens."""
    return code == _DIALOG and not is_open


@jit
def visibility_of_classes(
    html: Text, start: int, end: int, hashes: Bits, class_flags: Flags
) -> int:
    """Return HIDES, SHOWS or 0 for the classes html[start:end]."""
    flags, position = 0, start
    while position < end:
        code, position = _word(html, position, end, BLANK)
        entry = lookup(hashes, code)
        flags |= class_flags[entry] if entry >= 0 else 0
        position += 1
    return SHOWS if flags & SHOWS else flags


@jit
def _word(html: Text, position: int, end: int, stop: int) -> tuple[np.uint64, int]:
    """Return the hash of the word that begins here, in lower case, and where it ends."""
    value = _FNV_START
    while position < end and html[position] != stop and html[position] > BLANK:
        point = np.uint64(html[position])
        is_upper = ord("A") <= html[position] <= ord("Z")
        value = (value ^ (point | _CASE if is_upper else point)) * _FNV_STEP
        position += 1
    return value, position


@jit
def _style_hides(html: Text, start: int, end: int, names: HidingNames) -> bool:
    is_dot = is_cut = False
    position = start
    while position < end:
        while position < end and (html[position] <= BLANK or html[position] == _SEMICOLON):
            position += 1
        code, position = _word(html, position, end, _COLON)
        stop = position
        while stop < end and html[stop] != _SEMICOLON:
            stop += 1
        entry = lookup(names.properties.hashes, code)
        if entry >= 0:
            kind = names.properties.flags[entry]
            keyword, low, high = _value(html, position, stop, names.keywords)
            has_number = low <= high
            if kind == _DISPLAY or kind == _VISIBILITY:  # noqa: SIM109 - two comparisons
                if keyword & kind:
                    return True
            elif kind == _OVERFLOW:
                is_cut |= keyword & kind != 0
            elif kind == _SIZE:
                is_dot |= has_number and high <= _DOT
            elif has_number and _numbers_hide(kind, low, high):
                return True
        position = stop
    return is_dot and is_cut


@jit
def _numbers_hide(kind: int, low: float, high: float) -> bool:
    """Return whether a property hides whose value has numbers between these two."""
    if kind == _OPACITY:
        return high <= 0
    if kind == _OFFSET:
        return low <= _OFF_SCREEN
    return high <= _DOT if kind == _CLIP else low >= _HALF or high <= 0


@jit
def _value(html: Text, position: int, end: int, keywords: Names) -> tuple[int, float, float]:
    """Return the keywords of a value, and its smallest and largest number.

    Without a number, the smallest is above the largest.
    """
    flags, low, high = 0, np.inf, -np.inf
    while position < end:
        point = html[position]
        if ord("0") <= point <= ord("9") or point == ord("."):
            sign = -1.0 if html[position - 1] == ord("-") else 1.0
            number, position = _number(html, position, end)
            low, high = min(low, sign * number), max(high, sign * number)
        elif ord("a") <= point | 0x20 <= ord("z"):
            begin = position
            while position < end and ord("a") <= html[position] | 0x20 <= ord("z"):
                position += 1
            code, _ = _word(html, begin, position, _SEMICOLON)
            entry = lookup(keywords.hashes, code)
            flags |= keywords.flags[entry] if entry >= 0 else 0
        else:
            position += 1
    return flags, low, high


@jit
def _number(html: Text, position: int, end: int) -> tuple[float, int]:
    value, scale = 0.0, 0.0
    while position < end and (ord("0") <= html[position] <= ord("9") or html[position] == ord(".")):
        if html[position] == ord("."):
            scale = 1.0
        else:
            value = min(value * 10 + (html[position] - ord("0")), 1e9)
            scale *= 10
        position += 1
    return value / max(1.0, scale), position
