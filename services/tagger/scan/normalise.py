"""Folding: texts and names in the form in which they are compared, one character for one, so that offsets stay true.

Case, accents and width go; hyphens and every blank become a space, curly quotes plain, dashes and the like a bar. ß stays ß, because a
character never becomes two.
Soft hyphens, zero-width characters and combining accents are left out; then, and only then, a table leads back to the text as it stands.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from typing import Final

from services.tagger.scan.breaks import Breaks, Lines

_HYPHENS: Final = "-\u2010\u2011\u2012\u2013"
_BLANKS: Final = (
    "\n\r\t\x0b\x0c\x1c\x1d\x1e\x1f\x85\u00a0\u1680\u2028\u2029\u202f\u205f\u3000"
    + "".join(map(chr, range(0x2000, 0x200B)))
)
_SINGLE_QUOTES: Final = "\u2018\u2019\u201a\u201b\u2032\u02bc\u0060\u00b4\uff07"
_DOUBLE_QUOTES: Final = "\u201c\u201d\u201e\u201f\u2033\uff02"
_LEFT_OUT: Final = re.compile(
    "[\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufe00-\ufe0f\ufeff\u0300-\u036f]+"
)
_ACCENT: Final = re.compile("[\u0300-\u036f]")
_ACCENTS: Final = re.compile("[\u0300-\u036f]*")
_OTHER_MARKS: Final = (
    "\u2014\u2015\u2026\u2022\u00b7\u00a9\u00ae\u2122\u20ac\u00a3\u00b0\u00ab\u00bb\u00d7\u00a7"
)
_ASCII: Final = (
    *((character, " ") for character in _BLANKS + _HYPHENS if character.isascii()),
    ("`", "'"),
)
_BEYOND_ASCII: Final = re.compile("[^\x00-\x7f]+")
_FEW: Final = 40
"""So many kinds of characters beyond ASCII are replaced one by one."""


@dataclass(frozen=True)
class NormalisedText:
    """A text as it stands, folded, and (where characters were left out) the place of each folded character in it."""

    plain: str
    folded: str
    places: tuple[int, ...] | None = None

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where the folded characters ``start`` to ``end`` stand in the text, with the accents that follow the last one."""
        if self.places is None:
            return start, end
        accents = _ACCENTS.match(self.plain, self.places[end - 1] + 1)
        return self.places[start], accents.end() if accents else self.places[end - 1] + 1

    @cached_property
    def lines(self) -> Lines:
        """The lines of the text as it stands."""
        return Lines(self.plain)

    def breaks(self, pattern: re.Pattern[str]) -> Breaks:
        """Where a pattern matches in the text as it stands; sought when first asked for."""
        if pattern not in self._breaks:
            self._breaks[pattern] = Breaks(pattern, self.plain)
        return self._breaks[pattern]

    @cached_property
    def _breaks(self) -> dict[re.Pattern[str], Breaks]:
        return {}


def normalise(text: str) -> NormalisedText:
    """The text with its folded form."""
    others = frozenset("".join(_BEYOND_ASCII.findall(text))) if not text.isascii() else frozenset()
    if not any(map(_LEFT_OUT.match, others)):
        return NormalisedText(text, _fold_each(text, others))
    ends = [0, *(end for found in _LEFT_OUT.finditer(text) for end in found.span()), len(text)]
    stretches = [range(start, end) for start, end in zip(ends[::2], ends[1::2], strict=True)]
    kept = "".join([text[stretch.start : stretch.stop] for stretch in stretches])
    return NormalisedText(text, _fold_each(kept, others), tuple(chain.from_iterable(stretches)))


def normalise_name(name: str) -> str:
    """A name in the form that is looked for in folded texts; blanks at the ends and double ones are gone."""
    if name.isascii():
        return " ".join(name.lower().replace("-", " ").replace("`", "'").split())
    return " ".join(normalise(unicodedata.normalize("NFC", name)).folded.split())


def _fold_each(text: str, others: frozenset[str]) -> str:
    """The text folded; ``others`` are the characters beyond ASCII in it."""
    if len(others) >= _FEW:
        text = _BEYOND_ASCII.sub(lambda found: found[0].translate(_FOLDED), text)
    else:
        for other in others:
            text = text.replace(other, _FOLDED[ord(other)])
    text = text.lower()
    for character, folded in _ASCII:
        text = text.replace(character, folded)
    return text


class _Folded(dict[int, str]):
    """One character's code to its folded form, worked out once each."""

    def __missing__(self, code: int) -> str:
        self[code] = folded = _fold_one(chr(code))
        return folded


def _fold_one(character: str) -> str:
    if (
        "\ud800" <= character <= "\udfff"
    ):  # a broken half of a character, which the automaton cannot read
        return "\ufffd"
    compatible = unicodedata.normalize("NFKC", character)
    single = compatible if len(compatible) == 1 else character
    for group, plain in (
        (_HYPHENS, " "),
        (_BLANKS, " "),
        (_SINGLE_QUOTES, "'"),
        (_DOUBLE_QUOTES, '"'),
        (_OTHER_MARKS, "|"),
    ):
        if single in group:
            return plain
    bare = _ACCENT.sub("", unicodedata.normalize("NFD", single))
    small = (bare if len(bare) == 1 else single).lower().replace("ς", "σ")
    return small if len(small) == 1 else character


_FOLDED: Final = _Folded()
