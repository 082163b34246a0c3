"""Arrays that grow. Untouched pages cost no memory, so they are made with much room to spare."""

from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

T = TypeVar("T", bound=np.generic)


def grow(array: NDArray[T], size: int) -> NDArray[T]:
    """Return the array, or a copy of at least twice its length if ``size`` does not fit.

    The copy is filled up with zeros.
    """
    if size <= len(array):
        return array
    larger: NDArray[Any] = np.zeros((max(size, 2 * len(array)), *array.shape[1:]), array.dtype)
    larger[: len(array)] = array
    return larger


class BlockAllocator:
    """Allocates blocks of an array: a power of two long, freed ones first."""

    def __init__(self) -> None:
        self.end = 0
        self._free: dict[int, list[int]] = {}

    def allocate(self, size: int) -> int:
        """Return where a block of ``block_size(size)`` begins."""
        free = self._free.get(block_size(size))
        if free:
            return free.pop()
        start, self.end = self.end, self.end + block_size(size)
        return start

    def free(self, start: int, size: int) -> None:
        """Free the block of ``block_size(size)`` at ``start``."""
        self._free.setdefault(block_size(size), []).append(start)


def block_size(size: int) -> int:
    """Return the length of the block that holds ``size`` items."""
    return 1 << max(size - 1, 0).bit_length()
