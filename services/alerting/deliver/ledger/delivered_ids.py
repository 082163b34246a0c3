"""Ids of delivered notifications by the day of their delivery, in eight bytes each. Pure.

A set of Python strings takes about 150 bytes per id, and the ledger's entry in the topic 600.
"""

import hashlib
from array import array
from bisect import bisect_left
from dataclasses import dataclass, field
from typing import Final

MAX_IDS: Final = 1_000_000
"""Ids per partition: 8 MB, and six months of 5 000 a day."""
_UNSORTED_IDS: Final = 1_024
"""So many ids of a day stay unsorted before they are merged with the sorted ones."""


def short_id(key: bytes) -> int:
    """Return 64 bits of an id's hash; two of a million ids collide with probability 3 · 10^-8."""
    return int.from_bytes(hashlib.blake2b(key, digest_size=8).digest(), "big")


@dataclass(slots=True)
class _Day:
    """The ids of one day: most are sorted, the latest are not yet."""

    sorted_ids: "array[int]" = field(default_factory=lambda: array("Q"))
    unsorted_ids: set[int] = field(default_factory=set)

    def add(self, number: int) -> None:
        if number in self:
            return
        self.unsorted_ids.add(number)
        if len(self.unsorted_ids) > max(_UNSORTED_IDS, len(self.sorted_ids) // 4):
            self.sorted_ids = array("Q", sorted({*self.sorted_ids, *self.unsorted_ids}))
            self.unsorted_ids = set()

    def __contains__(self, number: int) -> bool:
        if number in self.unsorted_ids:
            return True
        index = bisect_left(self.sorted_ids, number)
        return index < len(self.sorted_ids) and self.sorted_ids[index] == number

    def __len__(self) -> int:
        return len(self.sorted_ids) + len(self.unsorted_ids)


class DeliveredIds:
    """Ids by day (whole days since 1970, UTC).

    Beyond ``max_ids`` the oldest days are dropped as a whole.
    """

    def __init__(self, max_ids: int = MAX_IDS) -> None:
        self._days: dict[int, _Day] = {}
        self._max_ids, self._count = max_ids, 0

    def __len__(self) -> int:
        return self._count

    def add(self, key: bytes, day: int) -> None:
        """Add an id; days that it was added with before are kept, too."""
        ids = self._days.setdefault(day, _Day())
        before = len(ids)
        ids.add(short_id(key))
        self._count += len(ids) - before

    def day_of(self, key: bytes) -> int | None:
        """Return the last day that the id was added with, if it is known."""
        number = short_id(key)
        return max((day for day, ids in self._days.items() if number in ids), default=None)

    def drop_before(self, day: int) -> int | None:
        """Drop every day before this one, and return the last day dropped, if any."""
        return self._drop([known_day for known_day in self._days if known_day < day])

    def drop_excess(self) -> int | None:
        """Drop the oldest days while there are too many ids, and return the last one, if any.

        The newest day is kept, however many ids it has.
        """
        excess, remaining = list[int](), self._count
        for day in sorted(self._days)[:-1]:
            if remaining <= self._max_ids:
                break
            excess.append(day)
            remaining -= len(self._days[day])
        return self._drop(excess)

    def _drop(self, days: list[int]) -> int | None:
        for day in days:
            self._count -= len(self._days.pop(day))
        return max(days, default=None)
