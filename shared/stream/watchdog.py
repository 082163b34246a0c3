"""Ends a process that no longer gets anywhere: a partition with records but no progress, a stage or an event loop that stands still."""

import threading
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field

from aiokafka import TopicPartition

from shared.base import exits


@dataclass(frozen=True, slots=True)
class Standstill:
    """What stands still, as a sentence, and the code to exit with."""

    description: str
    exit_code: int


@dataclass(slots=True)
class Progress:
    """When what last moved, in seconds of a monotonic clock. Pure: the clock is passed in. One for all that runs in a process.

    While the broker does not answer nothing but the event loop can be blamed for standing still; the limit starts anew when it
    answers again. ``answering_since`` is None meanwhile.
    """

    limit_s: float
    beat: float
    moved: dict[Hashable, tuple[int, float]] = field(default_factory=dict)
    answering_since: float | None = field(init=False)

    def __post_init__(self) -> None:
        self.answering_since = self.beat

    def observe(
        self, partition: Hashable, position: int, end: int, now: float, *, waits: bool = False
    ) -> None:
        """Note a partition's position; one that has nothing to read, or waits on purpose (a retry), counts as moving."""
        before = self.moved.get(partition)
        if before is None or position != before[0] or position >= end or waits:
            self.moved[partition] = (position, now)
        self.beat = now

    def mark_alive(self, what: Hashable, now: float) -> None:
        """Note that something without a position, a group member's poll for one, has completed once more."""
        self.moved[what] = (0, now)
        self.beat = now

    def pulse(self, now: float) -> None:
        """Note that the event loop goes round."""
        self.beat = now

    def mark_broker(self, *, answers: bool, now: float) -> None:
        """Note whether the broker answers."""
        if not answers:
            self.answering_since = None
        elif self.answering_since is None:
            self.answering_since = now

    def forget(self, what: Hashable) -> None:
        """Watch it no longer: it is not ours to move any more."""
        self.moved.pop(what, None)

    def find_standstill(self, now: float) -> Standstill | None:
        """Return what stands still for longer than the limit, or None."""
        if now - self.beat > self.limit_s:
            return Standstill(
                f"the event loop or a batch in it made no progress for {self.limit_s:g} s although there is work",
                exits.BUG,
            )
        since = self.answering_since
        if since is None:
            return None
        late = (
            what
            for what, (_, moved) in self.moved.copy().items()
            if now - max(moved, since) > self.limit_s
        )
        return next((_standstill(what, self.limit_s) for what in late), None)


def _standstill(what: Hashable, limit_s: float) -> Standstill:
    if isinstance(what, TopicPartition):
        where = f"partition {what.partition} of {what.topic}"
        return Standstill(
            f"{where} made no progress for {limit_s:g} s although there is work", exits.BUG
        )
    reason = f"a poll or rebalance of {what} has not completed within {limit_s:g} s although the broker answers"
    return Standstill(reason, exits.TEMPORARY_FAILURE)


class Watchdog(threading.Thread):
    """Looks at ``progress`` from a thread of its own, so that even a blocked event loop is noticed, and calls ``leave`` once."""

    def __init__(
        self, progress: Progress, clock: Callable[[], float], leave: Callable[[Standstill], None]
    ) -> None:
        super().__init__(name="watchdog", daemon=True)
        self._progress, self._clock, self._leave = progress, clock, leave
        self._stopped = threading.Event()

    def run(self) -> None:
        """Look every tenth of the limit, at least once a second."""
        while not self._stopped.wait(min(1.0, self._progress.limit_s / 10)):
            standstill = self._progress.find_standstill(self._clock())
            if standstill:
                self._leave(standstill)
                return

    def stop(self) -> None:
        """Look no more."""
        self._stopped.set()
