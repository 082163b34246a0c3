"""Arrays that grow: what is not touched yet costs no memory, so they are made with much room to spare."""

from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

T = TypeVar("T", bound=np.generic)


def grow(array: NDArray[T], size: int) -> NDArray[T]:
    """The array, or one of at least twice the room, zeros behind what was there, where ``size`` would not fit."""
    if size <= len(array):
        return array
    larger: NDArray[Any] = np.zeros((max(size, 2 * len(array)), *array.shape[1:]), array.dtype)
    larger[: len(array)] = array
    return larger


class BlockAllocator:
    """Hands out stretches of an array: a power of two long, those given back first."""

    def __init__(self) -> None:
        self.end = 0
        self._free: dict[int, list[int]] = {}

    def take(self, size: int) -> int:
        """Where a block of ``room(size)`` begins."""
        free = self._free.get(block_size(size))
        if free:
            return free.pop()
        at, self.end = self.end, self.end + block_size(size)
        return at

    def give_back(self, at: int, size: int) -> None:
        """Let the block of ``room(size)`` at ``at`` be used again."""
        self._free.setdefault(block_size(size), []).append(at)


def block_size(size: int) -> int:
    """How long the block is that holds ``size`` things."""
    return 1 << max(size - 1, 0).bit_length()
