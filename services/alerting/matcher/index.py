"""Where the programs of the rules lie, and under which atoms. Changed in place, rule by rule."""

import numpy as np
from numpy.typing import NDArray

from services.alerting.matcher.arrays import BlockAllocator, block_size, grow
from services.alerting.matcher.kernel.atoms import ALWAYS
from services.alerting.matcher.kernel.matching import RuleIndex
from services.alerting.matcher.kernel.program import HEADER, KEYS, RULE, SIZE
from services.alerting.matcher.program import RuleProgram

_CODE = 1 << 16
_ENTRIES = 1 << 12
_RULES = 1 << 10
_ENTRY = 4


class Index:
    """The kernel's ``rules``.

    Later changes use the blocks that earlier ones freed, so nothing moves but the few entries of
    one atom.
    """

    rules: RuleIndex

    def __init__(self) -> None:
        self._programs, self._rows = BlockAllocator(), BlockAllocator()
        self._rooms = np.zeros(_ENTRIES, np.int32)  # by atom: how many entries its block holds
        numbers = [np.zeros(size, np.int32) for size in (_CODE, _ENTRIES, _ENTRIES, _RULES)]
        code, begins, counts, fired = numbers
        entries = np.zeros((_ENTRIES, _ENTRY), np.int32)
        self.rules = RuleIndex(
            code, entries, begins, counts, np.zeros(_RULES, np.int64), fired, np.zeros(2, np.int64)
        )

    def add(self, rule: int, program: RuleProgram, atoms: int) -> int:
        """Write a rule's program and enter it under its keys; return where it begins.

        ``atoms`` is the number of atoms.
        """
        size = len(program.code)
        start = self._programs.allocate(size)
        rules = self.rules
        self.rules = rules._replace(
            code=grow(rules.code, self._programs.end),
            begins=grow(rules.begins, atoms),
            counts=grow(rules.counts, atoms),
            last_checked=grow(rules.last_checked, rule + 1),
            fired=grow(rules.fired, rule + 1),
        )
        self._rooms = grow(self._rooms, atoms)
        self.rules.code[start : start + size] = program.code
        where = ~rule if program.bare else 2 * start + (len(program.keys) > 1)
        for key in program.keys:
            self._enter(key, (where, *program.maybe))
        return start

    def remove(self, start: int) -> None:
        """Remove the program that begins at ``start``."""
        header = self.rules.code[start : start + HEADER].tolist()
        for key in self.rules.code[start + HEADER : start + HEADER + header[KEYS]].tolist():
            begin, count = int(self.rules.begins[key]), int(self.rules.counts[key])
            entries: NDArray[np.int32] = self.rules.entries[begin : begin + count]
            entries[
                int(np.argmax((entries[:, 0] >> 1 == start) | (entries[:, 0] == ~header[RULE])))
            ] = entries[count - 1]
            self.rules.counts[key] = count - 1
        self._programs.free(start, header[SIZE])

    def catch_all_rules(self) -> list[int]:
        """Return the rules that no atom leads to: every article is checked against them."""
        begin, count = int(self.rules.begins[ALWAYS]), int(self.rules.counts[ALWAYS])
        return [
            int(self.rules.code[(where >> 1) + RULE])
            for where in self.rules.entries[begin : begin + count, 0].tolist()
        ]

    def _enter(self, key: int, entry: tuple[int, ...]) -> None:
        count = int(self.rules.counts[key])
        if count == self._rooms[key]:
            self._move(key, count)
        self.rules.entries[int(self.rules.begins[key]) + count] = entry
        self.rules.counts[key] = count + 1

    def _move(self, key: int, count: int) -> None:
        """Move the entries of an atom to a block with room for one more."""
        start = self._rows.allocate(count + 1)
        self.rules = self.rules._replace(entries=grow(self.rules.entries, self._rows.end))
        begin = int(self.rules.begins[key])
        self.rules.entries[start : start + count] = self.rules.entries[begin : begin + count]
        if count:
            self._rows.free(begin, count)
        self.rules.begins[key], self._rooms[key] = start, block_size(count + 1)
