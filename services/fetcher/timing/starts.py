"""Which due feeds to poll now: some per host, so many in all, and never all at once. Pure."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from urllib.parse import urlsplit

SPREAD_S: Final = 300.0
"""Feeds that are all due, after a start or an outage, are begun over this time."""
MIN_STARTS_PER_S: Final = 5.0
SLOW_AFTER_S: Final = 30.0
"""A poll that lasts longer no longer takes the place of another."""
MAX_SLOW: Final = 4
"""So many times ``at_once`` polls may run in all, slow ones included."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunningPoll:
    """A poll that has begun at ``started_s``, a monotonic clock's seconds."""

    host: str
    started_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class DueFeed:
    """A feed that is due since ``due_at``."""

    url: str
    due_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PollLimits:
    """How many polls may run at once, in all and on one host."""

    at_once: int
    per_host: int


def choose_starts(
    due: Iterable[DueFeed],
    running: Sequence[RunningPoll],
    limits: PollLimits,
    *,
    now_s: float,
    allowance: int,
) -> list[str]:
    """Return the feeds to begin, those that are due longest first, at most ``allowance``.

    A host with many due feeds leaves room for those of others, and so does one that is slow.
    """
    slow = sum(now_s - poll.started_s > SLOW_AFTER_S for poll in running)
    free = min(
        limits.at_once - (len(running) - slow), limits.at_once * MAX_SLOW - len(running), allowance
    )
    hosts, chosen = Counter(poll.host for poll in running), list[str]()
    if free <= 0:
        return chosen
    for feed in sorted(due, key=lambda feed: (feed.due_at, feed.url)):
        host = host_of(feed.url)
        if hosts[host] >= limits.per_host:
            continue
        hosts[host] += 1
        chosen.append(feed.url)
        if len(chosen) >= free:
            break
    return chosen


def host_of(url: str) -> str:
    """Return the host that limits are kept for."""
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


class StartPace:
    """How many polls may begin now, so that feeds that are all due are spread (a token bucket).

    ``burst`` may begin at once after a pause.
    """

    def __init__(self, burst: int) -> None:
        self._burst, self._tokens, self._last_s = burst, float(burst), 0.0

    def allowance(self, now_s: float, starts_per_s: float) -> int:
        """Return how many may begin at ``now_s``, a monotonic clock's seconds."""
        gained = max(now_s - self._last_s, 0.0) * starts_per_s
        self._tokens, self._last_s = min(self._tokens + gained, float(self._burst)), now_s
        return int(self._tokens)

    def take(self, count: int) -> None:
        """Note that so many have begun."""
        self._tokens -= count


def starts_per_s(waits_s: Sequence[float]) -> float:
    """Return how many polls may begin in a second, by the waits of all feeds between two polls.

    It is twice what they need in the long run, and enough to begin all of them within SPREAD_S.
    """
    steady = sum(1 / max(wait_s, 0.01) for wait_s in waits_s)
    return max(MIN_STARTS_PER_S, len(waits_s) / SPREAD_S, 2 * steady)
