"""A line as a source's memory knows it: by a hash of its folded text, so that case, punctuation and spacing do not count."""

import hashlib
from collections.abc import Iterator
from typing import Final

import msgspec

from services.cleaner.lines.line_types import is_prose
from services.cleaner.text.characters import fold, word_count
from shared.messages.schemas import Span

_SHORTEST_WORDS: Final = 2
"""A single word may be anything; "North Korea" under every article is a menu."""
_HASH_BYTES: Final = 8
MOST_SEEN: Final = 1_000
"""Of an article, its first ones: no article has more."""


class LineFingerprint(msgspec.Struct, frozen=True):
    """One paragraph of a body: its fingerprint, where it stands (code points of the body), its words, and whether it reads like running text."""

    fingerprint: str
    start: int
    end: int
    words: int
    prose: bool


def fingerprint(text: str) -> str:
    """64 bits of the folded text in hexadecimal. Among a source's few thousand lines no two differ and share one (10^-13)."""
    return hashlib.blake2b(
        fold(text).encode("utf-8", "replace"), digest_size=_HASH_BYTES
    ).hexdigest()


def seen_lines(body: str, paragraphs: tuple[Span, ...]) -> Iterator[LineFingerprint]:
    """The paragraphs that are long enough to be told from others, in order."""
    for span in paragraphs[:MOST_SEEN]:
        text = body[span.start : span.end]
        words = word_count(text)
        if words >= _SHORTEST_WORDS:
            yield LineFingerprint(
                fingerprint(text), span.start, span.end, words, is_prose(text, words)
            )
