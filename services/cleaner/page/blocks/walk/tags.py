"""First pass: where each tag of the page begins and ends, and what it is. Compiled, linear.

lexbor repairs a page and writes it out in one regular form: every element closed, attributes in double quotes, "<" in texts only as &lt;.
That form is what is read here and in the passes behind this one.
"""

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from services.cleaner.page.blocks.jit import compiled

Ints = NDArray[np.int32]
Bits = NDArray[np.uint64]
Bytes = NDArray[np.uint8]
Text = NDArray[np.uint32]
"""Code points."""

LT: Final = ord("<")
GT: Final = ord(">")
BLANK: Final = ord(" ")
EQUALS: Final = ord("=")
QUOTE: Final = ord('"')
_SLASH: Final = ord("/")
_BANG: Final = ord("!")
_DASH: Final = ord("-")
UNKNOWN: Final = -1
CLOSING: Final = -2
COMMENT: Final = -3
_FNV_START: Final = np.uint64(0xCBF29CE484222325)
_FNV_STEP: Final = np.uint64(0x100000001B3)


class Tags(NamedTuple):
    """Tags in the order of the page: ``start`` of "<", ``past`` its ">", and ``name``: a place in the table of names, or one of the three above.

    ``code`` is the hash of the name.
    """

    start: Ints
    past: Ints
    name: Ints
    code: Bits


@compiled
def tags_of(html: Text, names: Bits) -> Tags:
    """Every tag and comment. ``names``: hashes of the names that are told apart, ascending."""
    room = 0
    for character in html:
        room += character == LT
    start, past, name, code = (
        np.zeros(room, np.int32),
        np.zeros(room, np.int32),
        np.zeros(room, np.int32),
        np.zeros(room, np.uint64),
    )
    count, at = 0, 0
    while at < html.size:
        if html[at] != LT:
            at += 1
            continue
        start[count] = at
        second = html[at + 1] if at + 1 < html.size else GT
        if second == _BANG:
            name[count], at = COMMENT, past_comment(html, at)
        elif second == _SLASH:
            name[count], at = CLOSING, past_tag(html, at)
        else:
            code[count], end = hashed_name(html, at + 1, GT)
            name[count], at = lookup(names, code[count]), past_tag(html, end)
        past[count] = at
        count += 1
    return Tags(start[:count], past[:count], name[:count], code[:count])


@compiled
def past_tag(html: Text, at: int) -> int:
    """Behind the tag's ">"; one in a value does not end it. Values begin with ="; a stray quote elsewhere is part of an attribute's name."""
    quoted = False
    while at < html.size and (quoted or html[at] != GT):
        quoted = html[at] != QUOTE if quoted else html[at] == QUOTE and html[at - 1] == EQUALS
        at += 1
    return min(at + 1, html.size)


@compiled
def past_comment(html: Text, at: int) -> int:
    """Behind "-->"; behind the next ">" for a document type."""
    if at + 3 >= html.size or html[at + 2] != _DASH:
        return past_tag(html, at)
    at += 4
    while at < html.size and not (
        html[at] == GT and html[at - 1] == _DASH and html[at - 2] == _DASH
    ):
        at += 1
    return min(at + 1, html.size)


@compiled
def hashed_name(html: Text, at: int, stop: int) -> tuple[np.uint64, int]:
    """Hash of the name that begins here, and where it ends: EQUALS stops an attribute's, GT a tag's."""
    end = at
    while end < html.size and html[end] != BLANK and html[end] != GT and html[end] != stop:
        end += 1
    return hashed(html, at, end, _FNV_START), end


@compiled
def hashed(html: Text, start: int, end: int, value: np.uint64) -> np.uint64:
    """The hash so far, continued over ``html[start:end]`` (FNV-1a)."""
    for at in range(start, end):
        value = (value ^ np.uint64(html[at])) * _FNV_STEP
    return value


@compiled
def lookup(hashes: Bits, code: np.uint64) -> int:
    """The place of the hash among the ascending ones, or UNKNOWN (binary search)."""
    low, high = 0, hashes.size
    while low < high:
        middle = (low + high) // 2
        if hashes[middle] < code:
            low = middle + 1
        else:
            high = middle
    return low if low < hashes.size and hashes[low] == code else UNKNOWN
