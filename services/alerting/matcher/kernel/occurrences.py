"""Where each atom of the rules stands in an article: a chain of spans by atom.

Those of words are in text order.
"""

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
    """Chains of spans by atom.

    By atom: whether it is ``present`` and its first ``head``. By span: its words, both inclusive,
    and the ``following`` span of the atom. ``present_atoms`` lists the atoms that are present;
    ``keys`` and ``exacts`` are the atoms of each word.
    """

    present: NDArray[np.uint8]
    head: NDArray[np.int32]
    first: NDArray[np.int32]
    last: NDArray[np.int32]
    following: NDArray[np.int32]
    present_atoms: NDArray[np.int32]
    keys: NDArray[np.int32]
    exacts: NDArray[np.int32]
    used: NDArray[np.int64]
    """Two numbers: of spans, and of atoms in ``present_atoms``."""


@jit
def note(atom, first, last, present, head, firsts, lasts, following, present_atoms, used):
    """Put a span before the others of its atom; there must be room for it."""
    span = used[0]
    if not present[atom]:
        present[atom], head[atom], present_atoms[used[1]] = 1, NONE, atom
        used[1] += 1
    firsts[span], lasts[span], following[span], head[atom] = first, last, head[atom], span
    used[0] += 1


@jit
def note_words(words, size, atoms, trie, flags, with_exact, occurrences):
    """Note every word's atoms, last word first; return False if there is no room."""
    present, head, firsts, lasts, following, present_atoms, keys, exacts, used = occurrences
    slots, kinds, ats, sizes, letters = atoms
    edges, children, ends, begins, stack, matches = trie
    with_patterns = len(matches) > 1
    key, key_size, exact, exact_size, spelt = (
        words.key,
        words.key_size,
        words.exact,
        words.exact_size,
        words.spelt,
    )
    for i in range(size - 1, -1, -1):
        if used[0] + 2 + len(matches) > len(firsts):
            return False
        atom = slots[slot_of(slots, kinds, ats, sizes, letters, WORD, spelt, key[i], key_size[i])]
        keys[i] = atom
        if atom:
            note(atom, i, i, present, head, firsts, lasts, following, present_atoms, used)
        count = 0
        if with_patterns:
            count = find_patterns(
                edges, children, ends, begins, stack, matches, flags,
                KEY_ROOT, spelt, key[i], key_size[i],
            )  # fmt: skip
        if with_exact:
            atom = slots[
                slot_of(slots, kinds, ats, sizes, letters, EXACT, spelt, exact[i], exact_size[i])
            ]
            exacts[i] = atom
            if atom:
                note(atom, i, i, present, head, firsts, lasts, following, present_atoms, used)
            count += find_patterns(
                edges, children, ends, begins, stack, matches[count:], flags,
                EXACT_ROOT, spelt, exact[i], exact_size[i],
            )  # fmt: skip
        for j in range(count):
            note(matches[j], i, i, present, head, firsts, lasts, following, present_atoms, used)
    return True


@jit
def note_tags(tags, words, fields, occurrences):
    """Note where tags stand; there must be room for all of them.

    Rows are atom, number of the text, first and last code point, the last one exclusive.
    """
    present, head, firsts, lasts, following, present_atoms, _keys, _exacts, used = occurrences
    for i in range(len(tags)):
        first, last = covering_words(words, fields, tags[i, 1], tags[i, 2], tags[i, 3])
        if first <= last:
            note(
                tags[i, 0],
                first,
                last,
                present,
                head,
                firsts,
                lasts,
                following,
                present_atoms,
                used,
            )


@jit
def covering_words(words, fields, field, start, end):
    """Return the first and last word of a text that the code points touch.

    The last one is before the first if they touch none.
    """
    low, high = fields[field], fields[field + 1]
    first = first_after(words.end, low, high, start)
    return first, first_after(words.start, low, high, end - 1) - 1


@jit
def first_after(values, low, high, limit):
    """Return the first index from ``low`` to ``high`` whose value exceeds ``limit``, else ``high``.

    The values ascend.
    """
    while low < high:
        middle = (low + high) // 2
        if values[middle] > limit:
            high = middle
        else:
            low = middle + 1
    return low


@jit
def note_filters(filters, occurrences):
    """Note what the whole article is: its source and its language. They have no position."""
    present, head, present_atoms, used = (
        occurrences.present,
        occurrences.head,
        occurrences.present_atoms,
        occurrences.used,
    )
    for atom in filters:
        if not present[atom]:
            present[atom], head[atom], present_atoms[used[1]] = 1, NONE, atom
            used[1] += 1


@jit
def forget(occurrences):
    """Clear the occurrences for the next article."""
    present, present_atoms, used = occurrences.present, occurrences.present_atoms, occurrences.used
    for i in range(used[1]):
        present[present_atoms[i]] = 0
    used[:] = 0
