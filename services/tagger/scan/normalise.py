"""Normalisation: texts and names in the form in which they are compared.

One character becomes one character, so offsets stay valid: case, accents and width are removed,
hyphens and all kinds of white space become a space, curly quotes become plain ones, dashes and
similar marks become a bar. ß stays ß, because it would become two characters. Soft hyphens,
zero-width characters and combining accents are dropped; only then is a table kept that maps
normalised positions to positions in the original text.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from typing import Final

from services.tagger.scan.breaks import Breaks, Lines
from shared.text.apostrophes import NO_ENDINGS, endings_of
from shared.text.drop_caps import drop_cap_blank
from shared.text.normalise import SUPERSCRIPTS

_HYPHENS: Final = "-\u2010\u2011\u2012\u2013"
_BLANKS: Final = (
    "\n\r\t\x0b\x0c\x1c\x1d\x1e\x1f\x85\u00a0\u1680\u2028\u2029\u202f\u205f\u3000"
    + "".join(map(chr, range(0x2000, 0x200B)))
)
_SINGLE_QUOTES: Final = "\u2018\u2019\u201a\u201b\u2032\u02bc\u0060\u00b4\uff07"
_DOUBLE_QUOTES: Final = "\u201c\u201d\u201e\u201f\u2033\uff02"
_DROPPED: Final = re.compile(
    "[\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufe00-\ufe0f\ufeff\u0300-\u036f]+"
)
_ACCENT: Final = re.compile("[\u0300-\u036f]")
_ACCENTS: Final = re.compile("[\u0300-\u036f]*")
_OTHER_MARKS: Final = (
    "\u2014\u2015\u2026\u2022\u00b7\u00a9\u00ae\u2122\u20ac\u00a3\u00b0\u00ab\u00bb\u00d7\u00a7"
)
_WITHOUT_STROKE: Final = {
    "đ": "d", "Đ": "d", "ð": "d", "Ð": "d", "ł": "l", "Ł": "l", "ø": "o", "Ø": "o",
    "ħ": "h", "Ħ": "h", "ı": "i",
}  # fmt: skip
"""Letters whose stroke or missing dot is no accent to Unicode: Trần Đại Quang is Tran Dai Quang."""
_ASCII: Final = (
    *((character, " ") for character in _BLANKS + _HYPHENS if character.isascii()),
    ("`", "'"),
)
_BEYOND_ASCII: Final = re.compile("[^\x00-\x7f]+")
_FEW: Final = 40
"""Up to this many different characters beyond ASCII are replaced one by one."""


@dataclass(frozen=True)
class NormalisedText:
    """A text with its normalised form.

    ``offsets`` gives the position of each normalised character in ``plain``; it is None where the
    two have the same length. ``endings`` are those that an apostrophe parts from a word in the
    text's language.
    """

    plain: str
    normalised: str
    offsets: tuple[int, ...] | None = None
    endings: frozenset[str] = NO_ENDINGS

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Map a span of ``normalised`` to ``plain``, with the accents after its last character."""
        if self.offsets is None:
            return start, end
        accents = _ACCENTS.match(self.plain, self.offsets[end - 1] + 1)
        return self.offsets[start], accents.end() if accents else self.offsets[end - 1] + 1

    @cached_property
    def lines(self) -> Lines:
        """Return the lines of ``plain``."""
        return Lines(self.plain)

    def breaks(self, pattern: re.Pattern[str]) -> Breaks:
        """Return where a pattern matches in ``plain``; searched on first use, then cached."""
        if pattern not in self._breaks:
            self._breaks[pattern] = Breaks(pattern, self.plain)
        return self._breaks[pattern]

    @cached_property
    def _breaks(self) -> dict[re.Pattern[str], Breaks]:
        return {}


def normalise(text: str, language: str = "") -> NormalisedText:
    """Return a text in a language (ISO 639-1) with its normalised form.

    The blank behind a drop cap at its beginning is left out like an invisible character.
    """
    endings = endings_of(language)
    beyond_ascii = (
        frozenset("".join(_BEYOND_ASCII.findall(text))) if not text.isascii() else frozenset()
    )
    dropped = (
        [match.span() for match in _DROPPED.finditer(text)]
        if any(map(_DROPPED.match, beyond_ascii))
        else []
    )
    blank = drop_cap_blank(text, language or "und")
    if blank is not None:
        dropped = sorted([*dropped, (blank, blank + 1)])
    if not dropped:
        normalised = _normalise_characters(text, beyond_ascii)
        return NormalisedText(text, normalised, endings=endings)
    edges = [0, *chain.from_iterable(dropped), len(text)]
    ranges = [range(start, end) for start, end in zip(edges[::2], edges[1::2], strict=True)]
    remaining = "".join([text[part.start : part.stop] for part in ranges])
    return NormalisedText(
        text,
        _normalise_characters(remaining, beyond_ascii),
        tuple(chain.from_iterable(ranges)),
        endings,
    )


def normalise_name(name: str) -> str:
    """Normalise a name for search in normalised texts; surplus white space is removed."""
    if name.isascii():
        return " ".join(name.lower().replace("-", " ").replace("`", "'").split())
    return " ".join(normalise(unicodedata.normalize("NFC", name)).normalised.split())


def _normalise_characters(text: str, beyond_ascii: frozenset[str]) -> str:
    """Normalise a text in which ``beyond_ascii`` are the different characters beyond ASCII."""
    if len(beyond_ascii) >= _FEW:
        text = _BEYOND_ASCII.sub(lambda match: match[0].translate(_NORMALISED), text)
    else:
        for character in beyond_ascii:
            text = text.replace(character, _NORMALISED[ord(character)])
    text = text.lower()
    for character, replacement in _ASCII:
        text = text.replace(character, replacement)
    return text


class _CharacterTable(dict[int, str]):
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


_NORMALISED: Final = _CharacterTable()
