"""Normalisation: texts and names in the form in which they are compared.

One character becomes one character, so offsets stay valid: case, accents and width are removed,
hyphens and all kinds of white space become a space, curly quotes become plain ones, dashes and
similar marks become a bar. ß stays ß, because it would become two characters. Soft hyphens,
zero-width characters and combining accents are dropped; only then is a table kept that maps
normalised positions to positions in the original text.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from services.tagger.scan.breaks import Breaks, Lines
from services.tagger.scan.character_forms import DROPPED, FORMS
from shared.text.apostrophes import NO_ENDINGS, endings_of
from shared.text.drop_caps import drop_cap_blank

_ACCENTS: Final = re.compile("[\u0300-\u036f]*")
_ASCII_FORMS: Final = "".join(map(FORMS.__getitem__, range(128))).encode("ascii") + bytes(128)


@dataclass(frozen=True)
class NormalisedText:
    """A text with its normalised form.

    ``offsets`` gives the position of each normalised character in ``plain``; it is None where the
    two have the same length. ``endings`` are those that an apostrophe parts from a word in the
    text's language.
    """

    plain: str
    normalised: str
    offsets: Sequence[int] | None = None
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
    endings, blank = endings_of(language), drop_cap_blank(text, language or "und")
    if blank is None and text.isascii():
        return NormalisedText(text, _normalise_ascii(text), endings=endings)
    from services.tagger.scan.code_table import (  # noqa: PLC0415 - imports numpy in 0.15 s
        normalise_by_code,
    )

    normalised, offsets = normalise_by_code(text, blank)
    return NormalisedText(text, normalised, offsets, endings)


def normalise_name(name: str) -> str:
    """Normalise a name for search in normalised texts; surplus white space is removed."""
    if name.isascii():
        return " ".join(name.lower().replace("-", " ").replace("`", "'").split())
    composed = DROPPED.sub("", unicodedata.normalize("NFC", name))
    return " ".join(composed.translate(FORMS).split())


def _normalise_ascii(text: str) -> str:
    return text.encode("ascii").translate(_ASCII_FORMS).decode("ascii")
