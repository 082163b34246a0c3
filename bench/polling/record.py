"""What a scheduler did in the simulated world, and what that means for the entries."""

from dataclasses import dataclass, field

import numpy as np

from bench.polling.world import SimulatedFeed


@dataclass(slots=True)
class PollRecord:
    """When each feed was requested and when it was read, in Unix seconds, by the feed's number.

    ``most_at_once`` is the largest number of simultaneous requests to one host.
    """

    requests: list[list[float]]
    reads: list[list[float]]
    most_at_once: int = 0


@dataclass(frozen=True, slots=True)
class Outcome:
    """The figures of a scheduler in one week; delays in minutes, infinite for entries never read.

    ``feed_medians`` are the median delays of the feeds that published. ``busiest_minute`` is the
    largest number of requests in a minute, ``busiest_start`` that in the first hour of all.
    """

    requests: int
    delays: np.ndarray = field(repr=False)
    feed_medians: np.ndarray = field(repr=False)
    most_at_once: int
    busiest_minute: int
    busiest_start: int

    @property
    def median(self) -> float:
        """The median delay of an entry."""
        return quantile(self.delays, 0.5)

    @property
    def p95(self) -> float:
        """The delay that one entry in twenty exceeds."""
        return quantile(self.delays, 0.95)

    @property
    def mean(self) -> float:
        """The mean delay; an entry that is never read counts as a day."""
        return float(np.minimum(self.delays, 24 * 60).mean()) if len(self.delays) else 0.0

    @property
    def lost(self) -> float:
        """The share of entries that left their feed's list before they were read."""
        return float(np.isinf(self.delays).mean()) if len(self.delays) else 0.0


def quantile(values: np.ndarray, share: float) -> float:
    """Return a quantile that is one of the values; 0 without any."""
    return float(np.quantile(values, share, method="lower")) if len(values) else 0.0


def evaluate(
    feeds: list[SimulatedFeed], record: PollRecord, begin: float, end: float, kind: str = ""
) -> Outcome:
    """Return the figures of the entries and requests from ``begin`` to ``end``.

    Feeds whose server never answers count as requests only: no scheduler can read them.
    """
    numbers = [number for number, feed in enumerate(feeds) if kind in ("", feed.kind)]
    delays = [
        _delays(feeds[number], record.reads[number], begin, end)
        for number in numbers
        if not feeds[number].is_unreachable
    ]
    published = [each for each in delays if len(each)]
    requests = np.concatenate([np.array(record.requests[number]) for number in numbers])
    return Outcome(
        requests=int(((requests >= begin) & (requests < end)).sum()),
        delays=np.concatenate(published) / 60 if published else np.array([]),
        feed_medians=np.array([quantile(each, 0.5) for each in published]) / 60,
        most_at_once=record.most_at_once,
        busiest_minute=_busiest_minute(requests, begin, end),
        busiest_start=_busiest_minute(requests, requests.min(), requests.min() + 3_600),
    )


def _busiest_minute(requests: np.ndarray, begin: float, end: float) -> int:
    chosen = requests[(requests >= begin) & (requests < end)]
    return int(np.bincount(((chosen - begin) // 60).astype(int)).max()) if len(chosen) else 0


def _delays(feed: SimulatedFeed, reads: list[float], begin: float, end: float) -> np.ndarray:
    """Return the seconds from each entry to the poll that read it."""
    entries = feed.entries
    first, last = np.searchsorted(entries, [begin, end])
    if last <= first:
        return np.array([])
    times = np.append(np.array(reads), np.inf)
    read_at = times[np.searchsorted(times, entries[first:last])]
    pushed_out = np.append(entries, np.full(feed.listed, np.inf))[first + feed.listed :]
    read_at = np.where(read_at > pushed_out[: last - first], np.inf, read_at)
    return np.asarray(read_at - entries[first:last])
