"""First pass: where each tag of the page begins and ends, and what it is. Compiled, linear.

lexbor repairs a page and writes it in one regular form: every element closed, attributes in double
quotes, "<" in texts only as &lt;. This pass and the following ones read that form.
"""

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from services.cleaner.page.blocks.jit import jit

Ints = NDArray[np.int32]
Bits = NDArray[np.uint64]
Bytes = NDArray[np.uint8]
Flags = NDArray[np.uint16]
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
    """The tags in the order of the page.

    ``start`` is the position of "<", ``past`` one behind ">", ``name`` an index of the table of
    names or one of the three constants above, and ``code`` the hash of the name.
    """

    start: Ints
    past: Ints
    name: Ints
    code: Bits


@jit
def tags_of(html: Text, names: Bits) -> Tags:
    """Return every tag and comment.

    ``names``: hashes of the names that are distinguished, ascending.
    """
    room = 0
    for character in html:
        room += character == LT
    start, past = np.zeros(room, np.int32), np.zeros(room, np.int32)
    name, code = np.zeros(room, np.int32), np.zeros(room, np.uint64)
    count, position = 0, 0
    while position < html.size:
        if html[position] != LT:
            position += 1
            continue
        start[count] = position
        second = html[position + 1] if position + 1 < html.size else GT
        if second == _BANG:
            name[count], position = COMMENT, past_comment(html, position)
        elif second == _SLASH:
            name[count], position = CLOSING, past_tag(html, position)
        else:
            code[count], end = hash_name(html, position + 1, GT)
            name[count], position = lookup(names, code[count]), past_tag(html, end)
        past[count] = position
        count += 1
    return Tags(start[:count], past[:count], name[:count], code[:count])


@jit
def past_tag(html: Text, position: int) -> int:
    """Return the position behind the tag's ">"; one in a value does not end it.

    Values begin with =; a stray quote elsewhere is part of an attribute's name.
    """
    is_value = False
    while position < html.size and (is_value or html[position] != GT):
        is_quote = html[position] == QUOTE
        is_value = not is_quote if is_value else is_quote and html[position - 1] == EQUALS
        position += 1
    return min(position + 1, html.size)


@jit
def past_comment(html: Text, position: int) -> int:
    """Return the position behind "-->", or behind the next ">" for a document type."""
    if position + 3 >= html.size or html[position + 2] != _DASH:
        return past_tag(html, position)
    position += 4
    while position < html.size and not (
        html[position] == GT and html[position - 1] == _DASH and html[position - 2] == _DASH
    ):
        position += 1
    return min(position + 1, html.size)


@jit
def hash_name(html: Text, start: int, stop: int) -> tuple[np.uint64, int]:
    """Return the hash of the name that begins here, and where it ends.

    ``stop`` is the character that ends it: EQUALS for an attribute's name, GT for a tag's.
    """
    end = start
    while end < html.size and html[end] != BLANK and html[end] != GT and html[end] != stop:
        end += 1
    return extend_hash(html, start, end, _FNV_START), end


@jit
def extend_hash(html: Text, start: int, end: int, value: np.uint64) -> np.uint64:
    """Return the hash, continued over ``html[start:end]`` (FNV-1a)."""
    for position in range(start, end):
        value = (value ^ np.uint64(html[position])) * _FNV_STEP
    return value


@jit
def lookup(hashes: Bits, code: np.uint64) -> int:
    """Return the index of the hash among the ascending ones, or UNKNOWN (binary search)."""
    low, high = 0, hashes.size
    while low < high:
        middle = (low + high) // 2
        if hashes[middle] < code:
            low = middle + 1
        else:
            high = middle
    return low if low < hashes.size and hashes[low] == code else UNKNOWN
