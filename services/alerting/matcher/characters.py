"""What the kernel needs to know of each character, as arrays by code point.

They are filled from ``shared.text.normalise`` when a character first occurs.
"""

from collections.abc import Iterable
from typing import Final, NamedTuple
from unicodedata import combining, decomposition, normalize

import numpy as np
from numpy.typing import NDArray

from shared.text.normalise import character_classes, normalise, normalise_exact

KINDS: Final = "?aAsS0mzc'., \n\u2029-"
"""The classes of ``character_classes``; their order lets the kernel test for several at once.

0 is a character that has not been met yet.
"""
UNMET: Final = 0
LOWER, CAPITAL, SMALL_S, CAPITAL_S, DIGIT, MARK, NOTHING, SIGN = (
    KINDS.index(kind) for kind in "aAsS0mzc"
)
APOSTROPHE, STOP, COMMA = (KINDS.index(kind) for kind in "'.,")
BLANK, BREAK, PARAGRAPH_BREAK, OTHER = (KINDS.index(kind) for kind in " \n\u2029-")

WORDLIKE, UNSTABLE_KEY, UNSTABLE_EXACT = 1, 2, 4
"""Flags: what ``\\w`` means without the underscore, and characters that change with neighbours."""
DROPPED: Final = -1
_CODES: Final = 0x110000
_POOL: Final = 1 << 15
_LAST_COMPOSED: Final = 0x20000  # no composition lies above the first supplementary plane


class CharacterTables(NamedTuple):
    """By code point: its class, its flags, its normalised form (``key``) and its ``exact`` form.

    A form is a code point, DROPPED, or ``-2 - offset`` of several in ``pool``: their number, then
    the code points.
    """

    kind: NDArray[np.uint8]
    flags: NDArray[np.uint8]
    key: NDArray[np.int32]
    exact: NDArray[np.int32]
    pool: NDArray[np.int32]


class Alphabet:
    """The tables of every character that has occurred so far."""

    def __init__(self) -> None:
        self.tables = CharacterTables(
            kind=np.zeros(_CODES, np.uint8),
            flags=np.zeros(_CODES, np.uint8),
            key=np.zeros(_CODES, np.int32),
            exact=np.zeros(_CODES, np.int32),
            pool=np.zeros(_POOL, np.int32),
        )
        self._pooled = 0
        self.add(map(chr, range(128)))

    def add(self, characters: Iterable[str]) -> None:
        """Fill in these characters, and those of their normalised forms.

        A rule's pattern may ask whether the latter are letters.
        """
        for character in characters:
            for part in (*normalise(character), character):
                if self.tables.kind[ord(part)] == UNMET:
                    self._fill(part)

    def _fill(self, character: str) -> None:
        code, tables = ord(character), self.tables
        key, exact = normalise(character), normalise_exact(character)
        tables.key[code], tables.exact[code] = self._form(key), self._form(exact)
        flags = {
            WORDLIKE: character.isalnum(),
            UNSTABLE_KEY: not _stands_alone(key),
            UNSTABLE_EXACT: not _stands_alone(exact),
        }
        tables.flags[code] = sum(flag for flag, holds in flags.items() if holds)
        tables.kind[code] = KINDS.index(
            character_classes(character)
        )  # last: who sees a kind may read the rest

    def _form(self, form: str) -> int:
        if len(form) <= 1:
            return ord(form) if form else DROPPED
        start, self._pooled = self._pooled, self._pooled + 1 + len(form)
        self.tables.pool[start : self._pooled] = [len(form), *map(ord, form)]
        return -2 - start


def _second_of_a_pair() -> frozenset[str]:
    """Return the characters that may merge with the one before them in NFC.

    Indic vowel signs, the voicing of Kana, Hangul vowels and finals, accents.
    """
    pairs = (decomposition(chr(code)).split() for code in range(_LAST_COMPOSED))
    seconds = {chr(int(pair[1], 16)) for pair in pairs if len(pair) == 2 and pair[0][0] != "<"}
    return frozenset(
        seconds | {chr(code) for code in (*range(0x1161, 0x1176), *range(0x11A8, 0x11C3))}
    )


_MERGING: Final = _second_of_a_pair()


def _stands_alone(form: str) -> bool:
    """Return whether the form stays the same whatever stands before it.

    If all do, a word's form is that of its characters, one after the other.
    """
    first = normalize("NFD", form)[:1]
    return not first or (combining(first) == 0 and first not in _MERGING)
