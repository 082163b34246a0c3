"""The form in which single characters are compared, and which characters are dropped.

Case, accents and width are removed; ß stays ß, because it would become two characters.
"""

import re
import unicodedata
from typing import Final

from shared.text.normalise import SUPERSCRIPTS

_HYPHENS: Final = "-\u2010\u2011\u2012\u2013"
_BLANKS: Final = (
    "\n\r\t\x0b\x0c\x1c\x1d\x1e\x1f\x85\u00a0\u1680\u2028\u2029\u202f\u205f\u3000"
    + "".join(map(chr, range(0x2000, 0x200B)))
)
_SINGLE_QUOTES: Final = "\u2018\u2019\u201a\u201b\u2032\u02bc\u0060\u00b4\uff07"
_DOUBLE_QUOTES: Final = "\u201c\u201d\u201e\u201f\u2033\uff02"
DROPPED: Final = re.compile(
    "[\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufe00-\ufe0f\ufeff\u0300-\u036f]+"
)
_ACCENT: Final = re.compile("[\u0300-\u036f]")
_OTHER_MARKS: Final = (
    "\u2014\u2015\u2026\u2022\u00b7\u00a9\u00ae\u2122\u20ac\u00a3\u00b0\u00ab\u00bb\u00d7\u00a7"
)
_WITHOUT_STROKE: Final = {
    "đ": "d", "Đ": "d", "ð": "d", "Ð": "d", "ł": "l", "Ł": "l", "ø": "o", "Ø": "o",
    "ħ": "h", "Ħ": "h", "ı": "i",
}  # fmt: skip
"""Letters whose stroke or missing dot is no accent to Unicode: Trần Đại Quang is Tran Dai Quang."""


class _CharacterForms(dict[int, str]):
    """Maps a character's code to its normalised form, computed on first use."""

    def __missing__(self, code: int) -> str:
        self[code] = normalised = _normalise_character(chr(code))
        return normalised


def _normalise_character(character: str) -> str:
    if "\ud800" <= character <= "\udfff":  # a lone surrogate, which the automaton cannot read
        return "\ufffd"
    if character in SUPERSCRIPTS:
        return "|"
    if character in _WITHOUT_STROKE:
        return _WITHOUT_STROKE[character]
    compatible = unicodedata.normalize("NFKC", character)
    single = compatible if len(compatible) == 1 else character
    for group, replacement in (
        (_HYPHENS, " "),
        (_BLANKS, " "),
        (_SINGLE_QUOTES, "'"),
        (_DOUBLE_QUOTES, '"'),
        (_OTHER_MARKS, "|"),
    ):
        if single in group:
            return replacement
    bare = _ACCENT.sub("", unicodedata.normalize("NFD", single))
    small = (bare if len(bare) == 1 else single).lower().replace("ς", "σ")
    return small if len(small) == 1 else character


FORMS: Final = _CharacterForms()
"""By code point; ``str.translate`` reads it."""
