"""What a word leaves out at its edges, compiled: possessives, endings, elisions and footnotes.

``text`` has code points, ``kinds`` their classes with AHEAD more behind them; ``chars`` are the
CharacterTables. shared/text/apostrophes.py has the lists and shared/text/words.py the definition.
"""

from collections.abc import Iterable
from typing import Final

import numpy as np
from numpy.typing import NDArray

from services.alerting.matcher.characters import (
    APOSTROPHE,
    CAPITAL_S,
    DROPPED,
    LOWER,
    NOTHING,
    SMALL_S,
)
from services.alerting.matcher.kernel.jit import jit
from shared.text.apostrophes import DOTLESS, ELISIONS, LONGEST
from shared.text.words import JOINING_SCRIPTS, LEAST_LETTERS, MOST_DIGITS

_BITS: Final = 5
_BEFORE_A: Final = ord("a") - 1
_LETTER_I, _DOTLESS, _LAST_LETTER = ord("i"), ord(DOTLESS), ord("z")
_ZERO, _NINE = ord("0"), ord("9")
_OPEN, _CLOSE = ord("["), ord("]")
_MOST_IN_REFERENCE: Final = 3
_JOINING: Final = ord(JOINING_SCRIPTS)
_NO_CODE: Final = -1


def codes_of(words: Iterable[str]) -> NDArray[np.int64]:
    """Return the words of ASCII letters as numbers, in order; five bits a letter."""
    return np.array(
        sorted(
            sum((ord(letter) - _BEFORE_A) << _BITS * i for i, letter in enumerate(word))
            for word in words
        ),
        np.int64,
    )


_ELISIONS: Final = codes_of(ELISIONS)


@jit
def is_letter(kind: int) -> bool:
    """Return whether a character of this class is a letter."""
    return LOWER <= kind <= CAPITAL_S


@jit
def after_apostrophe(text, kinds, position, chars, endings):
    """Return where a possessive or ending that begins here ends, or ``position``.

    Nothing that belongs to a word may follow it.
    """
    if kinds[position] != APOSTROPHE:
        return position
    if (kinds[position + 1] == SMALL_S or kinds[position + 1] == CAPITAL_S) and _is_last(
        kinds, position + 2
    ):
        return position + 2
    if not len(endings):
        return position
    end = position + 1
    while is_letter(kinds[end]) and end - position <= LONGEST:
        end += 1
    if (
        end > position + 1
        and _is_last(kinds, end)
        and _is_among(endings, _code_of(text, position + 1, end, chars))
    ):
        return end
    return position


@jit
def is_elision(text, start, apostrophe, chars):
    """Return whether the letters before an apostrophe lost their last vowel to it."""
    return apostrophe - start <= LONGEST and _is_among(
        _ELISIONS, _code_of(text, start, apostrophe, chars)
    )


@jit
def without_footnote(text, start, end, chars):
    """Return where the word ends without the one or two digits of a footnote, or ``end``."""
    number, digits = end, 0
    while number > start and digits <= MOST_DIGITS:
        form = chars.key[text[number - 1]]
        if form != DROPPED and not _ZERO <= form <= _NINE:
            break
        digits += form != DROPPED
        number -= 1
    if not 0 < digits <= MOST_DIGITS:
        return end
    first, letters = number, 0
    while first > start and letters < LEAST_LETTERS:
        size = _letters_of(text[first - 1], chars)
        if size < 0:
            break
        letters += size
        first -= 1
    return number if letters >= LEAST_LETTERS else end


@jit
def after_references(text, position):
    """Return where the footnote marks [1][23] that begin here end, or ``position``."""
    size = len(text)
    while position < size and text[position] == _OPEN:
        end = position + 1
        while end < size and _ZERO <= text[end] <= _NINE and end - position <= _MOST_IN_REFERENCE:
            end += 1
        if end == position + 1 or end >= size or text[end] != _CLOSE:
            return position
        position = end + 1
    return position


@jit
def _is_last(kinds, position):
    """Return whether nothing that belongs to a word stands here."""
    after = kinds[position]
    return not (1 <= after <= NOTHING) and not (
        after == APOSTROPHE and is_letter(kinds[position + 1])
    )


@jit
def _is_among(codes, code):
    place = np.searchsorted(codes, code)
    return place < len(codes) and codes[place] == code


@jit
def _code_of(text, start, end, chars):
    """Return the normalised letters from ``start`` to ``end`` as a number, or -1."""
    code, size = 0, 0
    for i in range(start, end):
        form = chars.key[text[i]]
        if form == DROPPED:
            continue
        form = _LETTER_I if form == _DOTLESS else form
        if not _BEFORE_A < form <= _LAST_LETTER or size == LONGEST:
            return _NO_CODE
        code |= (form - _BEFORE_A) << _BITS * size
        size += 1
    return code


@jit
def _letters_of(code, chars):
    """Return how many letters a character is once normalised, or -1 if it is not only letters."""
    form = chars.key[code]
    if form == DROPPED:
        return 0
    if form >= 0:
        return 1 if form < _JOINING and is_letter(chars.kind[form]) else -1
    pooled = -2 - form
    for j in range(chars.pool[pooled]):
        part = chars.pool[pooled + 1 + j]
        if not (part < _JOINING and is_letter(chars.kind[part])):
            return -1
    return chars.pool[pooled]
