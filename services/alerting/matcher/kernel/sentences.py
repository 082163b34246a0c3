"""Where sentences and paragraphs begin, compiled: the same reading as ``language.words``, written as loops."""

from typing import Final

import numpy as np

from services.alerting.language.words import TITLES
from services.alerting.matcher.characters import (
    APOSTROPHE,
    BANG,
    BLANK,
    BREAK,
    CAPITAL,
    CAPITAL_S,
    CJK_STOP,
    CLOSING,
    DIGIT,
    LETTER,
    NOTHING,
    OPENING,
    PARAGRAPH_BREAK,
    SIGN,
    STOP,
    UNSTABLE_KEY,
    UPPER,
    WORDLIKE,
)
from services.alerting.matcher.kernel.jit import jit
from services.alerting.matcher.kernel.words import FULL_STOP, form_of

IN_DOUBT: Final = -1
"""A stop after a word that this kernel does not fold: Python reads the text."""
_NEW_LINE = ord("\n")
_LOOK_BACK = 12


def _packed(word: str) -> int:
    """Up to seven letters of ASCII as one number."""
    return int.from_bytes(word.encode("ascii"), "big")


_TITLES = np.array(sorted(map(_packed, TITLES)), np.int64)
_NO = _packed("no")
_LONGEST_TITLE = max(map(len, TITLES))


@jit
def find_paragraphs(kinds, size, starts, ends):
    """Write where the paragraphs begin and end; return their number. Blank lines part them; single breaks do not."""
    count, start, at = 0, 0, 0
    while at <= size:
        following = size if at == size else _after_separator(kinds, size, at)
        if following == at and at < size:
            at += 1
            continue
        end = at
        while end > start and _is_white(kinds[end - 1]):
            end -= 1
        if end > start:
            starts[count], ends[count] = start, end
            count += 1
        start = following
        at = following if at < size else size + 1
    return count


@jit
def find_sentences(text, kinds, chars, start, end, starts, count, spelt):
    """Append where the sentences of one paragraph begin; return how many there are now, or IN_DOUBT. ``spelt`` is room for a word."""
    at, begun = start, start
    while at < end:
        first, at = at, at + 1
        if kinds[first] in (STOP, BANG):
            while at < end and kinds[at] in (STOP, BANG):
                at += 1
            single = kinds[first] == STOP and at == first + 1
            at = _after_closing(kinds, at, end)
            goes_on = 0 if _begins_anew(kinds, at, end) else 1
            if single and not goes_on:
                goes_on = _abbreviated(
                    text, kinds, chars, max(begun, first - _LOOK_BACK), first, at, spelt
                )
            if goes_on < 0:
                return IN_DOUBT
        elif kinds[first] == CJK_STOP:
            while at < end and kinds[at] == CJK_STOP:
                at += 1
            at, goes_on = _after_closing(kinds, at, end), 0
        else:
            continue
        if not goes_on:
            starts[count], count, begun = begun, count + 1, _after_white(kinds, at)
    if begun < end:
        starts[count], count = begun, count + 1
    return count


@jit
def _after_white(kinds, at):
    while _is_white(kinds[at]):
        at += 1
    return at


@jit
def _is_white(kind):
    return BLANK <= kind <= PARAGRAPH_BREAK


@jit
def _after_separator(kinds, size, at):
    """Where the separator of paragraphs that begins at ``at`` ends; ``at`` where none does."""
    end = at + 1
    if kinds[at] == PARAGRAPH_BREAK:
        while end < size and _is_white(kinds[end]):
            end += 1
        return end
    if kinds[at] != BREAK:
        return at
    lines = 1
    while end < size and (kinds[end] == BLANK or kinds[end] == NOTHING or kinds[end] == BREAK):
        lines += kinds[end] == BREAK
        end += 1
    return end if lines > 1 else at


@jit
def _after_closing(kinds, at, end):
    while at < end and (kinds[at] == CLOSING or kinds[at] == APOSTROPHE):
        at += 1
    return at


@jit
def _begins_anew(kinds, at, end):
    """Whether white space follows, and then a capital, a digit or a sign, in brackets or quotes or without."""
    before = at
    while at < end and (_is_white(kinds[at]) or kinds[at] == NOTHING):
        at += 1
    if at == before:
        return False
    while at < end and (kinds[at] == OPENING or kinds[at] == CLOSING or kinds[at] == APOSTROPHE):
        at += 1
    return at < end and (
        kinds[at] == CAPITAL or kinds[at] == CAPITAL_S or kinds[at] == DIGIT or kinds[at] == SIGN
    )


@jit
def _abbreviated(text, kinds, chars, start, stop, following, spelt):
    """1 where the stop belongs to U.S., J., Mr. and the like, 0 where it ends the sentence, IN_DOUBT where this kernel cannot say.

    The word before it begins at ``start`` or later; ``following`` is behind the stop and what closes.
    """
    end = stop - 1 if stop > start and text[stop - 1] == _NEW_LINE else stop
    first = end
    while first > start and (
        chars.flags[text[first - 1]] & WORDLIKE or text[first - 1] == FULL_STOP
    ):
        first -= 1
    while first < end and text[first] == FULL_STOP:
        first += 1
    letters = form_of(
        text, first, end, False, chars.key, chars.flags, UNSTABLE_KEY, chars.pool, spelt, 0
    )
    if letters < 0 or (letters == 1 and end - first > 1):
        return IN_DOUBT
    if letters == 1:
        return 1 if chars.flags[text[first]] & UPPER else 0
    if _letters_with_stops(spelt, letters, chars) or (
        letters <= _LONGEST_TITLE and _is_title(_pack(spelt, letters))
    ):
        return 1
    return (
        1
        if letters == 2 and _pack(spelt, letters) == _NO and _number_follows(kinds, following)
        else 0
    )


@jit
def _letters_with_stops(spelt, size, chars):
    for i in range(size):
        if spelt[i] != FULL_STOP if i % 2 else not chars.flags[spelt[i]] & LETTER:
            return False
    return size > 1 and size % 2 == 1


@jit
def _pack(spelt, size):
    packed = np.int64(0)
    for i in range(size):
        if spelt[i] >= 128:
            return np.int64(-1)
        packed = packed << 8 | spelt[i]
    return packed


@jit
def _is_title(packed):
    at = np.searchsorted(_TITLES, packed)
    return at < len(_TITLES) and _TITLES[at] == packed


@jit
def _number_follows(kinds, at):
    while (
        kinds[at] == BLANK
        or kinds[at] == NOTHING
        or kinds[at] == BREAK
        or kinds[at] == OPENING
        or kinds[at] == CLOSING
        or kinds[at] == APOSTROPHE
    ):
        at += 1
    return kinds[at] == DIGIT
