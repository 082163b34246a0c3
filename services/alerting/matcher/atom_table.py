"""The atoms of the rules: words, patterns, tags and filters, each with a number."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from services.alerting.matcher.arrays import grow
from services.alerting.matcher.kernel.atoms import (
    ANY,
    EXACT,
    EXACT_PREFIX,
    EXACT_ROOT,
    FILTER,
    FIRST_ATOM,
    FIRST_NODE,
    KEY_ROOT,
    NEVER,
    PATTERN,
    TAG,
    Atoms,
    Trie,
    edge_of,
    enter_atoms,
    enter_edges,
    slot_of,
)
from services.alerting.matcher.rarity import Frequency

_ROOM: Final = 1 << 12
_LETTERS_AN_ATOM: Final = 8


class AtomTable:
    """Atoms are numbered as rules first use them, and stay.

    A word that no rule uses any more takes 50 bytes and no time. ``names`` finds tags and filters
    by their clause, such as ``actor(kim-jong-un)``; ``shares`` are the expected frequencies by
    atom; ``reads_exact`` says whether any rule uses exact words.
    """

    atoms: Atoms
    trie: Trie

    def __init__(self, frequency: Frequency) -> None:
        self._frequency = frequency
        self.shares = np.zeros(_ROOM, np.float32)
        self.names: dict[str, int] = {}
        self.reads_exact = False
        self.size, self._letters, self._nodes, self._edges, self._patterns = (
            FIRST_ATOM,
            0,
            FIRST_NODE,
            0,
            0,
        )
        room = np.zeros(_ROOM, np.int32)
        self.atoms = Atoms(
            np.zeros(2 * _ROOM, np.int32),
            np.zeros(_ROOM, np.uint8),
            room,
            room.copy(),
            np.zeros(_ROOM * _LETTERS_AN_ATOM, np.int32),
        )
        tables = (
            np.zeros(_ROOM, np.int64),
            np.zeros(_ROOM, np.int32),
            np.zeros(_ROOM, np.int32),
            np.zeros(_ROOM, np.int32),
        )
        self.trie = Trie(
            *tables, stack=np.zeros(2 * _ROOM, np.int32), matches=np.zeros(2, np.int32)
        )

    def number(self, kind: int, text: str) -> int:
        """Return the atom of this kind and text, a new one if there is none."""
        letters = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.int32)
        slot = int(slot_of(*self.atoms, kind, letters, 0, len(letters)))
        atom = int(self.atoms.slots[slot])
        return atom if atom != NEVER else self._new(kind, text, letters, slot)

    def share(self, atom: int) -> float:
        """Return the share of articles that are expected to contain the atom."""
        return float(self.shares[atom])

    def text(self, atom: int) -> str:
        """Return the text that the atom was made from."""
        start = int(self.atoms.offset[atom])
        return "".join(
            map(chr, self.atoms.letters[start : start + int(self.atoms.size[atom])].tolist())
        )

    def _new(self, kind: int, text: str, letters: NDArray[np.int32], slot: int) -> int:
        atom, self.size = self.size, self.size + 1
        self._make_room(len(letters))
        atoms = self.atoms
        atoms.kind[atom], atoms.offset[atom], atoms.size[atom] = kind, self._letters, len(letters)
        self.shares[atom] = self._frequency(kind, text)
        atoms.letters[self._letters : self._letters + len(letters)] = letters
        self._letters += len(letters)
        if 2 * self.size > len(atoms.slots):
            self._rehash()
        else:
            atoms.slots[slot] = atom
        if kind in (TAG, FILTER):
            self.names[text] = atom
        elif kind in (PATTERN, EXACT_PREFIX):
            self._add_pattern(atom, text, EXACT_ROOT if kind == EXACT_PREFIX else KEY_ROOT)
        self.reads_exact |= kind in (EXACT, EXACT_PREFIX)
        return atom

    def _make_room(self, letters: int) -> None:
        slots, kind, offsets, size, spelt = self.atoms
        self.shares = grow(self.shares, self.size)
        self.atoms = Atoms(
            slots,
            grow(kind, self.size),
            grow(offsets, self.size),
            grow(size, self.size),
            grow(spelt, self._letters + letters),
        )

    def _rehash(self) -> None:
        self.atoms = self.atoms._replace(slots=np.zeros(2 * len(self.atoms.slots), np.int32))
        enter_atoms(*self.atoms, self.size)

    def _add_pattern(self, atom: int, pattern: str, root: int) -> None:
        is_prefix = pattern.endswith("*")
        stem = pattern[:-1] if is_prefix else pattern
        if "*" in stem:
            raise ValueError(
                f"{pattern!r}: a star stands only at the end: parse() accepts no other"
            )
        node = root
        for character in stem:
            node = self._child(node, ANY if character == "?" else ord(character))
        (self.trie.begins if is_prefix else self.trie.ends)[node] = atom
        self._patterns += 1
        self.trie = self.trie._replace(matches=np.zeros(self._patterns + 1, np.int32))

    def _child(self, node: int, character: int) -> int:
        self._make_room_for_a_node()
        slot = int(edge_of(self.trie.edges, node, character))
        if not self.trie.edges[slot]:
            self.trie.edges[slot], self.trie.children[slot] = node << 21 | character, self._nodes
            self._nodes, self._edges = self._nodes + 1, self._edges + 1
        return int(self.trie.children[slot])

    def _make_room_for_a_node(self) -> None:
        edges, children, ends, begins, stack, matches = self.trie
        if 2 * (self._edges + 1) > len(edges):
            edges, children = np.zeros(2 * len(edges), np.int64), np.zeros(2 * len(edges), np.int32)
            enter_edges(edges, children, self.trie.edges, self.trie.children)
        ends, begins = grow(ends, self._nodes + 1), grow(begins, self._nodes + 1)
        self.trie = Trie(edges, children, ends, begins, grow(stack, 2 * len(ends)), matches)
