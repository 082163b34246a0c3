"""End a process that is stuck.

That is: a partition with records but no progress, or a stage or an event loop that has stopped.
"""

import threading
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field

from aiokafka import TopicPartition

from shared.base import exits


@dataclass(frozen=True, slots=True)
class Standstill:
    """What is stuck, as a sentence, and the code to exit with."""

    description: str
    exit_code: int


@dataclass(slots=True)
class Progress:
    """When everything in a process last moved, in seconds of a monotonic clock.

    Pure: the clock is passed in. While the broker does not answer, only the event loop can be
    stuck; the limit starts again when the broker answers. Until then ``answering_since`` is None.
    """

    limit_s: float
    beat: float
    _moves: dict[Hashable, tuple[int, float]] = field(init=False, default_factory=dict)
    answering_since: float | None = field(init=False)

    def __post_init__(self) -> None:
        self.answering_since = self.beat

    def observe(
        self, partition: Hashable, position: int, end: int, now: float, *, waits: bool = False
    ) -> None:
        """Note a partition's position.

        A partition that has nothing to read, or waits on purpose (a retry), counts as moving.
        """
        before = self._moves.get(partition)
        if before is None or position != before[0] or position >= end or waits:
            self._moves[partition] = (position, now)
        self.beat = now

    def mark_alive(self, name: Hashable, now: float) -> None:
        """Note that something without a position, such as a member's poll, has completed again."""
        self._moves[name] = (0, now)
        self.beat = now

    def pulse(self, now: float) -> None:
        """Note that the event loop runs."""
        self.beat = now

    def mark_broker(self, *, answers: bool, now: float) -> None:
        """Note whether the broker answers."""
        if not answers:
            self.answering_since = None
        elif self.answering_since is None:
            self.answering_since = now

    def forget(self, name: Hashable) -> None:
        """Stop watching a partition, or whatever has this name."""
        self._moves.pop(name, None)

    def find_standstill(self, now: float) -> Standstill | None:
        """Return something that has been stuck for longer than the limit, or None."""
        if now - self.beat > self.limit_s:
            loop = "the event loop or a batch in it"
            return Standstill(
                f"{loop} made no progress for {self.limit_s:g} s although there is work", exits.BUG
            )
        since = self.answering_since
        if since is None:
            return None
        for name, (_, moved_at) in self._moves.copy().items():
            if now - max(moved_at, since) > self.limit_s:
                return _standstill(name, self.limit_s)
        return None


def _standstill(name: Hashable, limit_s: float) -> Standstill:
    if isinstance(name, TopicPartition):
        return Standstill(
            f"partition {name.partition} of {name.topic} made no progress for {limit_s:g} s "
            "although there is work",
            exits.BUG,
        )
    return Standstill(
        f"a poll or rebalance of {name} has not completed within {limit_s:g} s "
        "although the broker answers",
        exits.TEMPORARY_FAILURE,
    )


class Watchdog(threading.Thread):
    """Checks ``progress`` and calls ``leave`` once on a standstill.

    It runs in a thread of its own, so that it notices even a blocked event loop.
    """

    def __init__(
        self,
        progress: Progress,
        clock: Callable[[], float],
        leave: Callable[[Standstill], None],
    ) -> None:
        super().__init__(name="watchdog", daemon=True)
        self._progress, self._clock, self._leave = progress, clock, leave
        self._stopping = threading.Event()

    def run(self) -> None:
        """Check every tenth of the limit, at least once a second."""
        while not self._stopping.wait(min(1.0, self._progress.limit_s / 10)):
            standstill = self._progress.find_standstill(self._clock())
            if standstill:
                self._leave(standstill)
                return

    def stop(self) -> None:
        """Stop checking."""
        self._stopping.set()
