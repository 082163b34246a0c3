"""Ends a process that no longer gets anywhere: a partition with records but no progress, a stage or an event loop that stands still."""

import threading
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field

from aiokafka import TopicPartition


@dataclass(slots=True)
class Progress:
    """When what last moved, in seconds of a monotonic clock. Pure: the clock is passed in. One for all that runs in a process."""

    limit_s: float
    beat: float
    moved: dict[Hashable, tuple[int, float]] = field(default_factory=dict)

    def observe(self, partition: Hashable, position: int, end: int, now: float, *, waits: bool = False) -> None:
        """Note a partition's position; one that has nothing to read, or waits on purpose (a retry), counts as moving."""
        before = self.moved.get(partition)
        if before is None or position != before[0] or position >= end or waits:
            self.moved[partition] = (position, now)
        self.beat = now

    def alive(self, what: Hashable, now: float) -> None:
        """Something that has no position, a stage's loop for one, has come round once more."""
        self.moved[what] = (0, now)
        self.beat = now

    def forget(self, what: Hashable) -> None:
        """It is no longer ours to move."""
        self.moved.pop(what, None)

    def stalled(self, now: float) -> str | None:
        """What stands still for longer than the limit, or None."""
        if now - self.beat > self.limit_s:
            return "the event loop or a batch in it"
        return next((_named(what) for what, (_, moved) in self.moved.copy().items() if now - moved > self.limit_s), None)


def _named(what: Hashable) -> str:
    return f"partition {what.partition} of {what.topic}" if isinstance(what, TopicPartition) else str(what)


class Watchdog(threading.Thread):
    """Looks at ``progress`` from a thread of its own, so that even a blocked event loop is noticed, and calls ``leave`` once."""

    def __init__(self, progress: Progress, clock: Callable[[], float], leave: Callable[[str], None]) -> None:
        super().__init__(name="watchdog", daemon=True)
        self._progress, self._clock, self._leave = progress, clock, leave
        self._stopped = threading.Event()

    def run(self) -> None:
        """Look every tenth of the limit, at least once a second."""
        while not self._stopped.wait(min(1.0, self._progress.limit_s / 10)):
            what = self._progress.stalled(self._clock())
            if what:
                self._leave(f"{what} made no progress for {self._progress.limit_s:g} s although there is work")
                return

    def stop(self) -> None:
        """Look no more."""
        self._stopped.set()
