"""How two spellings become the same word: NFKC, case, accents; and what counts as which kind of character.

Words are folded whole and never measured after folding, so an offset always points into the text as it stands.
"""

import re
from functools import lru_cache
from typing import Final
from unicodedata import category, combining, normalize

from shared.text.writing_systems import LETTERED, SIGNS

LETTER, CAPITAL, DIGIT, MARK, NOTHING, SIGN, OTHER = "a", "A", "0", "m", "z", "c", "-"
"""One character a kind: the shadow of a text has its length and only these, S and s, and the punctuation of ``_SIGNS``."""

_SIGNS: Final = {
    **dict.fromkeys("'‘’‛ʼ＇", "'"),
    **dict.fromkeys(".．", "."),
    **dict.fromkeys(",，", ","),
    "S": "S",
    "s": "s",
}
_UNSPACED_SIGN: Final = re.compile(f"[{SIGNS}]")
_UNSPACED_LETTER: Final = re.compile(f"[{LETTERED}]")
_HALF_WIDTH_VOICING: Final = "ﾞﾟ"


class _Shadow(dict[int, str]):
    """Code point → kind, filled as characters are met; ``str.translate`` reads it."""

    def __missing__(self, code: int) -> str:
        self[code] = kind = _kind(chr(code))
        return kind


_SHADOW: Final = _Shadow()


def character_classes(text: str) -> str:
    """The text with every character replaced by its kind: same length, so that positions in one are positions in the other."""
    return text.translate(_SHADOW)


@lru_cache(maxsize=65_536)
def normalise(text: str) -> str:
    """The form in which spellings are compared: NFKC, lower case, no accents, no soft hyphens or zero-width characters. ü is u, ß is ss."""
    if text.isascii():
        return text.lower()
    bare = "".join(c for c in _decomposed(text) if not _is_accent(c))
    return normalize("NFC", bare.casefold().replace("ʼ", ""))  # ŉ alone brings one in


def normalise_exact(text: str) -> str:
    """The form that ``exact()`` compares: as written, but NFKC, with plain apostrophes and without characters that nobody sees."""
    return text if text.isascii() else normalize("NFC", _decomposed(text))


def is_hangul(character: str) -> bool:
    """Whether the character is a Hangul syllable or letter."""
    code = ord(character)
    return (
        0xAC00 <= code <= 0xD7FB
        or 0x1100 <= code <= 0x11FF
        or 0x3131 <= code <= 0x318E
        or 0xA960 <= code <= 0xA97C
    )


def _decomposed(text: str) -> str:
    """NFKD, but for characters that would become more than a word (¼ is 1⁄4), or a mark on the one before (ำ): those stay."""
    plain = ("'" if _SIGNS.get(c) == "'" else c for c in text if _SHADOW[ord(c)] != NOTHING)
    return "".join(
        apart if _is_word(apart := normalize("NFKD", c)) and not _melts(c, apart) else c
        for c in plain
    )


def _melts(character: str, apart: str) -> bool:
    """Whether a letter of its own would become a mark on the letter before it."""
    return (
        character.isalpha()
        and character not in _HALF_WIDTH_VOICING
        and category(apart[0])[0] == "M"
    )


def _is_word(text: str) -> bool:
    return all((c.isalnum() and c != "ʼ") or category(c)[0] == "M" for c in text)


def _is_accent(character: str) -> bool:
    """Marks above and below, and vowel points; not the voicing of Kana nor the vowels of Indic and Thai, which are letters to their readers."""
    place = combining(character)
    return place >= 200 or 10 <= place <= 36


def _kind(character: str) -> str:
    if character in _SIGNS:
        return _SIGNS[character]
    if _UNSPACED_SIGN.match(character) or (
        character.isalpha() and _UNSPACED_LETTER.match(character)
    ):
        return SIGN
    if character.isspace():
        return (
            "\n"
            if character in "\n\r\x0b\x0c\x85\u2028"
            else "\u2029"
            if character == "\u2029"
            else " "
        )
    group = category(character)
    if group[0] == "M" or character in _HALF_WIDTH_VOICING:
        return MARK
    if group == "Cf":
        return NOTHING
    if character.isalpha():
        return LETTER if character.islower() else CAPITAL
    return DIGIT if character.isalnum() else OTHER
