"""Where each atom of the rules stands in an article: a chain of stretches by atom, in text order for words."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from services.alerting.matcher.kernel.atoms import (
    EXACT,
    EXACT_ROOT,
    KEY_ROOT,
    WORD,
    find_patterns,
    slot_of,
)
from services.alerting.matcher.kernel.jit import jit

NONE = -1


class Occurrences(NamedTuple):
    """By atom whether it is ``present`` and its first ``head``; by stretch its words (both inclusive) and the ``following`` stretch of the atom.

    ``met`` lists the atoms that are present; ``keys`` and ``exacts`` are the atoms of each word, folded and as written.
    """

    present: NDArray[np.uint8]
    head: NDArray[np.int32]
    first: NDArray[np.int32]
    last: NDArray[np.int32]
    following: NDArray[np.int32]
    met: NDArray[np.int32]
    keys: NDArray[np.int32]
    exacts: NDArray[np.int32]
    taken: NDArray[np.int64]
    """Two numbers: how many stretches there are, and how many atoms are in ``met``."""


@jit
def note(atom, first, last, present, head, firsts, lasts, following, met, taken):
    """Put a stretch before the others of its atom; there must be room for it."""
    at = taken[0]
    if not present[atom]:
        present[atom], head[atom], met[taken[1]] = 1, NONE, atom
        taken[1] += 1
    firsts[at], lasts[at], following[at], head[atom] = first, last, head[atom], at
    taken[0] += 1


@jit
def note_words(words, size, atoms, trie, flags, with_exact, occurrences):
    """Note every word's atoms, last word first; False where there is no room."""
    present, head, firsts, lasts, following, met, keys, exacts, taken = occurrences
    slots, kinds, ats, sizes, letters = atoms
    edges, children, ends, begins, stack, found = trie
    with_patterns = len(found) > 1
    key, key_size, exact, exact_size, spelt = (
        words.key,
        words.key_size,
        words.exact,
        words.exact_size,
        words.spelt,
    )
    for i in range(size - 1, -1, -1):
        if taken[0] + 2 + len(found) > len(firsts):
            return False
        atom = slots[slot_of(slots, kinds, ats, sizes, letters, WORD, spelt, key[i], key_size[i])]
        keys[i] = atom
        if atom:
            note(atom, i, i, present, head, firsts, lasts, following, met, taken)
        count = 0
        if with_patterns:
            count = find_patterns(
                edges,
                children,
                ends,
                begins,
                stack,
                found,
                flags,
                KEY_ROOT,
                spelt,
                key[i],
                key_size[i],
            )
        if with_exact:
            atom = slots[
                slot_of(slots, kinds, ats, sizes, letters, EXACT, spelt, exact[i], exact_size[i])
            ]
            exacts[i] = atom
            if atom:
                note(atom, i, i, present, head, firsts, lasts, following, met, taken)
            more = found[count:]
            count += find_patterns(
                edges,
                children,
                ends,
                begins,
                stack,
                more,
                flags,
                EXACT_ROOT,
                spelt,
                exact[i],
                exact_size[i],
            )
        for j in range(count):
            note(found[j], i, i, present, head, firsts, lasts, following, met, taken)
    return True


@jit
def note_tags(tags, words, size, in_headline, occurrences):
    """Note where tags stand: rows of atom, field (1 is the body), first and last code point (exclusive). There must be room for all."""
    present, head, firsts, lasts, following, met, _keys, _exacts, taken = occurrences
    starts, ends = words.start, words.end
    for i in range(len(tags)):
        low, high = (in_headline, size) if tags[i, 1] else (0, in_headline)
        first = first_after(ends, low, high, tags[i, 2])
        last = first_after(starts, low, high, tags[i, 3] - 1) - 1
        if first <= last:
            note(tags[i, 0], first, last, present, head, firsts, lasts, following, met, taken)


@jit
def first_after(values, low, high, limit):
    """The first of the places ``low`` to ``high`` whose value is greater than ``limit``, else ``high``; values ascend."""
    while low < high:
        middle = (low + high) // 2
        if values[middle] > limit:
            high = middle
        else:
            low = middle + 1
    return low


@jit
def note_filters(filters, occurrences):
    """Note what the whole article is: its source, its language. They stand nowhere."""
    present, head, met, taken = (
        occurrences.present,
        occurrences.head,
        occurrences.met,
        occurrences.taken,
    )
    for atom in filters:
        if not present[atom]:
            present[atom], head[atom], met[taken[1]] = 1, NONE, atom
            taken[1] += 1


@jit
def forget(occurrences):
    """Make ready for the next article."""
    present, met, taken = occurrences.present, occurrences.met, occurrences.taken
    for i in range(taken[1]):
        present[met[i]] = 0
    taken[:] = 0
