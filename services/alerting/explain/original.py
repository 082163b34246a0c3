"""Where a stretch of the cleaned article stands in what it was cleaned from, found by searching for its words. Pure.

The cleaner puts lines in order and takes pages apart, so offsets cannot be carried back; the words can. They are looked for with all of
their paragraph first, then with what stands close by, then alone. What stands more than once is not guessed at: that is said.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import unescape
from typing import Final

from services.alerting.language.normalise import normalise
from shared.messages.schemas import Span

_WORD: Final = re.compile(r"\w+")
_UNSEEN: Final = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")
_MARKUP: Final = re.compile(
    r"<!--.*?(?:-->|\Z)|<(script|style|head|noscript|template|svg)\b.*?(?:</\1\s*>|\Z)|<[/!?a-z][^<>]*(?:>|\Z)",
    re.DOTALL | re.IGNORECASE,
)
_ENTITY: Final = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_NEARBY_WORDS: Final = 8

Word = tuple[str, int, int]
"""A folded word, where it begins and where it ends."""
Extent = tuple[int, int]
"""Where a character of what a reader sees begins and ends in the page: an entity is one character."""


@dataclass(frozen=True, slots=True)
class Original:
    """The text that an article was cleaned from, and the words that a reader sees in it."""

    text: str
    words: tuple[Word, ...]


@dataclass(frozen=True, slots=True)
class SourceLocation:
    """A place in the original text: code points, and the line and column (from 1) at which it begins."""

    start: int
    end: int
    line: int
    column: int


@dataclass(frozen=True, slots=True)
class NotLocated:
    """The stretch cannot be placed; ``why`` says so in words."""

    reason: str


def parse_original(text: str, *, is_html: bool) -> Original:
    """The words that a reader of the text sees: of a page without its head, tags, scripts and comments, entities as what they stand for."""
    return Original(text, tuple(_words(*_seen(text)) if is_html else _words(text)))


def locate(original: Original, field: str, span: Span) -> SourceLocation | NotLocated:
    """Where the stretch ``span`` of ``field`` (the cleaned headline or body) stands in the original."""
    words = list(_words(field))
    inside = [
        number
        for number, (_, start, end) in enumerate(words)
        if start < span.end and end > span.start
    ]
    if not inside:
        return NotLocated("it holds no word to look for")
    keys, counts = [key for key, _, _ in words], []
    for first, last in _contexts(field, words, inside[0], inside[-1]):
        found = _runs([key for key, _, _ in original.words], keys[first : last + 1])
        counts.append(len(found))
        if len(found) == 1:
            return _place(original, found[0] + inside[0] - first, found[0] + inside[-1] - first)
    return NotLocated(
        f"its words stand {max(counts)} times in the original"
        if any(counts)
        else "its words do not stand in a row in the original"
    )


def _contexts(
    field: str, words: Sequence[Word], first: int, last: int
) -> Iterator[tuple[int, int]]:
    """From the whole paragraph to the words alone."""
    begins = field.rfind("\n\n", 0, words[first][1]) + 1
    ends = field.find("\n\n", words[last][2]) % (len(field) + 1)
    paragraph = [number for number, (_, start, _end) in enumerate(words) if begins <= start < ends]
    yield paragraph[0], paragraph[-1]
    yield max(paragraph[0], first - _NEARBY_WORDS), min(paragraph[-1], last + _NEARBY_WORDS)
    yield max(paragraph[0], first - _NEARBY_WORDS), last
    yield first, min(paragraph[-1], last + _NEARBY_WORDS)
    yield first, last


def _runs(words: Sequence[str], wanted: Sequence[str]) -> list[int]:
    return [
        at
        for at, word in enumerate(words)
        if word == wanted[0] and list(words[at : at + len(wanted)]) == list(wanted)
    ]


def _place(original: Original, first: int, last: int) -> SourceLocation:
    start, end = original.words[first][1], original.words[last][2]
    before = original.text[:start]
    return SourceLocation(start, end, before.count("\n") + 1, start - (before.rfind("\n") + 1) + 1)


def _seen(page: str) -> tuple[str, list[Extent]]:
    """The text between tags, entities decoded, and where each of its characters stands in the page."""
    text, extents, at = list[str](), list[Extent](), 0
    for found in _MARKUP.finditer(page):
        _append(page, at, found.start(), text, extents)
        if not _INLINE.match(found[0]):
            text.append(" ")
            extents.append(found.span())
        at = found.end()
    _append(page, at, len(page), text, extents)
    return "".join(text), extents


_INLINE: Final = re.compile(
    r"</?(?:a|abbr|b|bdi|cite|em|font|i|mark|q|s|small|span|strong|sub|sup|time|u|wbr)\b|<!--",
    re.IGNORECASE,
)
"""Tags inside running text: a word may go on after them."""


def _append(page: str, start: int, end: int, text: list[str], extents: list[Extent]) -> None:
    at = start
    for entity in _ENTITY.finditer(page, start, end):
        text += [page[at : entity.start()], decoded := unescape(entity[0])]
        extents += [(place, place + 1) for place in range(at, entity.start())] + [
            entity.span()
        ] * len(decoded)
        at = entity.end()
    text.append(page[at:end])
    extents += [(place, place + 1) for place in range(at, end)]


def _words(text: str, extents: Sequence[Extent] | None = None) -> Iterator[Word]:
    """Runs of letters and digits, folded; characters that nobody sees do not part a word."""
    kept = (
        [at for at, character in enumerate(text) if not _UNSEEN.match(character)]
        if _UNSEEN.search(text)
        else None
    )
    shown = text if kept is None else "".join(text[at] for at in kept)
    for found in _WORD.finditer(shown):
        start, last = (at if kept is None else kept[at] for at in (found.start(), found.end() - 1))
        yield (
            (normalise(found[0]), start, last + 1)
            if extents is None
            else (normalise(found[0]), extents[start][0], extents[last][1])
        )
