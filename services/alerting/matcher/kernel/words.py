"""Where the words of a text stand and what they are, compiled: the same reading as ``language.words``, written as loops.

``kinds`` is the shadow of the text, a number a character, with four OTHER behind it so that looking ahead needs no check.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from services.alerting.matcher.characters import (
    APOSTROPHE,
    CAPITAL_S,
    COMMA,
    DIGIT,
    DROPPED,
    MARK,
    NOTHING,
    SIGN,
    SMALL_S,
    STOP,
    UNSTABLE_EXACT,
    UNSTABLE_KEY,
)
from services.alerting.matcher.kernel.jit import jit

AHEAD = 4
"""How many characters the loops look ahead at most."""
HARD = -1
"""A form that this kernel does not spell: Python does, for that word alone."""
FULL_STOP = ord(".")


class WordArrays(NamedTuple):
    """The words of an article in order, the headline's first; ``key`` and ``exact`` are where their forms lie in ``spelt``, or HARD.

    ``field`` is 0 in the headline and 1 in the body, and ``start`` and ``end`` are code points of it; ``sentence`` and ``paragraph`` number
    on through both fields.
    """

    start: NDArray[np.int32]
    end: NDArray[np.int32]
    field: NDArray[np.int32]
    sentence: NDArray[np.int32]
    paragraph: NDArray[np.int32]
    key: NDArray[np.int32]
    key_size: NDArray[np.int32]
    exact: NDArray[np.int32]
    exact_size: NDArray[np.int32]
    abbreviated: NDArray[np.bool_]
    spelt: NDArray[np.int32]


@jit
def is_letter(kind: int) -> bool:
    """Whether a character of this kind is a letter."""
    return 1 <= kind <= SMALL_S or kind == CAPITAL_S


@jit
def find_words(kinds, size, starts, ends, abbreviated, count):
    """Append where the words of one field begin and end, and whether each is letters with stops; return how many there are now."""
    at = 0
    while at < size:
        kind, with_stops = kinds[at], False
        if is_letter(kind) or kind == DIGIT:
            end = _abbreviation(kinds, at)
            with_stops = end > 0
            end = end if with_stops else _run(kinds, at)
            following = end + 2 if _possessive(kinds, end) else end
        elif kind == SIGN:
            end = following = _marks(kinds, at + 1)
        else:
            at += 1
            continue
        while kinds[end - 1] == NOTHING:
            end -= 1
        starts[count], ends[count], abbreviated[count] = at, end, with_stops
        count += 1
        at = following
    return count


@jit
def spell_keys(text, kinds, words, first, last, chars, spelt):
    """Write the folded forms of one field's words into ``words.spelt``; return how much of it is taken now."""
    starts, ends, abbreviated, at, sizes, out = (
        words.start,
        words.end,
        words.abbreviated,
        words.key,
        words.key_size,
        words.spelt,
    )
    flags, forms, pool = chars.flags, chars.key, chars.pool
    for i in range(first, last):
        start, end = starts[i], ends[i]
        at[i] = HARD
        if abbreviated[i]:
            if not _plain_abbreviation(text, kinds, start, end, forms):
                continue
            end -= text[end - 1] == FULL_STOP
        after = form_of(text, start, end, False, forms, flags, UNSTABLE_KEY, pool, out, spelt)
        if after >= 0:
            at[i], sizes[i], spelt = spelt, after - spelt, after
    return spelt


@jit
def spell_exacts(text, words, first, last, chars, spelt):
    """Write the forms as written of one field's words into ``words.spelt``; return how much of it is taken now."""
    starts, ends, abbreviated, at, sizes, out = (
        words.start,
        words.end,
        words.abbreviated,
        words.exact,
        words.exact_size,
        words.spelt,
    )
    flags, forms, pool = chars.flags, chars.exact, chars.pool
    for i in range(first, last):
        after = form_of(
            text, starts[i], ends[i], abbreviated[i], forms, flags, UNSTABLE_EXACT, pool, out, spelt
        )
        at[i] = spelt if after >= 0 else HARD
        if after >= 0:
            sizes[i], spelt = after - spelt, after
    return spelt


@jit
def _marks(kinds, at):
    while kinds[at] == MARK or kinds[at] == NOTHING:
        at += 1
    return at


@jit
def _possessive(kinds, at):
    """Whether a final 's stands here: nothing that belongs to a word may follow it."""
    if kinds[at] != APOSTROPHE or not (kinds[at + 1] == SMALL_S or kinds[at + 1] == CAPITAL_S):
        return False
    after = kinds[at + 2]
    return not (1 <= after <= NOTHING) and not (after == APOSTROPHE and is_letter(kinds[at + 3]))


@jit
def _abbreviation(kinds, at):
    """Where the letters with stops that begin here end, or -1. Where a letter or digit follows, the last letter, or its last mark, is given back."""
    end, units, before = _marks(kinds, at + 1), 0, 0
    if not is_letter(kinds[at]):
        return -1
    while kinds[end] == STOP and is_letter(kinds[end + 1]):
        before, end, units = end, _marks(kinds, end + 2), units + 1
    if units and (is_letter(kinds[end]) or kinds[end] == DIGIT):
        if kinds[end - 1] == MARK or kinds[end - 1] == NOTHING:
            return end - 1
        end, units = before, units - 1
    if not units:
        return -1
    return end + 1 if kinds[end] == STOP else end


@jit
def _run(kinds, at):
    """Where the letters and digits that begin here end: O'Brien, 1,000 and 3.5 are one word."""
    while True:
        if is_letter(kinds[at]):
            at = _marks(kinds, at + 1)
            if kinds[at] == APOSTROPHE and is_letter(kinds[at + 1]) and not _possessive(kinds, at):
                at += 1
        elif kinds[at] == DIGIT:
            at = _marks(kinds, at + 1)
            if (kinds[at] == STOP or kinds[at] == COMMA) and kinds[at + 1] == DIGIT:
                at += 1
        else:
            return at


@jit
def _plain_abbreviation(text, kinds, start, end, keys):
    """Whether its stops are full stops and each of its letters folds to one and its marks to nothing: ß.ß. does not."""
    for i in range(start, end):
        if kinds[i] == STOP:
            if text[i] != FULL_STOP:
                return False
        elif (keys[text[i]] >= 0) != is_letter(kinds[i]):
            return False
    return True


@jit
def form_of(text, start, end, without_stops, forms, flags, unstable, pool, out, at):
    """Write the forms of the characters from ``start`` to ``end``; return where they end in ``out``, or HARD."""
    for i in range(start, end):
        code = text[i]
        if flags[code] & unstable:
            return HARD
        form = forms[code]
        if form >= 0:
            if not without_stops or code != FULL_STOP:
                out[at] = form
                at += 1
        elif form != DROPPED:
            pooled = -2 - form
            for j in range(pool[pooled]):
                out[at] = pool[pooled + 1 + j]
                at += 1
    return at
