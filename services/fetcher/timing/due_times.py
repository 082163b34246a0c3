"""When each feed is due, computed again only when its state or its line in the feeds file changes.

The loop asks five times a second for thousands of feeds. Pure: times are passed in.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from services.fetcher.sources.feeds_file import FeedSpec
from services.fetcher.timing.schedule import EPOCH, due_at, regular_wait_s
from services.fetcher.timing.starts import DueFeed, starts_per_s
from shared.messages.schemas import FeedState


class _DueTime(NamedTuple):
    spec: FeedSpec
    state: FeedState
    due_at: datetime
    wait_s: float


class DueTimes:
    """The due times of a process's feeds; ``starts_per_s`` is how many of them may begin."""

    def __init__(self) -> None:
        self.starts_per_s = 0.0
        self._times: dict[str, _DueTime] = {}
        self._last_at = EPOCH

    def list_due(self, feeds: Iterable[tuple[FeedSpec, FeedState]], now: datetime) -> list[DueFeed]:
        """Return the feeds that are due."""
        before = self._times if now >= self._last_at else {}
        self._times, self._last_at = {}, now
        is_changed = False
        for spec, state in feeds:
            time = before.get(spec.url)
            if time is None or time.spec is not spec or time.state is not state:
                time, is_changed = _due_time(spec, state, now), True
            self._times[spec.url] = time
        if is_changed or len(self._times) != len(before):
            self.starts_per_s = starts_per_s([time.wait_s for time in self._times.values()])
        return [
            DueFeed(url=url, due_at=time.due_at, is_proven=is_proven(time.state))
            for url, time in self._times.items()
            if time.due_at <= now
        ]


def is_proven(state: FeedState) -> bool:
    """Return whether a feed's last poll succeeded: others may be slow, costly or hostile."""
    return state.polled_at is not None and not state.failures


def _due_time(spec: FeedSpec, state: FeedState, now: datetime) -> _DueTime:
    interval = (spec.interval_s, spec.longest_interval_s)
    due = due_at(state, interval[0], now, interval[1])
    return _DueTime(spec, state, due, regular_wait_s(state, *interval))
