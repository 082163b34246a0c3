"""First pass: where each tag begins and ends, what it is, its attributes. Compiled, linear.

lexbor repairs a page and writes it in one regular form: every element closed, attributes in double
quotes, "<" in texts only as &lt;. This pass and the following ones read that form.
"""

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from services.cleaner.page.blocks.jit import jit
from services.cleaner.page.blocks.walk.markup import Names

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


_SHORTEST_ATTRIBUTE: Final = 3
"""A blank and the name "id"."""


class Attributes(NamedTuple):
    """The attributes of a table of names, in the order of the page.

    ``kind``: what the table's flags say; the value is ``html[start:end]``, empty without one.
    """

    kind: Ints
    start: Ints
    end: Ints


class Tags(NamedTuple):
    """The tags in the order of the page.

    ``start`` is the position of "<", ``past`` one behind ">", ``name`` an index of the table of
    names or one of the three constants above, and ``code`` the hash of the name. The attributes of
    tag n are ``first[n]`` to ``first[n + 1]``, exclusive, of ``attributes``.
    """

    start: Ints
    past: Ints
    name: Ints
    code: Bits
    first: Ints
    attributes: Attributes


@jit
def tags_of(html: Text, names: Bits, read: Names) -> Tags:
    """Return every tag and comment.

    ``names``: hashes of the names that are distinguished, ascending; ``read``: the attributes that
    are read.
    """
    room = 0
    for character in html:
        room += character == LT
    start, past = np.zeros(room, np.int32), np.zeros(room, np.int32)
    name, code = np.zeros(room, np.int32), np.zeros(room, np.uint64)
    first = np.zeros(room + 1, np.int32)
    attributes = np.empty((3, html.size // _SHORTEST_ATTRIBUTE + 1), np.int32)
    count, position, size = 0, 0, 0
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
            name[count] = lookup(names, code[count])
            position, size = _read_attributes(html, end, read, attributes, size)
        past[count] = position
        count += 1
        first[count] = size
    return Tags(
        start[:count],
        past[:count],
        name[:count],
        code[:count],
        first[: count + 1],
        Attributes(attributes[0, :size], attributes[1, :size], attributes[2, :size]),
    )


@jit
def _read_attributes(
    html: Text, position: int, read: Names, attributes: NDArray[np.int32], size: int
) -> tuple[int, int]:
    """Write the tag's attributes to the columns from ``size`` on.

    Returns the position behind the tag's ">", and the columns that are written. A ">" in a value
    does not end the tag. Values begin with =; a stray quote elsewhere is part of a name.
    """
    hashes, flags = read.hashes, read.flags
    while position < html.size and html[position] != GT:
        if html[position] == BLANK:
            position += 1
            continue
        code, name_end = hash_name(html, position, EQUALS)
        start, end = _value(html, name_end)
        attribute = lookup(hashes, code)
        if attribute >= 0:
            attributes[0, size] = flags[attribute]
            attributes[1, size], attributes[2, size] = start, end
            size += 1
        position = max(end + (end > name_end), position + 1)
    return min(position + 1, html.size), size


@jit
def _value(html: Text, position: int) -> tuple[int, int]:
    """Return start and end of the value behind an attribute's name.

    Both are ``position`` if it has no value.
    """
    if position + 1 >= html.size or html[position] != EQUALS or html[position + 1] != QUOTE:
        return position, position
    value = html[position + 2 :]
    for length in range(value.size):
        if value[length] == QUOTE:
            return position + 2, position + 2 + length
    return position + 2, html.size


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
