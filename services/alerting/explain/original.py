"""Locate a span of the cleaned article in the original, by searching for its words. Pure.

The cleaner reorders lines and takes pages apart, so offsets cannot be carried back; the words can.
They are looked for with all of their paragraph first, then with what stands close by, then alone.
If they occur more than once the place is not guessed.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import unescape
from typing import Final

from shared.messages.schemas import Span
from shared.text.normalise import normalise

_WORD: Final = re.compile(r"\w+")
_INVISIBLE: Final = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")
_MARKUP: Final = re.compile(
    r"<!--.*?(?:-->|\Z)|<(script|style|head|noscript|template|svg)\b.*?(?:</\1\s*>|\Z)|<[/!?a-z][^<>]*(?:>|\Z)",
    re.DOTALL | re.IGNORECASE,
)
_ENTITY: Final = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_NEARBY_WORDS: Final = 8

OriginalWord = tuple[str, int, int]
"""A normalised word, where it begins and where it ends."""
Extent = tuple[int, int]
"""Where a character of the visible text begins and ends in the page: an entity is one character."""


@dataclass(frozen=True, slots=True)
class Original:
    """The text that an article was cleaned from, and the words that a reader sees in it."""

    text: str
    words: tuple[OriginalWord, ...]


@dataclass(frozen=True, slots=True)
class SourceLocation:
    """A place in the original text: code points, and the line and column (from 1) of its start."""

    start: int
    end: int
    line: int
    column: int


@dataclass(frozen=True, slots=True)
class NotLocated:
    """The span cannot be located; ``reason`` says why in words."""

    reason: str


def parse_original(text: str, *, is_html: bool) -> Original:
    """Find the words that a reader of the text sees.

    Those of a page are read without its head, tags, scripts and comments, and its entities as what
    they stand for.
    """
    return Original(text, tuple(_words(*_visible_text(text)) if is_html else _words(text)))


def locate(original: Original, field: str, span: Span) -> SourceLocation | NotLocated:
    """Return where ``span`` of ``field``, the cleaned headline or body, stands in the original."""
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
        runs = _runs([key for key, _, _ in original.words], keys[first : last + 1])
        counts.append(len(runs))
        if len(runs) == 1:
            return _location(original, runs[0] + inside[0] - first, runs[0] + inside[-1] - first)
    return NotLocated(
        f"its words occur {max(counts)} times in the original"
        if any(counts)
        else "its words do not occur in a row in the original"
    )


def _contexts(
    field: str, words: Sequence[OriginalWord], first: int, last: int
) -> Iterator[tuple[int, int]]:
    """Yield ranges of words to search for, from the whole paragraph to the words alone."""
    begins = field.rfind("\n\n", 0, words[first][1]) + 1
    ends = field.find("\n\n", words[last][2]) % (len(field) + 1)
    paragraph = [number for number, (_, start, _end) in enumerate(words) if begins <= start < ends]
    yield paragraph[0], paragraph[-1]
    yield max(paragraph[0], first - _NEARBY_WORDS), min(paragraph[-1], last + _NEARBY_WORDS)
    yield max(paragraph[0], first - _NEARBY_WORDS), last
    yield first, min(paragraph[-1], last + _NEARBY_WORDS)
    yield first, last


def _runs(words: Sequence[str], row: Sequence[str]) -> list[int]:
    return [
        start
        for start, word in enumerate(words)
        if word == row[0] and list(words[start : start + len(row)]) == list(row)
    ]


def _location(original: Original, first: int, last: int) -> SourceLocation:
    start, end = original.words[first][1], original.words[last][2]
    before = original.text[:start]
    return SourceLocation(start, end, before.count("\n") + 1, start - (before.rfind("\n") + 1) + 1)


def _visible_text(page: str) -> tuple[str, list[Extent]]:
    """Return the text between tags with entities decoded, and the extent of each character."""
    text, extents, end = list[str](), list[Extent](), 0
    for markup in _MARKUP.finditer(page):
        _append(page, end, markup.start(), text, extents)
        if not _INLINE.match(markup[0]):
            text.append(" ")
            extents.append(markup.span())
        end = markup.end()
    _append(page, end, len(page), text, extents)
    return "".join(text), extents


_INLINE: Final = re.compile(
    r"</?(?:a|abbr|b|bdi|cite|em|font|i|mark|q|s|small|span|strong|sub|sup|time|u|wbr)\b|<!--",
    re.IGNORECASE,
)
"""Tags inside running text: a word may go on after them."""


def _append(page: str, start: int, end: int, text: list[str], extents: list[Extent]) -> None:
    position = start
    for entity in _ENTITY.finditer(page, start, end):
        text += [page[position : entity.start()], decoded := unescape(entity[0])]
        extents += [(offset, offset + 1) for offset in range(position, entity.start())] + [
            entity.span()
        ] * len(decoded)
        position = entity.end()
    text.append(page[position:end])
    extents += [(offset, offset + 1) for offset in range(position, end)]


def _words(text: str, extents: Sequence[Extent] | None = None) -> Iterator[OriginalWord]:
    """Yield runs of letters and digits, normalised; invisible characters do not part a word."""
    visible = (
        [offset for offset, character in enumerate(text) if not _INVISIBLE.match(character)]
        if _INVISIBLE.search(text)
        else None
    )
    readable = text if visible is None else "".join(text[offset] for offset in visible)
    for match in _WORD.finditer(readable):
        start, last = (
            offset if visible is None else visible[offset]
            for offset in (match.start(), match.end() - 1)
        )
        yield (
            (normalise(match[0]), start, last + 1)
            if extents is None
            else (normalise(match[0]), extents[start][0], extents[last][1])
        )
