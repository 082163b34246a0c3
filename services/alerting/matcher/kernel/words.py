"""Find and normalise the words of a text, compiled: the loops of what ``shared.text.words`` does.

``kinds`` are the character classes of the text, with four OTHER behind them so that looking ahead
needs no check.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from services.alerting.matcher.characters import (
    APOSTROPHE,
    COMMA,
    DIGIT,
    DROPPED,
    MARK,
    NOTHING,
    OTHER,
    SIGN,
    STOP,
    UNSTABLE_EXACT,
    UNSTABLE_KEY,
)
from services.alerting.matcher.kernel.jit import jit
from services.alerting.matcher.kernel.word_edges import (
    after_apostrophe,
    after_references,
    is_elision,
    is_letter,
    without_footnote,
)

AHEAD = 4
"""The most characters that the loops look ahead."""
HARD = -1
"""A form that this kernel does not spell: Python does, for that word alone."""
FULL_STOP = ord(".")


class WordArrays(NamedTuple):
    """The words of an article in order, the headline's first.

    ``key`` and ``exact`` are where their forms lie in ``spelt``, or HARD. ``field`` is 0 in the
    headline and 1 in the body, and ``start`` and ``end`` are code points of it; ``sentence`` and
    ``paragraph`` number on through both fields.
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
def find_words(text, kinds, words, count, chars, endings):
    """Append the starts and ends of one field's words, and which are letters with stops.

    ``endings`` are those of the article's language. Return how many words there are now.
    """
    starts, ends, abbreviated = words.start, words.end, words.abbreviated
    position, size = 0, len(text)
    while position < size:
        kind = kinds[position]
        if is_letter(kind) or kind == DIGIT:
            end = _plain_word(kinds, position)
            with_stops, following = False, end
            if not end:
                end, following, with_stops = _word(text, kinds, position, chars, endings)
        elif kind == SIGN:
            end = following = _marks(kinds, position + 1)
            with_stops = False
        else:
            position += 1
            continue
        if kinds[following] == OTHER:
            following = after_references(text, following)
        while kinds[end - 1] == NOTHING:
            end -= 1
        starts[count], ends[count], abbreviated[count] = position, end, with_stops
        count += 1
        position = following
    return count


@jit
def spell_keys(text, kinds, words, first, last, chars, spelt):
    """Write the normalised forms of one field's words into ``words.spelt``.

    Return how much of it is used now.
    """
    starts, ends, abbreviated, offsets, sizes, out = (
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
        offsets[i] = HARD
        if abbreviated[i]:
            if not _plain_abbreviation(text, kinds, start, end, forms):
                continue
            end -= text[end - 1] == FULL_STOP
        after = form_of(text, start, end, False, forms, flags, UNSTABLE_KEY, pool, out, spelt)
        if after >= 0:
            offsets[i], sizes[i], spelt = spelt, after - spelt, after
    return spelt


@jit
def spell_exacts(text, words, first, last, chars, spelt):
    """Write the exact forms of one field's words into ``words.spelt``.

    Return how much of it is used now.
    """
    starts, ends, abbreviated, offsets, sizes, out = (
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
        offsets[i] = spelt if after >= 0 else HARD
        if after >= 0:
            sizes[i], spelt = after - spelt, after
    return spelt


@jit
def _plain_word(kinds, start):
    """Return where the letters that begin here end, or 0 if more than letters may be the word's.

    Most words are letters alone: this loop is the shortest that finds their end.
    """
    end = start
    while is_letter(kinds[end]):
        end += 1
    after = kinds[end]
    if after >= COMMA or after == SIGN or (after == STOP and end > start + 1):
        return end
    return 0


@jit
def _word(text, kinds, position, chars, endings):
    """Return where the word that begins here ends, where to go on, and if it is one with stops."""
    end = _abbreviation(kinds, position)
    with_stops = end > 0
    if not with_stops:
        end = _run(text, kinds, position, chars, endings)
    following = end
    if kinds[end] == APOSTROPHE:
        following = after_apostrophe(text, kinds, end, chars, endings)
    if not with_stops and DIGIT <= kinds[end - 1] <= NOTHING:
        bare = without_footnote(text, position, end, chars)
        if bare < end:
            end = following = bare
    return end, following, with_stops


@jit
def _marks(kinds, position):
    while kinds[position] == MARK or kinds[position] == NOTHING:
        position += 1
    return position


@jit
def _abbreviation(kinds, position):
    """Return where the letters with stops that begin here end, or -1.

    If a letter or digit follows, the last letter, or its last mark, does not belong to them.
    """
    end, units, before = _marks(kinds, position + 1), 0, 0
    if not is_letter(kinds[position]):
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
def _run(text, kinds, start, chars, endings):
    """Return where the letters and digits that begin here end.

    O'Brien, 1,000 and 3.5 are one word; l'Iran are two.
    """
    position, is_first = start, True
    while True:
        if is_letter(kinds[position]):
            position = _marks(kinds, position + 1)
            if kinds[position] == APOSTROPHE and is_letter(kinds[position + 1]):
                if after_apostrophe(text, kinds, position, chars, endings) > position or (
                    is_first and is_elision(text, start, position, chars)
                ):
                    return position
                position, is_first = position + 1, False
        elif kinds[position] == DIGIT:
            position = _marks(kinds, position + 1)
            if (kinds[position] == STOP or kinds[position] == COMMA) and kinds[
                position + 1
            ] == DIGIT:
                position += 1
        else:
            return position


@jit
def _plain_abbreviation(text, kinds, start, end, keys):
    """Return whether its stops are full stops, its letters normalise to one and its marks to none.

    That of ß.ß. do not.
    """
    for i in range(start, end):
        if kinds[i] == STOP:
            if text[i] != FULL_STOP:
                return False
        elif (keys[text[i]] >= 0) != is_letter(kinds[i]):
            return False
    return True


@jit
def form_of(text, start, end, without_stops, forms, flags, unstable, pool, out, position):
    """Write the forms of the characters from ``start`` to ``end``.

    Return where they end in ``out``, or HARD.
    """
    for i in range(start, end):
        code = text[i]
        if flags[code] & unstable:
            return HARD
        form = forms[code]
        if form >= 0:
            if not without_stops or code != FULL_STOP:
                out[position] = form
                position += 1
        elif form != DROPPED:
            pooled = -2 - form
            for j in range(pool[pooled]):
                out[position] = pool[pooled + 1 + j]
                position += 1
    return position
