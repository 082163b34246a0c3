"""Which due feeds to poll now: some per host, so many in all, and never all at once. Pure."""

import zlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from urllib.parse import urlsplit

SPREAD_S: Final = 300.0
"""Feeds that are all due, after a start or an outage, are begun over this time."""
MIN_STARTS_PER_S: Final = 5.0
SLOW_AFTER_S: Final = 3.0
"""A poll that lasts longer no longer takes the place of another: most take a tenth of a second, and
a server that trickles takes 15."""
MAX_SLOW: Final = 4
"""So many times ``at_once`` polls may run in all, slow ones included."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunningPoll:
    """A poll that has begun at ``started_s``, a monotonic clock's seconds; DueFeed says more."""

    host: str
    started_s: float
    is_proven: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class DueFeed:
    """A feed that is due since ``due_at``; ``is_proven``: its last poll succeeded."""

    url: str
    due_at: datetime
    is_proven: bool = True


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

    Proven ones come before the others, which take half of the room at most; but one of those is
    always polled, or on a busy host a new feed would never have its turn. A host with many due
    feeds leaves room for those of others, and so does one that is slow.
    """
    quick = [poll for poll in running if now_s - poll.started_s <= SLOW_AFTER_S]
    free = min(limits.at_once - len(quick), limits.at_once * MAX_SLOW - len(running), allowance)
    unproven = max(limits.at_once // 2, 1) - sum(not poll.is_proven for poll in quick)
    hosts, chosen = Counter(poll.host for poll in running), list[str]()
    if free <= 0:
        return chosen
    for feed in _in_turn(due, running, hosts, limits):
        host = host_of(feed.url)
        if hosts[host] >= limits.per_host or not (feed.is_proven or unproven > 0):
            continue
        unproven -= not feed.is_proven
        hosts[host] += 1
        chosen.append(feed.url)
        if len(chosen) >= free:
            break
    return chosen


def _in_turn(
    due: Iterable[DueFeed],
    running: Sequence[RunningPoll],
    hosts: Mapping[str, int],
    limits: PollLimits,
) -> list[DueFeed]:
    """Return the feeds in their turn; one that is not proven is the first if none is polled."""
    feeds = sorted(due, key=_turn)
    if any(not poll.is_proven for poll in running):
        return feeds
    doubtful = (feed for feed in feeds if not feed.is_proven)
    first = next(
        (feed for feed in doubtful if hosts.get(host_of(feed.url), 0) < limits.per_host), None
    )
    return [first, *(feed for feed in feeds if feed is not first)] if first else feeds


def _turn(feed: DueFeed) -> tuple[bool, datetime, int]:
    """Return what feeds are sorted by; at a start all are due since ever, and mixed by their URL.

    Otherwise a few hundred addresses that belong together could all come before the others.
    """
    return not feed.is_proven, feed.due_at, zlib.crc32(feed.url.encode("utf-8", "replace"))


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
