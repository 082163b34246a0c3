"""Raised text: marks that refer to a note are left out, exponents are written with raised digits.

Without that, the number of a footnote sticks to the word before it. Compiled; a constant number of
steps a tag.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from services.cleaner.page.blocks.jit import jit
from services.cleaner.page.blocks.walk import markup
from services.cleaner.page.blocks.walk.characters import TABLE_SIZE, WORD
from services.cleaner.page.blocks.walk.elements import PARTS, Nesting
from services.cleaner.page.blocks.walk.tags import BLANK, CLOSING, Bytes, Flags, Tags, Text

PLAIN: Final = 0
MARK: Final = 1
EXPONENT: Final = 2
"""What raised text is: text like other text, a mark that refers to a note, or an exponent."""
_MAX_TAGS: Final = 8
_MAX_CHARACTERS: Final = 24
_MAX_UNIT_CHARACTERS: Final = 2
_YEAR_DIGITS: Final = 4
_OPENING: Final = ord("[")
_MARKS: Final = "*†‡§¶#,;-–()[] \u00a0"
_RAISED: Final = dict(zip("0123456789+-−–", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁻", strict=True))
_ION_SIGNS: Final = (ord("+"), ord("-"), ord("−"))
_UNITS: Final = "m km cm mm dm ft mi yd ha mc"
_HREF: Final = np.array([ord(character) for character in ' href="#'], np.uint32)
_DIGITS: Final = np.array([ord(character) for character in _RAISED], np.uint32)
_RAISED_DIGITS: Final = np.array([ord(character) for character in _RAISED.values()], np.uint32)
_MARK_POINTS: Final = np.array([ord(character) for character in _MARKS], np.uint32)
_UNIT_CODES: Final = np.array(
    [sum(ord(letter) << 8 * at for at, letter in enumerate(unit)) for unit in _UNITS.split()]
)


@jit
def raised_text(
    html: Text, tags: Tags, nesting: Nesting, names_flags: Flags, tag: int
) -> tuple[Text, bool, int]:
    """Return what is in a sup element, whether a link is, and the tag that closes it.

    The closing tag is 0 if there is more in it than a mark or an exponent.
    """
    content = np.empty(_MAX_CHARACTERS, np.uint32)
    size, depth, has_link = 0, 1, False
    for inner in range(tag, min(tag + _MAX_TAGS, tags.start.size - 1)):
        if inner > tag:
            name = tags.name[inner]
            depth += -1 if name == CLOSING else 1
            has_link |= name >= 0 and names_flags[name] & markup.LINK > 0
            if nesting.flags[inner] & PARTS:
                break
        if depth == 0:
            return content[:size], has_link, inner
        for position in range(tags.past[inner], tags.start[inner + 1]):
            if size == _MAX_CHARACTERS:
                return content, has_link, 0
            content[size] = html[position]
            size += 1
    return content, has_link, 0


@jit
def links_to_fragment(html: Text, start: int, end: int) -> bool:
    """Return whether the tag is a link to another place on the page."""
    for position in range(start, end - _HREF.size):
        matched = 0
        while matched < _HREF.size and html[position + matched] == _HREF[matched]:
            matched += 1
        if matched == _HREF.size:
            return True
    return False


@jit
def classify(content: Text, is_link: bool, text: Text, first: int, size: int, kinds: Bytes) -> int:
    """Return PLAIN, MARK or EXPONENT for raised text behind ``text[first:size]``."""
    digits = marks = signs = letters = 0
    opening = np.uint32(0)
    for point in content:
        is_digit = ord("0") <= point <= ord("9")
        opening = point if opening == 0 and point > BLANK else opening
        digits += is_digit
        signs += _index(_DIGITS, point) >= 0 and not is_digit
        marks += _index(_MARK_POINTS, point) >= 0
        letters += point < TABLE_SIZE and (kinds[point] & WORD) != 0 and not is_digit
    if opening == _OPENING:
        return MARK
    if letters:
        return MARK if is_link and content.size == 1 else PLAIN
    if digits + marks + signs < content.size or content.size == 0:
        return PLAIN
    if is_link or not digits:
        return MARK
    if signs == 1 and digits + signs == content.size and content[-1] in _ION_SIGNS:
        return EXPONENT
    return _classify_number(digits + signs == content.size, text, first, size, kinds)


@jit
def _classify_number(is_power: bool, text: Text, first: int, size: int, kinds: Bytes) -> int:
    """Return what a raised number is by the word that it stands behind."""
    begin, code, digits = size, 0, 0
    while begin > first and text[begin - 1] < TABLE_SIZE and kinds[text[begin - 1]] & WORD:
        begin -= 1
        digits += ord("0") <= text[begin] <= ord("9")
    length = size - begin
    if length == 0:
        return PLAIN if size > first and text[size - 1] == BLANK else MARK
    if not is_power:
        return MARK
    if digits == length:
        return MARK if length == _YEAR_DIGITS else EXPONENT
    for position in range(begin, min(size, begin + _MAX_UNIT_CHARACTERS)):
        code |= int(text[position]) << 8 * (position - begin)
    is_unit = length <= _MAX_UNIT_CHARACTERS and np.any(code == _UNIT_CODES)
    return EXPONENT if length == 1 or is_unit else MARK


@jit
def append_exponent(content: Text, text: Text, size: int) -> int:
    """Append the number in raised digits; return the text's new size."""
    for point in content:
        index = _index(_DIGITS, point)
        if index >= 0:
            text[size] = _RAISED_DIGITS[index]
            size += 1
    return size


@jit
def _index(points: NDArray[np.uint32], point: np.uint32) -> int:
    for index in range(points.size):
        if points[index] == point:
            return index
    return -1
