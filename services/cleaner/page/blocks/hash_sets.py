"""Sets of 64-bit hashes for compiled code: open addressing in a table at most half full."""

import numpy as np

from services.cleaner.page.blocks.jit import jit
from services.cleaner.page.blocks.walk.tags import Bits, Ints

_SPREAD = np.uint64(0x9E3779B97F4A7C15)
_HIGH = np.uint64(33)


@jit
def number_hashes(hashes: Bits) -> Ints:
    """Return the same number for equal hashes, in the order of their first occurrence, from 0."""
    table, owner = _table(hashes.size)
    numbers = np.empty(hashes.size, np.int32)
    count = 0
    for index in range(hashes.size):
        slot = _slot(table, hashes[index])
        if table[slot] == 0:
            table[slot] = hashes[index] | np.uint64(1)
            owner[slot] = count
            count += 1
        numbers[index] = owner[slot]
    return numbers


@jit
def hash_set(hashes: Bits) -> Bits:
    """Return the hashes as a table for ``contains``."""
    table = empty(hashes.size)
    for value in hashes:
        add(table, value)
    return table


@jit
def add(table: Bits, value: np.uint64) -> None:
    """Add a value to a table made by ``empty``."""
    table[_slot(table, value)] = value | np.uint64(1)


@jit
def empty(entries: int) -> Bits:
    """Return a table for so many values."""
    return _table(entries)[0]


@jit
def contains(table: Bits, value: np.uint64) -> bool:
    """Return whether the table has the value. The lowest bit does not count."""
    return bool(table[_slot(table, value)] != 0)


@jit
def _table(entries: int) -> tuple[Bits, Ints]:
    size = 2
    while size < 2 * entries + 2:
        size *= 2
    return np.zeros(size, np.uint64), np.zeros(size, np.int32)


@jit
def _slot(table: Bits, value: np.uint64) -> int:
    """Return the slot of the value, or the free slot where it belongs."""
    mask = table.size - 1
    slot = int((value * _SPREAD) >> _HIGH) & mask
    while table[slot] != 0 and table[slot] != value | np.uint64(1):
        slot = (slot + 1) & mask
    return slot
