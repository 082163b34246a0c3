"""The checks of where words stand, compiled.

They give what ``language.evaluate`` does; positions are those of the whole article.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from services.alerting.matcher.characters import WORDLIKE
from services.alerting.matcher.kernel.atoms import EXACT, PATTERN, WORD
from services.alerting.matcher.kernel.jit import jit
from services.alerting.matcher.kernel.occurrences import NONE, first_after
from services.alerting.matcher.kernel.program import (
    BY_PARAGRAPH,
    BY_SENTENCE,
    ENDLESS,
    IN_ORDER,
    WHATEVER,
)

NO_ROOM = -1
EVERY = 2**30
_HALF = 32
_STAR, _ONE = ord("*"), ord("?")


class CheckInputs(NamedTuple):
    """All that a check reads of the article and the atoms, with room for the spans it gathers.

    ``scoped`` is, by factuality and word, the first word from it on that the factuality leaves out.
    """

    field: NDArray[np.int32]
    sentence: NDArray[np.int32]
    paragraph: NDArray[np.int32]
    present: NDArray[np.uint8]
    head: NDArray[np.int32]
    first: NDArray[np.int32]
    last: NDArray[np.int32]
    following: NDArray[np.int32]
    keys: NDArray[np.int32]
    exacts: NDArray[np.int32]
    key_at: NDArray[np.int32]
    key_size: NDArray[np.int32]
    exact_at: NDArray[np.int32]
    exact_size: NDArray[np.int32]
    spelt: NDArray[np.int32]
    kind: NDArray[np.uint8]
    offset: NDArray[np.int32]
    size: NDArray[np.int32]
    letters: NDArray[np.int32]
    flags: NDArray[np.uint8]
    scoped: NDArray[np.int32]
    firsts: NDArray[np.int64]
    lasts: NDArray[np.int64]


@jit
def gather(code, start, bounds, units, inputs, out, limit):
    """Append the spans of the alternatives at ``code[start]`` to firsts and lasts, from ``out`` on.

    Only those within ``bounds`` (first word, last word exclusive, factuality) and in one unit.
    Return where they end now, or NO_ROOM; stop after ``limit`` of them.
    """
    low, high, factuality, scoped = bounds[0], bounds[1], bounds[2], inputs.scoped
    heads, firsts, lasts, following, present = (
        inputs.head,
        inputs.first,
        inputs.last,
        inputs.following,
        inputs.present,
    )
    out_first, out_last, begin = inputs.firsts, inputs.lasts, out
    alternative = start + 1
    for _ in range(code[start]):
        words, anchor, atom = code[alternative], code[alternative + 1], code[alternative + 2]
        span = heads[atom] if present[atom] else NONE
        while span != NONE:
            first = firsts[span] - anchor
            last = lasts[span] if words == 1 else first + words - 1
            if (
                first >= low
                and last < high
                and units[first] == units[last]
                and (factuality == WHATEVER or scoped[factuality, first] > last)
                and (words == 1 or _is_phrase(code, alternative + 3, words, first, inputs))
            ):
                if out == len(out_first):
                    return NO_ROOM
                out_first[out], out_last[out], out = first, last, out + 1
                if out - begin == limit:
                    return out
            span = following[span]
        alternative += 3 + (words if words > 1 else 0)
    return out


@jit
def _is_phrase(code, start, words, first, inputs):
    """Return whether these words stand from ``first`` on, in one paragraph."""
    if inputs.paragraph[first] != inputs.paragraph[first + words - 1]:
        return False
    kinds, keys, exacts = inputs.kind, inputs.keys, inputs.exacts
    for i in range(words):
        atom, word = code[start + i], first + i
        if kinds[atom] == WORD:
            if keys[word] != atom:
                return False
        elif kinds[atom] == EXACT:
            if exacts[word] != atom:
                return False
        elif not _fits(atom, word, kinds[atom] == PATTERN, inputs):
            return False
    return True


@jit
def _fits(atom, word, is_normalised, inputs):
    """Return whether a word matches a pattern: ``?`` is a letter or digit, a last ``*`` the rest.

    A Hangul term is its text with a star.
    """
    size, offset = inputs.size[atom], inputs.offset[atom]
    word_size = inputs.key_size[word] if is_normalised else inputs.exact_size[word]
    start = inputs.key_at[word] if is_normalised else inputs.exact_at[word]
    letters, spelt = inputs.letters, inputs.spelt
    if letters[offset + size - 1] == _STAR:
        size -= 1
        if word_size < size:
            return False
    elif word_size != size:
        return False
    for i in range(size):
        letter, character = letters[offset + i], spelt[start + i]
        if letter == _ONE:
            if not inputs.flags[character] & WORDLIKE:
                return False
        elif letter != character:
            return False
    return True


@jit
def at_least(count, firsts, lasts, size):
    """Return whether at least ``count`` of the spans do not overlap; reorders the spans.

    Those that end first are counted first.
    """
    for i in range(size):
        firsts[i] |= lasts[i] << _HALF
    _sort(firsts, size)
    chosen, end = 0, np.int64(-1)
    for i in range(size):
        if firsts[i] & (2**_HALF - 1) > end:
            chosen, end = chosen + 1, firsts[i] >> _HALF
    return chosen >= count


@jit
def near(unit, distance, negated, units, firsts, lasts, lefts, size):
    """Return whether some left span has a right one near it; ``negated``: whether some has none.

    Left spans stand below ``lefts``, right ones from there to ``size``.
    """
    begins, ends, rights = firsts[lefts:size], lasts[lefts:size], size - lefts
    _sort(begins, rights)
    _sort(ends, rights)
    reach = ENDLESS if unit in (BY_SENTENCE, BY_PARAGRAPH) else distance
    for i in range(lefts):
        after = first_after(begins, 0, rights, lasts[i])
        is_near = (
            after < rights
            and begins[after] - lasts[i] <= reach
            and units[begins[after]] == units[lasts[i]]
        )
        if not is_near and unit != IN_ORDER:
            before = first_after(ends, 0, rights, firsts[i] - 1) - 1
            is_near = (
                before >= 0
                and firsts[i] - ends[before] <= reach
                and units[ends[before]] == units[firsts[i]]
            )
        if is_near != negated:
            return True
    return False


@jit
def _sort(values, size):
    """Sort by heapsort, unless the values ascend already, as those of one chain do.

    No text makes it slow, and it needs no memory.
    """
    ascending = True
    for i in range(1, size):
        ascending &= values[i - 1] <= values[i]
    if ascending:
        return
    for root in range(size // 2 - 1, -1, -1):
        _sift(values, root, size)
    for end in range(size - 1, 0, -1):
        values[0], values[end] = values[end], values[0]
        _sift(values, 0, end)


@jit
def _sift(values, root, size):
    """Let the value at ``root`` sink to its place in the heap below it."""
    while 2 * root + 1 < size:
        child = 2 * root + 1
        if child + 1 < size and values[child] < values[child + 1]:
            child += 1
        if values[root] >= values[child]:
            return
        values[root], values[child], root = values[child], values[root], child
