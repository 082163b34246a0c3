"""The checks of a rule that ask where words stand, compiled. They read as ``language.evaluate`` does; positions are those of the whole article."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from services.alerting.matcher.kernel.atoms import EXACT, PATTERN, WORD
from services.alerting.matcher.kernel.jit import jit
from services.alerting.matcher.kernel.occurrences import NONE, first_after
from services.alerting.matcher.kernel.program import BY_PARAGRAPH, BY_SENTENCE, ENDLESS, IN_ORDER

NO_ROOM = -1
EVERY = 2**30
_HALF = 32


class CheckInputs(NamedTuple):
    """All that a check reads of the article and the vocabulary, and room for the stretches that it gathers."""

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
    at: NDArray[np.int32]
    size: NDArray[np.int32]
    letters: NDArray[np.int32]
    firsts: NDArray[np.int64]
    lasts: NDArray[np.int64]


@jit
def gather(code, at, low, high, units, sought, out, most):
    """Append the stretches of the alternatives at ``code[at]`` between ``low`` and ``high`` and in one unit to firsts and lasts, from ``out``.

    Return where they end now, or NO_ROOM; stop after ``most`` of them.
    """
    heads, firsts, lasts, following, present = (
        sought.head,
        sought.first,
        sought.last,
        sought.following,
        sought.present,
    )
    out_first, out_last, begun = sought.firsts, sought.lasts, out
    alternative = at + 1
    for _ in range(code[at]):
        words, anchor, atom = code[alternative], code[alternative + 1], code[alternative + 2]
        stretch = heads[atom] if present[atom] else NONE
        while stretch != NONE:
            first = firsts[stretch] - anchor
            last = lasts[stretch] if words == 1 else first + words - 1
            if (
                first >= low
                and last < high
                and units[first] == units[last]
                and (words == 1 or _is_phrase(code, alternative + 3, words, first, sought))
            ):
                if out == len(out_first):
                    return NO_ROOM
                out_first[out], out_last[out], out = first, last, out + 1
                if out - begun == most:
                    return out
            stretch = following[stretch]
        alternative += 3 + (words if words > 1 else 0)
    return out


@jit
def _is_phrase(code, at, words, first, sought):
    """Whether these words stand from ``first``, in one paragraph."""
    if sought.paragraph[first] != sought.paragraph[first + words - 1]:
        return False
    kinds, keys, exacts = sought.kind, sought.keys, sought.exacts
    for i in range(words):
        atom, word = code[at + i], first + i
        if kinds[atom] == WORD:
            if keys[word] != atom:
                return False
        elif kinds[atom] == EXACT:
            if exacts[word] != atom:
                return False
        elif not _begins(atom, word, kinds[atom] == PATTERN, sought):
            return False
    return True


@jit
def _begins(atom, word, folded, sought):
    """Whether a word begins with what a Hangul term says: all of the atom's text but the star."""
    size, at = sought.size[atom] - 1, sought.at[atom]
    if (sought.key_size[word] if folded else sought.exact_size[word]) < size:
        return False
    start = sought.key_at[word] if folded else sought.exact_at[word]
    for i in range(size):
        if sought.spelt[start + i] != sought.letters[at + i]:
            return False
    return True


@jit
def at_least(count, firsts, lasts, size):
    """Whether so many of the stretches do not overlap: the first to end is taken first. Leaves them in another order."""
    for i in range(size):
        firsts[i] |= lasts[i] << _HALF
    _sort(firsts, size)
    kept, end = 0, np.int64(-1)
    for i in range(size):
        if firsts[i] & (2**_HALF - 1) > end:
            kept, end = kept + 1, firsts[i] >> _HALF
    return kept >= count


@jit
def near(unit, distance, negated, units, firsts, lasts, lefts, size):
    """Whether some left stretch (below ``lefts``) has a right one (below ``size``) near it; ``negated``: whether some has none."""
    begins, ends, rights = firsts[lefts:size], lasts[lefts:size], size - lefts
    _sort(begins, rights)
    _sort(ends, rights)
    reach = ENDLESS if unit in (BY_SENTENCE, BY_PARAGRAPH) else distance
    for i in range(lefts):
        after = first_after(begins, 0, rights, lasts[i])
        found = (
            after < rights
            and begins[after] - lasts[i] <= reach
            and units[begins[after]] == units[lasts[i]]
        )
        if not found and unit != IN_ORDER:
            before = first_after(ends, 0, rights, firsts[i] - 1) - 1
            found = (
                before >= 0
                and firsts[i] - ends[before] <= reach
                and units[ends[before]] == units[firsts[i]]
            )
        if found != negated:
            return True
    return False


@jit
def _sort(values, size):
    """Heapsort, where they are not sorted as what comes from one chain is: no text makes it slow, and it needs no memory."""
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
