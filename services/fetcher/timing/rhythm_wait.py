"""How long to wait for the next poll, by a feed's rhythm and by the hints of its server. Pure.

While a feed publishes r times a second, it is polled r**EAGERNESS * POLLS times a second. With an
exponent of 0.5 the entries of all feeds would wait least on average for as many requests (Sia, Cho
and Cho, IEEE TKDE 19(7), 2007), with 1 a poll would find as many new entries in every feed.
docs/decisions/2026-11-30-schedule.md has the figures.
"""

import math
from datetime import datetime
from typing import Final

from services.fetcher.timing.rhythm import HourlyRates, count_moments, hourly_rates
from shared.messages.feed_health import SLOT_S
from shared.messages.schemas import FeedHints, FeedRhythm

EAGERNESS: Final = 0.7
LEISURE_S: Final = 15_000.0
"""The rhythm's only free figure: a feed with one entry in this time is polled once in it."""
HOUR_S: Final = 3_600
FIRST_WAIT_S: Final = 900.0
MIN_MOMENTS: Final = 8
"""Before so many are known the feed's own hint counts as well."""
LONGEST_HINT_S: Final = 3_600.0
LONGEST_FRESH_S: Final = 900.0
"""A longer max-age is rarely true of a feed, and says nothing of when it will change."""


def rhythm_wait_s(
    rhythm: FeedRhythm,
    now: datetime,
    *,
    hints: FeedHints | None = None,
    fresh_s: float = 0.0,
    list_since: datetime | None = None,
    longest_s: float,
    leisure_s: float,
) -> float:
    """Return the seconds to wait after a successful poll at ``now``, at most ``longest_s``.

    The rhythm decides. ``fresh_s``, for which caches answer with the same response, can double its
    wait, up to LONGEST_FRESH_S. ``hints`` count while little is known, up to LONGEST_HINT_S.
    ``list_since`` is the time of the oldest entry in a list of which half was new: the next poll
    comes after half of the time since then, or entries could be gone before they are read.
    """
    wait_s = _integrate(hourly_rates(rhythm, hints), now, longest_s, leisure_s)
    known_s = float((rhythm.last_slot - rhythm.since_slot) * SLOT_S)
    wait_s = min(wait_s, FIRST_WAIT_S + known_s / 4)
    if hints is not None and count_moments(rhythm) < MIN_MOMENTS:
        wait_s = max(wait_s, min(hints.wait_s, LONGEST_HINT_S))
    wait_s = max(wait_s, min(fresh_s, LONGEST_FRESH_S, 2 * wait_s))
    if list_since is not None:
        wait_s = min(wait_s, max((now - list_since).total_seconds() / 2, 0.0))
    return min(wait_s, longest_s)


def _integrate(rates: HourlyRates, now: datetime, longest_s: float, leisure_s: float) -> float:
    """Return the time in which the polls per second add up to one, hour by hour."""
    start = now.timestamp()
    hour, waited_s, due = int(start // HOUR_S), 0.0, 0.0
    while waited_s < longest_s:
        polls_per_s = math.pow(rates.rate(hour) * leisure_s, EAGERNESS) / leisure_s
        until_s = (hour + 1) * HOUR_S - start
        if due + polls_per_s * (until_s - waited_s) >= 1.0:
            return waited_s + (1.0 - due) / polls_per_s
        due += polls_per_s * (until_s - waited_s)
        waited_s, hour = until_s, hour + 1
    return longest_s
