"""Miniflux's two schedulers, after its sources: model.Feed.ScheduleNextCheck and what calls it.

As in miniflux/v2 2.2 (internal/model/feed.go, internal/reader/handler/handler.go,
internal/storage/feed.go and batch.go, internal/cli/scheduler.go; commit 112494bb of feed.go):

- Every POLLING_FREQUENCY the feeds with a past next check are taken, the longest overdue first, up
  to BATCH_SIZE, without those with POLLING_PARSING_ERROR_LIMIT errors in a row; WORKER_POOL_SIZE
  workers fetch them.
- round_robin waits SCHEDULER_ROUND_ROBIN_MIN_INTERVAL. entry_frequency waits a week divided by the
  weekly count times the factor, between its minimum and maximum. The count is a week divided by the
  mean gap between the stored entries of the last week; with fewer than two it is 0, and the wait
  the maximum.
- A response that has changed can lengthen the wait: to the largest of ttl, max-age and Expires, up
  to the maximum. A 304 cannot, and neither can an error, except a 429 with its Retry-After.
"""

import heapq
import math
from collections import Counter, deque
from dataclasses import dataclass

import numpy as np

from bench.polling.record import PollRecord
from bench.polling.world import DAY_S, START, WEEK_S, SimulatedFeed


@dataclass(frozen=True, slots=True, kw_only=True)
class MinifluxSettings:
    """Miniflux's settings with its defaults, in seconds; 0 means no limit."""

    entry_frequency: bool = False
    polling_frequency_s: float = 3_600.0
    batch_size: int = 100
    workers: int = 16
    error_limit: int = 3
    round_robin_min_s: float = 3_600.0
    round_robin_max_s: float = DAY_S
    frequency_min_s: float = 300.0
    frequency_max_s: float = DAY_S
    frequency_factor: int = 1


@dataclass(slots=True)
class _StoredFeed:
    """What Miniflux's database has of a feed: ranges of entries, newest last."""

    next_check: float = START - 1
    errors: int = 0
    last: int = -1
    ranges: deque[tuple[int, int]] | None = None

    def weekly_count(self, feed: SimulatedFeed, now: float) -> int:
        """Return the virtual weekly count of entries."""
        since = int(np.searchsorted(feed.entries, now - WEEK_S))
        ranges = self.ranges or deque()
        while ranges and ranges[0][1] <= since:
            ranges.popleft()
        count = sum(end - max(begin, since) for begin, end in ranges)
        if count < 2:
            return 0
        oldest = max(ranges[0][0], since)
        span = float(feed.entries[ranges[-1][1] - 1] - feed.entries[oldest])
        return math.ceil(WEEK_S / (span / (count - 1))) if span > 0 else 0


def run_miniflux(feeds: list[SimulatedFeed], end: float, settings: MinifluxSettings) -> PollRecord:
    """Poll the feeds from START to ``end``."""
    record = PollRecord([[] for _ in feeds], [[] for _ in feeds])
    stored = [_StoredFeed() for _ in feeds]
    workers = [START] * settings.workers
    running: list[tuple[float, str]] = []
    hosts = Counter[str]()
    tick = START
    while tick < end:
        for number in _batch(stored, tick, settings):
            feed = feeds[number]
            now = max(heapq.heappop(workers), tick)
            heapq.heappush(workers, now + feed.request_s)
            while running and running[0][0] <= now:
                hosts[heapq.heappop(running)[1]] -= 1
            heapq.heappush(running, (now + feed.request_s, feed.host))
            hosts[feed.host] += 1
            record.most_at_once = max(record.most_at_once, hosts[feed.host])
            _poll(feed, stored[number], now, settings, record, number)
        tick += settings.polling_frequency_s
    return record


def _batch(stored: list[_StoredFeed], now: float, settings: MinifluxSettings) -> list[int]:
    due = [
        (feed.next_check, number)
        for number, feed in enumerate(stored)
        if feed.next_check < now
        and not (settings.error_limit and feed.errors >= settings.error_limit)
    ]
    return [number for _, number in sorted(due)[: settings.batch_size or None]]


def _poll(
    feed: SimulatedFeed,
    stored: _StoredFeed,
    now: float,
    settings: MinifluxSettings,
    record: PollRecord,
    number: int,
) -> None:
    record.requests[number].append(now)
    count = stored.weekly_count(feed, now) if settings.entry_frequency else 0
    if feed.fails_at(now):
        stored.errors += 1
        stored.next_check = now + _interval(settings, count, feed.retry_after_s)
        return
    record.reads[number].append(now)
    stored.errors = 0
    last = int(np.searchsorted(feed.entries, now, side="right"))
    is_changed = last != stored.last
    if is_changed:
        first = max(last - feed.listed, stored.last, 0)
        stored.ranges = stored.ranges if stored.ranges is not None else deque()
        stored.ranges.append((first, last))
        stored.last = last
    hint_s = max(feed.ttl_s, feed.fresh_s) if is_changed else 0.0
    stored.next_check = now + _interval(settings, count, hint_s)


def _interval(settings: MinifluxSettings, weekly_count: int, refresh_delay_s: float) -> float:
    """Return ScheduleNextCheck's interval."""
    interval, longest = settings.round_robin_min_s, settings.round_robin_max_s
    if settings.entry_frequency:
        interval = longest = settings.frequency_max_s
        if weekly_count > 0:
            interval = WEEK_S / (weekly_count * settings.frequency_factor)
            interval = max(min(interval, longest), settings.frequency_min_s)
    return min(max(interval, refresh_delay_s), longest)
