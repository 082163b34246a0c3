"""Ends a process that no longer gets anywhere: a partition with records but no progress, or an event loop that stands still."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(slots=True)
class Progress:
    """When what last moved, in seconds of a monotonic clock. Pure: the clock is passed in."""

    limit_s: float
    beat: float
    partitions: dict[object, tuple[int, float]] = field(default_factory=dict)

    def observe(self, partition: object, position: int, end: int, now: float) -> None:
        """Note a partition's position; one that has nothing to read counts as moving."""
        before = self.partitions.get(partition)
        if before is None or position != before[0] or position >= end:
            self.partitions[partition] = (position, now)
        self.beat = now

    def alive(self, partition: object, now: float) -> None:
        """The partition waits on purpose (a retry): that is no standstill."""
        position, _ = self.partitions.get(partition, (-1, now))
        self.partitions[partition] = (position, now)

    def forget(self, partition: object) -> None:
        """The partition is no longer ours."""
        self.partitions.pop(partition, None)

    def stalled(self, now: float) -> str | None:
        """What stands still for longer than the limit, or None."""
        if now - self.beat > self.limit_s:
            return "the event loop"
        late = [partition for partition, (_, moved) in list(self.partitions.items()) if now - moved > self.limit_s]
        return f"partition {late[0]}" if late else None


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
