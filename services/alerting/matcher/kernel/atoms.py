"""From a word's form to its atom: a hash table of whole words, and a trie of patterns.

Both use open addressing.
"""

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from services.alerting.matcher.characters import WORDLIKE
from services.alerting.matcher.kernel.jit import jit

NEVER, ALWAYS, FIRST_ATOM = 0, 1, 2
"""Atoms that no article has, and that every one has; those of rules come after them."""
WORD, EXACT, PATTERN, EXACT_PREFIX, TAG, FILTER = range(6)
"""Kinds of atoms. ``?`` in a pattern is a letter or digit, ``*`` at its end any ending.

An exact prefix is a pattern of exact forms.
"""
KEY_ROOT, EXACT_ROOT, FIRST_NODE = 1, 2, 3
ANY: Final = 0x1FFFFF
_BITS = 21  # of a code point, and of ANY


class Atoms(NamedTuple):
    """By atom: its kind and where its text lies in ``letters``; ``slots`` is the hash table."""

    slots: NDArray[np.int32]
    kind: NDArray[np.uint8]
    offset: NDArray[np.int32]
    size: NDArray[np.int32]
    letters: NDArray[np.int32]


class Trie(NamedTuple):
    """Edges by node and character → node.

    By node: the atom of words that end there, and the one of words that go on in any way.
    """

    edges: NDArray[np.int64]
    children: NDArray[np.int32]
    ends: NDArray[np.int32]
    begins: NDArray[np.int32]
    stack: NDArray[np.int32]
    matches: NDArray[np.int32]


@jit
def slot_of(slots, kinds, offsets, sizes, letters, kind, text, start, size):
    """Return the slot of an atom, or the empty one where it would stand.

    The atom is of this kind and spelt ``text[start : start + size]``.
    """
    hashed = np.uint64(14695981039346656037) ^ np.uint64(kind)  # FNV-1a, a code point at a time
    for i in range(start, start + size):
        hashed = (hashed ^ np.uint64(text[i])) * np.uint64(1099511628211)
    mask = np.uint64(len(slots) - 1)
    slot = (hashed ^ (hashed >> np.uint64(32))) & mask
    while True:
        atom = slots[slot]
        if atom == NEVER or (
            sizes[atom] == size
            and kinds[atom] == kind
            and _same(letters, offsets[atom], text, start, size)
        ):
            return slot
        slot = (slot + np.uint64(1)) & mask


@jit
def _same(letters, first, text, start, size):
    for i in range(size):
        if letters[first + i] != text[start + i]:
            return False
    return True


@jit
def edge_of(edges, node, character):
    """Return the slot of the edge from a node by a character, or the empty one for it."""
    edge = np.int64(node) << _BITS | np.int64(character)
    mask = np.uint64(len(edges) - 1)
    hashed = np.uint64(edge) * np.uint64(0x9E3779B97F4A7C15)
    slot = (hashed >> np.uint64(32)) & mask
    while edges[slot] != edge and edges[slot] != 0:
        slot = (slot + np.uint64(1)) & mask
    return slot


@jit
def find_patterns(edges, children, ends, begins, stack, matches, flags, root, text, start, size):
    """Write the atoms of all patterns that match ``text[start : start + size]`` into ``matches``.

    Return their number.
    """
    count, depth = 0, 1
    stack[0], stack[1] = root, 0
    while depth:
        depth -= 1
        node, i = stack[2 * depth], stack[2 * depth + 1]
        if begins[node]:
            matches[count], count = begins[node], count + 1
        if i == size:
            if ends[node]:
                matches[count], count = ends[node], count + 1
            continue
        character = text[start + i]
        slot = edge_of(edges, node, character)
        if edges[slot]:
            stack[2 * depth], stack[2 * depth + 1], depth = children[slot], i + 1, depth + 1
        if flags[character] & WORDLIKE:
            slot = edge_of(edges, node, ANY)
            if edges[slot]:
                stack[2 * depth], stack[2 * depth + 1], depth = children[slot], i + 1, depth + 1
    return count


@jit
def enter_atoms(slots, kinds, offsets, sizes, letters, count):
    """Fill an empty hash table with the atoms below ``count``."""
    for atom in range(FIRST_ATOM, count):
        slots[
            slot_of(
                slots,
                kinds,
                offsets,
                sizes,
                letters,
                kinds[atom],
                letters,
                offsets[atom],
                sizes[atom],
            )
        ] = atom


@jit
def enter_edges(edges, children, old_edges, old_children):
    """Fill an empty table of edges with those of another one."""
    for i in range(len(old_edges)):
        if old_edges[i]:
            slot = edge_of(edges, old_edges[i] >> _BITS, old_edges[i] & ANY)
            edges[slot], children[slot] = old_edges[i], old_children[i]
