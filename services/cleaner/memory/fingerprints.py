"""Fingerprints of lines: hashes by which source memory recognises a line.

A fingerprint is a hash of the normalised text: case, punctuation and spacing do not count.
"""

import hashlib
from collections.abc import Iterator
from typing import Final

import msgspec

from services.cleaner.lines.line_types import is_prose
from services.cleaner.text.characters import normalise, word_count
from shared.messages.schemas import Span

_MIN_WORDS: Final = 2
"""A single word may be anything; "North Korea" under every article is a menu."""
_HASH_BYTES: Final = 8
MAX_FINGERPRINTS: Final = 1_000
"""Of an article, for its first paragraphs: no article has more."""


class LineFingerprint(msgspec.Struct, frozen=True):
    """A paragraph of a body: its fingerprint, its span in code points, and its number of words.

    ``is_prose``: it reads like running text.
    """

    fingerprint: str
    start: int
    end: int
    words: int
    is_prose: bool


def fingerprint(text: str) -> str:
    """Return 64 bits of the normalised text's hash in hexadecimal.

    Among the few thousand lines of a source no two different ones share one (10^-13).
    """
    data = normalise(text).encode("utf-8", "replace")
    return hashlib.blake2b(data, digest_size=_HASH_BYTES).hexdigest()


def fingerprint_lines(body: str, paragraphs: tuple[Span, ...]) -> Iterator[LineFingerprint]:
    """Yield the paragraphs that are long enough to be recognised, in order."""
    for span in paragraphs[:MAX_FINGERPRINTS]:
        text = body[span.start : span.end]
        words = word_count(text)
        if words >= _MIN_WORDS:
            prose = is_prose(text, words)
            yield LineFingerprint(fingerprint(text), span.start, span.end, words, prose)
