"""Step 1: a field of the article, folded, with every listed name that stands in it; and who holds which stretch of it."""

import re
from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Final, NamedTuple, Protocol

from services.tagger.scan.automaton import CandidateSpan, Finder, Name, NameKind, SpansByKind
from services.tagger.scan.breaks import Sentences
from services.tagger.scan.normalise import NormalisedText, normalise
from shared.messages.schemas import FieldName, Span
from shared.text.sentences import split_sentences

_NO_NAMES: Final = frozenset({NameKind.SURNAME, NameKind.OTHER_BODY, NameKind.SHIP, NameKind.EVENT})
_WORD: Final = re.compile(r"[^\W\d_]{4,}")
_BLANKS: Final = frozenset(" \u00a0")
_JOINTS: Final = frozenset(" \u00a0\u2010\u2011\u2012\u2013-")
_BETWEEN_WORDS: Final = re.compile("[ \n]")
_LAST_WORD: Final = re.compile(r"[^\W\d_][\w.'’]*\Z")
_FIRST_WORD: Final = re.compile(r"[^\W\d_][\w'’]*")
_REACH: Final = 40
"""Characters looked back for the word before: longer words are no names."""
_SMALL_WORDS: Final = """
about after against amid among before between despite during from into near over since than that their this through toward towards under until
upon when while with without
"""
_SMALL: Final = frozenset(_SMALL_WORDS.split())
"""Words of four letters and more that headlines in title case leave small."""


class SpanLike(Protocol):
    """Anything with a start and an end in a text."""

    @property
    def start(self) -> int:
        """First character."""

    @property
    def end(self) -> int:
        """After the last character."""


class Mask:
    """Which characters of a text are taken."""

    def __init__(self, length: int, places: Iterable[SpanLike] = ()) -> None:
        self._taken = bytearray(length)
        for place in places:
            self.take(place.start, place.end)

    def take(self, start: int, end: int) -> None:
        """Mark a stretch as taken."""
        self._taken[start:end] = b"\x01" * (end - start)

    def with_places(self, places: Iterable[SpanLike]) -> "Mask":
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


class AdjacentWord(NamedTuple):
    """A word beside a place."""

    start: int
    end: int
    text: str


class FieldScan:
    """One field of an article with what stands in it. ``capitals_mean_nothing`` for a headline in title case or all capitals.

    ``listed``: where any listed name stands, but for bare surnames and the bodies (Georgia, university) that only
    keep offices apart and verbs.
    """

    def __init__(
        self,
        field: FieldName,
        text: NormalisedText,
        hits: SpansByKind,
        *,
        capitals_mean_nothing: bool,
        sentences: Sequence[Span] | None = None,
    ) -> None:
        self.field: Final = field
        self.text: Final = text
        self.hits: Final = hits
        self.capitals_mean_nothing: Final = capitals_mean_nothing
        self._sentences: Final = sentences
        self._before: dict[int, AdjacentWord | None] = {}
        self._after: dict[int, AdjacentWord | None] = {}

    @cached_property
    def listed(self) -> Mask:
        """Worked out when first asked for: most names have no other capital beside them."""
        return Mask(
            len(self.text.plain),
            (
                found
                for kind, places in self.hits.items()
                if kind not in _NO_NAMES
                for found in places
            ),
        )

    @cached_property
    def sentences(self) -> Sentences:
        """The sentences of the field; where the message states none they are found when needed."""
        stated = self._sentences
        return Sentences(split_sentences(self.text.plain) if stated is None else stated)

    @cached_property
    def ship_ends(self) -> frozenset[int]:
        """Where words end that make the name after them a ship's."""
        return frozenset(found.end for found in self.hits.get(NameKind.SHIP, ()))

    def with_hits(self, hits: SpansByKind) -> "FieldScan":
        """The same field with other hits; what is listed stays."""
        other = FieldScan(
            self.field,
            self.text,
            hits,
            capitals_mean_nothing=self.capitals_mean_nothing,
            sentences=self._sentences,
        )
        other.__dict__["listed"] = self.listed
        return other

    def of(self, *kinds: NameKind) -> list[CandidateSpan]:
        """The places of these kinds, kind after kind."""
        return [found for kind in kinds for found in self.hits.get(kind, ())]

    def word_before(self, start: int) -> AdjacentWord | None:
        """The word that ends one blank or hyphen before ``start``."""
        if start not in self._before:
            self._before[start] = _word_before(self.text.plain, start)
        return self._before[start]

    def capital_before(self, start: int) -> AdjacentWord | None:
        """The word that ends one blank before ``start``, if it begins with a capital."""
        plain = self.text.plain
        if not start or plain[start - 1] not in _BLANKS:
            return None
        near = max(0, start - _REACH)
        first = max(plain.rfind(" ", near, start - 1), plain.rfind("\n", near, start - 1)) + 1
        if near and not first:
            first = self.text.breaks(_BETWEEN_WORDS).last_before(start - 1) + 1
        if plain[first].islower():
            return None
        word = self.word_before(start)
        return word if word and word.text[0].isupper() else None

    def capital_after(self, end: int) -> AdjacentWord | None:
        """The word that begins one blank after ``end``, if with a capital."""
        plain = self.text.plain
        return (
            self.word_after(end)
            if plain[end : end + 1] in _BLANKS and plain[end + 1 : end + 2].isupper()
            else None
        )

    def word_after(self, end: int) -> AdjacentWord | None:
        """The word that begins one blank or hyphen after ``end``."""
        if end not in self._after:
            self._after[end] = _word_after(self.text.plain, end)
        return self._after[end]


def scan_field(
    field: FieldName, text: str, finder: Finder, sentences: Sequence[Span] | None = None
) -> FieldScan:
    """Fold a field and find every listed name in it; ``sentences`` are those of the message."""
    folded = normalise(text)
    return FieldScan(
        field,
        folded,
        finder.find(folded),
        capitals_mean_nothing=field == "headline" and _in_title_case(text),
        sentences=sentences,
    )


def _word_before(plain: str, start: int) -> AdjacentWord | None:
    if not start or plain[start - 1] not in _JOINTS:
        return None
    last = plain[max(0, start - _REACH) : start - 1].rpartition(" ")[2]
    match = None if last.isalpha() else _LAST_WORD.search(last)
    text = match[0] if match else last if last.isalpha() else ""
    return AdjacentWord(start - 1 - len(text), start - 1, text) if text else None


def _word_after(plain: str, end: int) -> AdjacentWord | None:
    if plain[end : end + 1] not in _JOINTS:
        return None
    match = _FIRST_WORD.match(plain, end + 1)
    return AdjacentWord(match.start(), match.end(), match[0]) if match else None


def owners(names: Sequence[Name]) -> tuple[str, ...]:
    """Whose names these are, each once, in order."""
    return (names[0].owner,) if len(names) == 1 else tuple(sorted({name.owner for name in names}))


def _in_title_case(headline: str) -> bool:
    words = [word for word in _WORD.findall(headline) if word not in _SMALL]
    return bool(words) and all(word[0].isupper() for word in words)
