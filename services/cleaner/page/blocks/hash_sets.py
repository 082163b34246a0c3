"""Sets of 64-bit hashes for compiled code: open addressing in a table at most half full."""

import numpy as np

from services.cleaner.page.blocks.jit import compiled
from services.cleaner.page.blocks.walk.tags import Bits, Ints

_SPREAD = np.uint64(0x9E3779B97F4A7C15)
_HIGH = np.uint64(33)


@compiled
def numbered(hashes: Bits) -> Ints:
    """The same number for equal hashes, in the order of their first coming, from 0."""
    table, owner = _table(hashes.size)
    numbers = np.empty(hashes.size, np.int32)
    count = 0
    for at in range(hashes.size):
        slot = _slot(table, hashes[at])
        if table[slot] == 0:
            table[slot] = hashes[at] | np.uint64(1)
            owner[slot] = count
            count += 1
        numbers[at] = owner[slot]
    return numbers


@compiled
def hash_set(hashes: Bits) -> Bits:
    """The hashes as a table for ``holds``."""
    table = empty(hashes.size)
    for value in hashes:
        add(table, value)
    return table


@compiled
def add(table: Bits, value: np.uint64) -> None:
    """Puts one more value into a table of ``empty``."""
    table[_slot(table, value)] = value | np.uint64(1)


@compiled
def empty(entries: int) -> Bits:
    """A table for so many values."""
    return _table(entries)[0]


@compiled
def holds(table: Bits, value: np.uint64) -> bool:
    """Whether the table has the value. The lowest bit does not count."""
    return bool(table[_slot(table, value)] != 0)


@compiled
def _table(entries: int) -> tuple[Bits, Ints]:
    size = 2
    while size < 2 * entries + 2:
        size *= 2
    return np.zeros(size, np.uint64), np.zeros(size, np.int32)


@compiled
def _slot(table: Bits, value: np.uint64) -> int:
    """Where the value is, or the free place where it belongs."""
    mask = table.size - 1
    slot = int((value * _SPREAD) >> _HIGH) & mask
    while table[slot] != 0 and table[slot] != value | np.uint64(1):
        slot = (slot + 1) & mask
    return slot
