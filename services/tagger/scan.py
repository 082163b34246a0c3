"""Step 1: a field of the article, folded, with every listed name that stands in it; and who holds which stretch of it."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from services.tagger.find import Finder, Found, Hits, Kind, Name
from services.tagger.fold import Text, fold
from shared.schemas import FieldName

_NO_NAMES: Final = frozenset({Kind.SURNAME, Kind.OTHER_BODY})
_WORD: Final = re.compile(r"[^\W\d_]{4,}")
_JOINTS: Final = frozenset(" \u00a0\u2010\u2011\u2012\u2013-")
_WORD_BEFORE: Final = re.compile(r"([^\W\d_][\w.'’]*)[ \u00a0\u2010-\u2013-]$")
_WORD_AFTER: Final = re.compile(r"[ \u00a0\u2010-\u2013-]([^\W\d_][\w'’]*)")
_REACH: Final = 40
"""Characters looked back for the word before: longer words are no names."""
_TITLE_CASE_SHARE: Final = 0.6


class Place(Protocol):
    """Anything with a start and an end in a text."""

    @property
    def start(self) -> int:
        """First character."""

    @property
    def end(self) -> int:
        """After the last character."""


class Mask:
    """Which characters of a text are taken."""

    def __init__(self, length: int, places: Iterable[Place] = ()) -> None:
        self._taken = bytearray(length)
        for place in places:
            self.take(place.start, place.end)

    def take(self, start: int, end: int) -> None:
        """Mark a stretch as taken."""
        self._taken[start:end] = b"\x01" * (end - start)

    def with_places(self, places: Iterable[Place]) -> "Mask":
        """A copy with more places taken."""
        copy = Mask(0, ())
        copy._taken = self._taken[:]
        for place in places:
            copy.take(place.start, place.end)
        return copy

    def is_all_taken(self, start: int, end: int) -> bool:
        """Whether every character of the stretch is taken."""
        return self._taken.find(0, start, end) < 0

    def is_free(self, start: int, end: int) -> bool:
        """Whether no character of the stretch is taken."""
        return self._taken.find(1, start, end) < 0


@dataclass(frozen=True, slots=True)
class Word:
    """A word beside a place."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Scan:
    """One field of an article with what stands in it. ``capitals_mean_nothing`` for a headline in title case or all capitals.

    ``listed``: where any listed name stands, but for bare surnames and the bodies (Georgia, university) that only keep offices apart.
    """

    field: FieldName
    text: Text
    hits: Hits
    capitals_mean_nothing: bool
    listed: Mask

    def of(self, *kinds: Kind) -> list[Found]:
        """The places of these kinds, kind after kind."""
        return [found for kind in kinds for found in self.hits.get(kind, ())]

    def word_before(self, start: int) -> Word | None:
        """The word that ends one blank or hyphen before ``start``."""
        if not start or self.text.plain[start - 1] not in _JOINTS:
            return None
        offset = max(0, start - _REACH)
        match = _WORD_BEFORE.search(self.text.plain[offset:start])
        return Word(offset + match.start(1), offset + match.end(1), match[1]) if match else None

    def word_after(self, end: int) -> Word | None:
        """The word that begins one blank or hyphen after ``end``."""
        if self.text.plain[end : end + 1] not in _JOINTS:
            return None
        match = _WORD_AFTER.match(self.text.plain, end)
        return Word(match.start(1), match.end(1), match[1]) if match else None


def scan(field: FieldName, text: str, finder: Finder) -> Scan:
    """Fold a field and find every listed name in it."""
    folded = fold(text)
    hits = finder.find(folded)
    listed = Mask(len(text), (found for kind, places in hits.items() if kind not in _NO_NAMES for found in places))
    return Scan(field, folded, hits, field == "headline" and _in_title_case(text), listed)


def owners(names: Sequence[Name]) -> tuple[str, ...]:
    """Whose names these are, each once, in order."""
    return (names[0].owner,) if len(names) == 1 else tuple(sorted({name.owner for name in names}))


def _in_title_case(headline: str) -> bool:
    words = _WORD.findall(headline)
    return bool(words) and sum(word[0].isupper() for word in words) >= _TITLE_CASE_SHARE * len(words)
