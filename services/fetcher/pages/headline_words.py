"""A headline as a small set of words, to compare headlines that are not kept themselves. Pure."""

import re
import zlib
from typing import Final

BITS: Final = 64
_WORD: Final = re.compile(r"[^\W_]+")
_CHARACTER_SCRIPT: Final = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]{2,}")
"""Scripts whose words have no spaces between them or change their endings: pairs are compared."""
TELLING: Final = 3
"""A headline of fewer words ("Morning briefing") may be that of many articles."""
_MAX_CHARACTERS: Final = 500
_LIVE: Final = re.compile(
    r"^\W*(?:live(?:[- ]?(?:blog|ticker|updates?|coverage))?|en direct|en vivo|ao vivo|diretta)"
    r"\s*[:|\-–—]+\s*",
    re.IGNORECASE,
)
_COUNTER: Final = re.compile(
    r"^\s*[(\[]\d{1,5}[)\]]\s*"
    r"|\s*[(\[|\-–—:·,]?\s*\d{1,5}\s+(?:new\s+)?(?:updates?|comments?|posts?|photos?)\s*[)\]]?\s*$",
    re.IGNORECASE,
)


def comparable_headline(headline: str | None) -> str:
    """Return a headline without what counts up by itself: "LIVE:", "(12)", "– 15 updates"."""
    text = " ".join((headline or "")[:_MAX_CHARACTERS].split())
    for _ in range(2):  # a label may stand before a counter, and a counter before a label
        text = _COUNTER.sub("", _LIVE.sub("", text))
    return text or (headline or "")


def word_set(text: str | None) -> str:
    """Return the words of a text as 64 bits in hexadecimal; "" if there are none."""
    bits = 0
    for word in _WORD.findall(comparable_headline(text).casefold()):
        for part in _pairs(word) if _CHARACTER_SCRIPT.fullmatch(word) else (word,):
            bits |= 1 << zlib.crc32(part.encode("utf-8", "replace")) % BITS
    return f"{bits:016x}" if bits else ""


def similarity(first: str, second: str) -> float:
    """Return the Jaccard index of two sets of words; 0 if either has too few to tell."""
    one, two = _bits(first), _bits(second)
    if min(one.bit_count(), two.bit_count()) < TELLING:
        return 0.0
    return (one & two).bit_count() / (one | two).bit_count()


def _pairs(word: str) -> list[str]:
    return [word[at : at + 2] for at in range(len(word) - 1)]


def _bits(words: str) -> int:
    try:
        return int(words or "0", 16)
    except ValueError:
        return 0
