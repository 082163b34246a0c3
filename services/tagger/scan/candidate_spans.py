"""Normalise a field of the article and find every listed name in it.

Also what later steps ask of a field: the words beside a span, and which characters are covered.
"""

import re
from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Final, NamedTuple, Protocol

from services.tagger.scan.automaton import CandidateSpan, Finder, Name, NameKind, SpansByKind
from services.tagger.scan.breaks import Sentences
from services.tagger.scan.normalise import NormalisedText, normalise
from shared.messages.schemas import CleanArticle, FieldName, Span
from shared.text.sentences import sentences_in_message, split_sentences

_NOT_IN_NAME_MASK: Final = frozenset(
    {
        NameKind.SURNAME,
        NameKind.OTHER_BODY,
        NameKind.SHIP,
        NameKind.EVENT,
        NameKind.EVENT_WORD,
        NameKind.EVENT_STOP,
    }
)
_WORD: Final = re.compile(r"[^\W\d_]{4,}")
_BLANKS: Final = frozenset(" \u00a0")
_JOINTS: Final = frozenset(" \u00a0\u2010\u2011\u2012\u2013-")
_BETWEEN_WORDS: Final = re.compile("[ \n]")
_LAST_WORD: Final = re.compile(r"[^\W\d_][\w.'’]*\Z")
_FIRST_WORD: Final = re.compile(r"[^\W\d_][\w'’]*")
_REACH: Final = 40
"""How many characters before a span are searched for the previous word; names are shorter."""
_SMALL_WORDS: Final = """
about after against amid among before between despite during from into near over since than that
their this through toward towards under until upon when while with without
"""
_SMALL: Final = frozenset(_SMALL_WORDS.split())
"""Words of four letters or more that headlines in title case write small."""


class SpanLike(Protocol):
    """Anything with a start and an end in a text."""

    @property
    def start(self) -> int:
        """The first character."""

    @property
    def end(self) -> int:
        """One past the last character."""


class Mask:
    """Which characters of a text are covered by spans."""

    def __init__(self, length: int, spans: Iterable[SpanLike] = ()) -> None:
        self._covered = bytearray(length)
        for span in spans:
            self.add(span.start, span.end)

    def add(self, start: int, end: int) -> None:
        """Cover a range."""
        self._covered[start:end] = b"\x01" * (end - start)

    def with_spans(self, spans: Iterable[SpanLike]) -> "Mask":
        """Return a copy that also covers these spans."""
        copy = Mask(0, ())
        copy._covered = self._covered[:]
        for span in spans:
            copy.add(span.start, span.end)
        return copy

    def is_covered(self, start: int, end: int) -> bool:
        """Return whether every character of the range is covered."""
        return self._covered.find(0, start, end) < 0

    def is_free(self, start: int, end: int) -> bool:
        """Return whether no character of the range is covered."""
        return self._covered.find(1, start, end) < 0


class AdjacentWord(NamedTuple):
    """A word beside a span."""

    start: int
    end: int
    text: str


class FieldScan:
    """One field of an article with the candidate spans in it.

    ``is_case_uninformative`` is true for a headline or deck in title case or in capitals.
    """

    def __init__(
        self,
        field: FieldName,
        text: NormalisedText,
        spans_by_kind: SpansByKind,
        *,
        is_case_uninformative: bool,
        sentences: Sequence[Span] | None = None,
        all_spans: SpansByKind | None = None,
    ) -> None:
        self.field: Final = field
        self.text: Final = text
        self.spans_by_kind: Final = spans_by_kind
        self.is_case_uninformative: Final = is_case_uninformative
        self._sentences: Final = sentences
        self._all_spans: Final = spans_by_kind if all_spans is None else all_spans
        self._words_before: dict[int, AdjacentWord | None] = {}
        self._words_after: dict[int, AdjacentWord | None] = {}

    @cached_property
    def name_mask(self) -> Mask:
        """Mask the listed names; built on first use, as most names have no capital beside them.

        Without bare surnames, events, ships, and the bodies (Georgia, university) that only tell
        offices apart.
        """
        return Mask(
            len(self.text.plain),
            (
                span
                for kind, spans in self._all_spans.items()
                if kind not in _NOT_IN_NAME_MASK
                for span in spans
            ),
        )

    @cached_property
    def sentences(self) -> Sentences:
        """Return the sentences; split on first use where the message does not state them."""
        return Sentences(
            split_sentences(self.text.plain) if self._sentences is None else self._sentences
        )

    @cached_property
    def ship_ends(self) -> frozenset[int]:
        """Return where words end that make the name after them a ship's."""
        return frozenset(span.end for span in self.spans_by_kind.get(NameKind.SHIP, ()))

    def with_spans(self, spans_by_kind: SpansByKind) -> "FieldScan":
        """Return the same field with other spans; the name mask is still that of all spans."""
        return FieldScan(
            self.field,
            self.text,
            spans_by_kind,
            is_case_uninformative=self.is_case_uninformative,
            sentences=self._sentences,
            all_spans=self._all_spans,
        )

    def spans(self, *kinds: NameKind) -> list[CandidateSpan]:
        """Return the spans of these kinds, kind after kind."""
        by_kind = self.spans_by_kind
        spans: list[CandidateSpan] = []
        for kind in kinds:
            if kind in by_kind:
                spans += by_kind[kind]
        return spans

    def word_before(self, start: int) -> AdjacentWord | None:
        """Return the word that ends one blank or hyphen before ``start``."""
        if start not in self._words_before:
            self._words_before[start] = _word_before(self.text.plain, start)
        return self._words_before[start]

    def capital_before(self, start: int) -> AdjacentWord | None:
        """Return the word that ends one blank before ``start``, if it begins with a capital."""
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
        """Return the word that begins one blank after ``end``, if with a capital."""
        plain = self.text.plain
        if plain[end : end + 1] in _BLANKS and plain[end + 1 : end + 2].isupper():
            return self.word_after(end)
        return None

    def word_after(self, end: int) -> AdjacentWord | None:
        """Return the word that begins one blank or hyphen after ``end``."""
        if end not in self._words_after:
            self._words_after[end] = _word_after(self.text.plain, end)
        return self._words_after[end]


def scan_field(
    field: FieldName,
    text: str,
    finder: Finder,
    sentences: Sequence[Span] | None = None,
    language: str = "",
) -> FieldScan:
    """Normalise a field and find every listed name in it; ``sentences`` are the message's.

    ``language`` (ISO 639-1) says which endings an apostrophe parts from a name.
    """
    normalised = normalise(text, language)
    return FieldScan(
        field,
        normalised,
        finder.find(normalised),
        is_case_uninformative=field != "body" and _is_in_title_case(text),
        sentences=sentences,
    )


def scan_article(article: CleanArticle, finder: Finder) -> list[FieldScan]:
    """Scan headline, deck and body; an article without a deck has no scan of one."""
    language = article.language
    return [
        scan_field("headline", article.headline, finder, language=language),
        *([scan_field("deck", article.deck, finder, language=language)] if article.deck else []),
        scan_field("body", article.body, finder, sentences_in_message(article), language),
    ]


def _word_before(plain: str, start: int) -> AdjacentWord | None:
    if not start or plain[start - 1] not in _JOINTS:
        return None
    text = plain[max(0, start - _REACH) : start - 1].rpartition(" ")[2]
    if not text.isalpha():
        match = _LAST_WORD.search(text)
        if not match:
            return None
        text = match[0]
    return AdjacentWord(start - 1 - len(text), start - 1, text)


def _word_after(plain: str, end: int) -> AdjacentWord | None:
    if plain[end : end + 1] not in _JOINTS:
        return None
    match = _FIRST_WORD.match(plain, end + 1)
    return AdjacentWord(match.start(), match.end(), match[0]) if match else None


def owners(names: Sequence[Name]) -> tuple[str, ...]:
    """Return the ids of the names' owners, each once, in order."""
    return (names[0].owner,) if len(names) == 1 else tuple(sorted({name.owner for name in names}))


def _is_in_title_case(headline: str) -> bool:
    """Return whether every long word that no headline writes small has a capital."""
    has_capital = False
    for match in _WORD.finditer(headline):
        if match[0][0].isupper():
            has_capital = has_capital or match[0] not in _SMALL
        elif match[0] not in _SMALL:
            return False
    return has_capital
