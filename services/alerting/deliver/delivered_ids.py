"""Ids of delivered notifications by the day of their delivery, in eight bytes each. Pure; the clock is passed in.

A set of Python strings takes some 150 bytes an id, the ledger's entry as it stands in the topic 600.
"""

import hashlib
from array import array
from bisect import bisect_left
from dataclasses import dataclass, field
from typing import Final

MAX_IDS: Final = 1_000_000
"""Of a partition: 8 MB, and six months of 5 000 a day."""
_LOOSE_IDS: Final = 1_024
"""As many wait unsorted before they are put in order with the others of their day."""


def short_id(key: bytes) -> int:
    """64 bits of an id's hash. Among a million no two differ and share one (3 · 10^-8)."""
    return int.from_bytes(hashlib.blake2b(key, digest_size=8).digest(), "big")


@dataclass(slots=True)
class _Day:
    """The ids of one day: most of them sorted, the last ones not yet."""

    sorted_ids: "array[int]" = field(default_factory=lambda: array("Q"))
    loose: set[int] = field(default_factory=set)

    def add(self, number: int) -> None:
        if number in self:
            return
        self.loose.add(number)
        if len(self.loose) > max(_LOOSE_IDS, len(self.sorted_ids) // 4):
            self.sorted_ids = array("Q", sorted({*self.sorted_ids, *self.loose}))
            self.loose = set()

    def __contains__(self, number: int) -> bool:
        if number in self.loose:
            return True
        place = bisect_left(self.sorted_ids, number)
        return place < len(self.sorted_ids) and self.sorted_ids[place] == number

    def __len__(self) -> int:
        return len(self.sorted_ids) + len(self.loose)


class DeliveredIds:
    """Ids with their days (whole days since 1970, UTC). At most ``most``: beyond, whole days go, the oldest first."""

    def __init__(self, most: int = MAX_IDS) -> None:
        self._days: dict[int, _Day] = {}
        self._most, self._count = most, 0

    def __len__(self) -> int:
        return self._count

    def add(self, key: bytes, day: int) -> None:
        """Remember an id; a day that it was remembered with before stays, too."""
        ids = self._days.setdefault(day, _Day())
        before = len(ids)
        ids.add(short_id(key))
        self._count += len(ids) - before

    def day_of(self, key: bytes) -> int | None:
        """The last day with which the id is remembered."""
        number = short_id(key)
        return max((day for day, ids in self._days.items() if number in ids), default=None)

    def drop_before(self, day: int) -> int | None:
        """Forget every day before this one. The last day that was dropped, if any."""
        return self._drop([each for each in self._days if each < day])

    def drop_excess(self) -> int | None:
        """Forget the oldest days while there are too many ids; today's stay, however many. The last day that was dropped, if any."""
        excess, left = list[int](), self._count
        for day in sorted(self._days)[:-1]:
            if left <= self._most:
                break
            excess.append(day)
            left -= len(self._days[day])
        return self._drop(excess)

    def _drop(self, days: list[int]) -> int | None:
        for day in days:
            self._count -= len(self._days.pop(day))
        return max(days, default=None)
