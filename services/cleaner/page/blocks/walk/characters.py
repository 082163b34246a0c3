"""What a character is, as tables for compiled code.

Above the BMP, Han counts as a word and everything else as a symbol.
"""

from functools import cache
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from services.cleaner.text.characters import is_unspaced

SPACE: Final = 1
WORD: Final = 2
UPPER: Final = 4
LOWER: Final = 8
ALONE: Final = 16
"""A word by itself: a character of a script that puts no spaces between words."""
STOP: Final = 32
"""Ends a sentence."""

TABLE_SIZE: Final = 0x10000
SYMBOLS: Final = 29
"""Number of symbols that phrases are spelt in: a gap, the beginning, 26 letters regardless of case,
and any other letter or digit."""
GAP: Final = 0
BEGIN: Final = 1
LETTER_A: Final = 2
OTHER: Final = 28
_STOPS: Final = frozenset(".!?…。！？؟।۔")


class Characters(NamedTuple):
    """Three tables by code point.

    ``kinds``: the flags above; ``lower``: lower-case code points; ``symbols``: see phrases.py.
    """

    kinds: NDArray[np.uint8]
    lower: NDArray[np.uint32]
    symbols: NDArray[np.uint8]


@cache
def characters() -> Characters:
    """Return the tables, made once for a process (some hundredths of a second)."""
    table = [chr(point) for point in range(TABLE_SIZE)]
    return Characters(
        np.array([_kind(character) for character in table], np.uint8),
        np.array([_lower(character) for character in table], np.uint32),
        np.array([symbol(character) for character in table], np.uint8),
    )


def symbol(character: str) -> int:
    """Return the symbol that the character is spelt with in phrases."""
    small = character.lower()
    if "a" <= small <= "z":
        return LETTER_A + ord(small[0]) - ord("a")
    return OTHER if character.isalnum() else GAP


def _lower(character: str) -> int:
    small = character.lower()
    return ord(small) if len(small) == 1 else ord(character)


def _kind(character: str) -> int:
    flags = (
        (SPACE, character.isspace()),
        (WORD, character.isalnum() or character == "_"),
        (UPPER, character.isupper()),
        (LOWER, character.islower()),
        (ALONE, is_unspaced(character)),
        (STOP, character in _STOPS),
    )
    return sum(flag for flag, holds in flags if holds)
