"""Text from bytes whose charset nobody has declared. Pure.

The feed's headline decides where it can: its words occur in the right charset's bytes. Among the
charsets of Latin script, which differ in a few letters, the language decides; a general detector
takes French for Baltic. All other scripts are left to that detector.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from charset_normalizer import from_bytes

from services.cleaner.text.language import detect_language
from shared.text.charsets import DecodedText, codec_name, is_nearly_whole

_SAMPLE_BYTES: Final = 16 * 1024
_BEFORE_SAMPLE: Final = 1024
_HEADLINE_WINDOW: Final = 64 * 1024
_HEADLINE_WORDS: Final = 8
_DEFAULT: Final = "cp1252"
"""Of a text in Latin script, as in browsers (WHATWG Encoding)."""
_CENTRAL: Final = frozenset(["bs", "cs", "hr", "hu", "pl", "ro", "sk", "sl", "sq"])
_BALTIC: Final = frozenset(["et", "lt", "lv"])
_TURKISH: Final = frozenset(["az", "ku", "tr"])
_FAMILIES: Final = {
    "cp1250": _CENTRAL,
    "iso8859-2": _CENTRAL,
    "cp1257": _BALTIC,
    "cp1254": _TURKISH,
}
"""The languages that a Latin charset is for; cp1252 and mac-roman are for all others."""
_ALPHABETS: Final = {
    "cs": "áčďéěíňóřšťúůýž",
    "hr": "čćđšž",
    "hu": "áéíóöőúüű",
    "pl": "ąćęłńóśźż",
    "ro": "ăâîşţșț",
    "sk": "áäčďéíĺľňóôŕšťúýž",
    "sl": "čšž",
}
"""Small letters beyond ASCII; they tell cp1250 from ISO 8859-2."""
_LATIN: Final = (_DEFAULT, *_FAMILIES, "mac-roman")
_BEYOND_LATIN: Final = (
    *("cp1251", "koi8-r", "koi8-u", "iso8859-5", "cp1253", "cp1255", "cp1256", "cp874", "cp1258"),
    *("cp949", "gb18030", "big5", "cp932", "euc_jp"),
)
_HIGH: Final = re.compile(rb"[\x80-\xff]")
_HIGH_RUN: Final = re.compile(rb"[\x80-\xff]{3,}")
_MAX_SHARE_IN_RUNS: Final = 0.3
"""In Latin script letters beyond ASCII stand alone or in pairs; in other scripts words are runs."""
_MARKUP: Final = re.compile(rb"<[^<>]*>")
_SCRIPT: Final = re.compile(rb"<(script|style)\b.*?</\1", re.IGNORECASE | re.DOTALL)
_PROSE_BYTES: Final = 600
_SURE: Final = 0.5
_IN_WORD: Final = re.compile(r"(?<=[a-z])[^\x00-\x7f]")
_PUNCTUATION: Final = frozenset("’‘“”«»„‚‹›–—…\xa0\xad·•\ufffd")


@dataclass(frozen=True, slots=True)
class _LatinReading:
    """The text in one of the Latin charsets, and what speaks for it."""

    charset: str
    language: str
    confidence: float
    odd_letters: int

    @property
    def is_consistent(self) -> bool:
        """Return whether the charset is one for the language that the text is then in."""
        return self.confidence >= _SURE and self.charset in _charsets_of(self.language)


def decode_undeclared(content: bytes, headline: str, language: str) -> DecodedText | None:
    """Return the text in the most likely charset; None if nothing can be said.

    ``headline`` and ``language``: what the feed says of the article; may be empty.
    """
    first = _HIGH.search(content)
    start = max(first.start() - _BEFORE_SAMPLE, 0) if first else 0
    sample = content[start : start + _SAMPLE_BYTES]
    agreeing = _charsets_with(headline, content[start : start + _HEADLINE_WINDOW])
    latin = [charset for charset in _LATIN if charset in agreeing] if agreeing else _LATIN
    if agreeing and not latin:
        charset: str | None = agreeing[0]
    elif agreeing or _is_latin(sample):
        charset = _choose_latin(sample, latin, language)
    else:
        best = from_bytes(sample).best()
        charset = codec_name(best.encoding) if best else None
    if not charset:
        return None
    return DecodedText(content.decode(charset, "replace"), charset, "detected")


def _charsets_with(headline: str, content: bytes) -> list[str]:
    """Return the charsets in whose bytes most of the headline's words beyond ASCII occur."""
    words = [word for word in headline.split() if not word.isascii()][:_HEADLINE_WORDS]
    counts = {charset: _count_words(words, content, charset) for charset in _LATIN + _BEYOND_LATIN}
    most = max(counts.values())
    if 2 * most <= len(words):
        return []
    return [
        charset
        for charset, count in counts.items()
        if count == most and is_nearly_whole(content.decode(charset, "replace"))
    ]


def _count_words(words: Iterable[str], content: bytes, charset: str) -> int:
    return sum(_encode(word, charset) in content for word in words)


def _encode(word: str, charset: str) -> bytes:
    """Return the word's bytes; where it has none in the charset, bytes that no text has."""
    try:
        return word.encode(charset)
    except UnicodeEncodeError:
        return word.encode("utf-8") + b"\0"


def _is_latin(sample: bytes) -> bool:
    """Return whether the text is in Latin script, or all ASCII."""
    prose = _MARKUP.sub(b" ", sample)
    in_runs = sum(len(run) for run in _HIGH_RUN.findall(prose))
    return in_runs <= len(_HIGH.findall(prose)) * _MAX_SHARE_IN_RUNS


def _choose_latin(sample: bytes, charsets: Sequence[str], stated: str) -> str | None:
    """Return the charset that suits the language, else the one for the stated language."""
    prose = _select_prose(sample)
    readings = [reading for name in charsets if (reading := _read_as(name, prose)) is not None]
    if not readings:
        return None
    consistent = [reading for reading in readings if reading.is_consistent]
    if consistent:
        return min(
            consistent, key=lambda reading: (reading.odd_letters, -reading.confidence)
        ).charset
    names = [reading.charset for reading in readings]
    usual = [name for name in _charsets_of(stated.lower()[:2]) if name in names]
    return (usual or names)[0]


def _charsets_of(language: str) -> list[str]:
    """Return the Latin charsets for a language, the most usual first."""
    names = [name for name, languages in _FAMILIES.items() if language in languages]
    return names or [_DEFAULT, "mac-roman"]


def _read_as(charset: str, prose: bytes) -> _LatinReading | None:
    """Return what speaks for a charset; None if the bytes are no text in it."""
    text = prose.decode(charset, "replace")
    if not is_nearly_whole(text) or any("\x80" <= letter <= "\x9f" for letter in text):
        return None
    language, confidence = detect_language(text)
    if alphabet := _ALPHABETS.get(language, ""):
        letters = [letter for letter in text.lower() if not letter.isascii()]
    else:
        letters = _IN_WORD.findall(text)
    odd_letters = sum(
        letter not in _PUNCTUATION and not (letter in alphabet if alphabet else letter.islower())
        for letter in letters
    )
    return _LatinReading(charset, language, confidence, odd_letters)


def _select_prose(sample: bytes) -> bytes:
    """Return the sample's text between tags, the pieces with letters beyond ASCII first."""
    pieces = [b" ".join(piece.split()) for piece in _MARKUP.split(_SCRIPT.sub(b" ", sample))]
    pieces = [piece for piece in pieces if piece]
    pieces.sort(key=lambda piece: -min(len(_HIGH.findall(piece)), 1))
    return b"\n".join(pieces)[:_PROSE_BYTES]
