"""Our scheduler in the simulated world: the real functions of the poll loop, on a virtual clock."""

import heapq
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Final

import numpy as np

from bench.polling.record import PollRecord
from bench.polling.world import START, SimulatedFeed
from services.fetcher.sources.feeds_file import MAX_INTERVAL_S, MIN_INTERVAL_S
from services.fetcher.timing.rhythm import appearances, oldest_listed
from services.fetcher.timing.rhythm_wait import LEISURE_S
from services.fetcher.timing.schedule import (
    PollOutcome,
    PollReport,
    due_at,
    next_state,
    regular_wait_s,
)
from services.fetcher.timing.starts import (
    DueFeed,
    PollLimits,
    RunningPoll,
    StartPace,
    choose_starts,
    starts_per_s,
)
from shared.messages.schemas import FeedHints, FeedState

TICK_S: Final = 0.2
LIMITS: Final = PollLimits(at_once=10, per_host=2)


@dataclass(slots=True)
class _SimulatedLoop:
    """The poll loop's memory: when feeds are due, what runs, and the states."""

    feeds: list[SimulatedFeed]
    states: list[FeedState]
    read: list[int]
    due: list[tuple[float, int]]
    record: PollRecord
    longest_s: float
    leisure_s: float
    running: list[tuple[float, int, RunningPoll]] = field(default_factory=list)
    waiting: dict[str, tuple[float, int]] = field(default_factory=dict)

    def finish(self, now: float) -> None:
        """End the polls that are over by now, and note when their feeds are due again."""
        while self.running and self.running[0][0] <= now:
            ended, number, _ = heapq.heappop(self.running)
            self._poll(number, ended)
            state = self.states[number]
            due = due_at(state, MIN_INTERVAL_S, _moment(ended), self.longest_s)
            heapq.heappush(self.due, (due.timestamp(), number))

    def begin(self, now: float, pace: StartPace, rate: float) -> None:
        """Begin polls as the poll loop would."""
        while self.due and self.due[0][0] <= now:
            due, number = heapq.heappop(self.due)
            self.waiting[self.feeds[number].url] = due, number
        chosen = choose_starts(
            [DueFeed(url=url, due_at=_moment(due)) for url, (due, _) in self.waiting.items()],
            [poll for _, _, poll in self.running],
            LIMITS,
            now_s=now,
            allowance=pace.allowance(now, rate),
        )
        pace.take(len(chosen))
        for url in chosen:
            _, number = self.waiting.pop(url)
            feed = self.feeds[number]
            self.record.requests[number].append(now)
            poll = RunningPoll(host=feed.host, started_s=now)
            heapq.heappush(self.running, (now + feed.request_s, number, poll))
        if chosen:
            hosts = Counter(poll.host for _, _, poll in self.running)
            self.record.most_at_once = max(self.record.most_at_once, *hosts.values())

    def _poll(self, number: int, now: float) -> None:
        feed, state, asked = self.feeds[number], self.states[number], self.record.requests[number]
        base = PollReport(
            polled_at=_moment(now), outcome=PollOutcome.UNCHANGED, fresh_s=feed.fresh_s
        )
        if feed.fails_at(asked[-1]):
            report = replace(
                base,
                outcome=PollOutcome.FAILED,
                error="HTTP 503",
                retry_after_s=feed.retry_after_s or None,
            )
        else:
            self.record.reads[number].append(asked[-1])
            report = self._read(number, asked[-1], base)
        self.states[number] = next_state(state, report, self.leisure_s)

    def _read(self, number: int, asked: float, base: PollReport) -> PollReport:
        feed, state = self.feeds[number], self.states[number]
        last = int(np.searchsorted(feed.entries, asked, side="right"))
        if last == self.read[number] and state.succeeded_at is not None:
            return base
        first = max(last - feed.listed, 0)
        times: list[datetime | None] = [_moment(each) for each in feed.entries[first:last]]
        new = times[max(self.read[number] - first, 0) :]
        self.read[number] = last
        return replace(
            base,
            outcome=PollOutcome.CHANGED,
            finished=frozenset(("new",)) if new else frozenset(),
            moments=appearances(new, state.succeeded_at, base.polled_at),
            list_since=oldest_listed(times, len(new)),
            hints=FeedHints(wait_s=feed.ttl_s),
        )


def run_summitwire(
    feeds: list[SimulatedFeed],
    end: float,
    *,
    leisure_s: float = LEISURE_S,
    longest_s: float = MAX_INTERVAL_S,
) -> PollRecord:
    """Poll the feeds from START to ``end``; another ``leisure_s`` is for comparisons."""
    record = PollRecord([[] for _ in feeds], [[] for _ in feeds])
    loop = _SimulatedLoop(
        feeds=feeds,
        states=[FeedState(url=feed.url) for feed in feeds],
        read=[0] * len(feeds),
        due=[(START, number) for number in range(len(feeds))],
        record=record,
        longest_s=longest_s,
        leisure_s=leisure_s,
    )
    pace, rate, now = StartPace(LIMITS.at_once), 0.0, START
    counted = -np.inf
    while now < end:
        loop.finish(now)
        if now >= counted + 60:
            waits = [regular_wait_s(state, MIN_INTERVAL_S, longest_s) for state in loop.states]
            rate, counted = starts_per_s(waits), now
        loop.begin(now, pace, rate)
        following = [heap[0][0] for heap in (loop.due, loop.running) if heap]
        now = now + TICK_S if loop.waiting else max(min(following), now + TICK_S)
    return record


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
