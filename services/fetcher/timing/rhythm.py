"""A feed's own rhythm: when it has published in the last four weeks, and how often it does when.

Time is divided into slots of five minutes. A slot counts once, however many entries appear in it:
a poll brings all of them. Pure.
"""

import math
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from shared.dates.usual_pause import UsualPause
from shared.messages.feed_health import SLOT_S
from shared.messages.schemas import FeedHints, FeedRhythm

HOUR_SLOTS: Final = 12
DAY_SLOTS: Final = 288
HISTORY_SLOTS: Final = 28 * DAY_SLOTS
MIN_LISTED: Final = 8
"""A shorter list may be all there is."""
_MASK: Final = (1 << HISTORY_SLOTS) - 1
_COUNTS: Final = {f"{bits:03x}": bits.bit_count() for bits in range(1 << HOUR_SLOTS)}
_THURSDAY: Final = 3
"""The weekday of 1970-01-01, Monday being 0."""
_HALF_LIFE_DAYS: Final = 10.0
_PRIOR_MOMENTS: Final = 0.1
"""Moments that are assumed in an hour before all that is known: nothing is silent for ever."""
_PRIOR_WEIGHT: Final = 1.5
"""Moments at the prior rate that are added to each hour and each weekday: few prove little."""
_SURGE_HOURS: Final = 6
_SURGE_PRIOR: Final = 2.0
_LARGEST_SURGE: Final = 4.0
"""News comes in waves: what the latest hours had beyond the usual goes on for a while."""
_SKIPPED: Final = 0.1
"""What is left of the rate in an hour or on a day that the feed asks to skip."""
_BUSIEST_SHARE: Final = 0.98
"""More than one entry may have come in each slot: a full history says no more than this."""


def extend_rhythm(
    rhythm: FeedRhythm | None, moments: Iterable[datetime], now: datetime
) -> FeedRhythm:
    """Add the moments at which entries appeared; those after ``now`` or too long ago are ignored.

    Slots after ``now`` come from a wrong clock and are forgotten.
    """
    last_slot = _slot(now)
    bits, since = 0, last_slot
    if rhythm is not None:
        shift = last_slot - rhythm.last_slot
        bits = int.from_bytes(rhythm.slots, "little") & _MASK
        bits = (bits << min(shift, HISTORY_SLOTS)) & _MASK if shift >= 0 else bits >> -shift
        since = min(max(rhythm.since_slot, last_slot - HISTORY_SLOTS + 1), last_slot)
    for moment in moments:
        age = last_slot - _slot(moment)
        if 0 <= age < HISTORY_SLOTS:
            bits |= 1 << age
            since = min(since, last_slot - age)
    size = (bits.bit_length() + 7) // 8
    return FeedRhythm(last_slot=last_slot, since_slot=since, slots=bits.to_bytes(size, "little"))


@dataclass(frozen=True, slots=True)
class HourlyRates:
    """How often a feed publishes, in moments per second, by UTC hour and by weekday from Monday."""

    average: float
    hours: tuple[float, ...]
    weekdays: tuple[float, ...]
    surge: float = 1.0

    def share(self, hour_number: int) -> float:
        """Return the share of slots with a moment in an hour, counted from the Unix epoch."""
        day, hour = divmod(hour_number, 24)
        return self.average * self.hours[hour] * self.weekdays[(day + _THURSDAY) % 7]

    def rate(self, hour_number: int) -> float:
        """Return the moments per second in an hour, as many more as there have been of late."""
        share = min(self.share(hour_number) * self.surge, _BUSIEST_SHARE)
        return -math.log1p(-share) / SLOT_S


def hourly_rates(rhythm: FeedRhythm, hints: FeedHints | None = None) -> HourlyRates:
    """Estimate the rates from the history; the latest days count most.

    The hours and days that the feed asks to skip count as quiet, unless it has published in them.
    """
    counts = _hour_counts(rhythm)
    last_hour = rhythm.last_slot // HOUR_SLOTS
    hours, hour_slots = [0.0] * 24, [0.0] * 24
    weekdays, weekday_slots = [0.0] * 7, [0.0] * 7
    for age, count in enumerate(counts):
        weight = 0.5 ** (age // 24 / _HALF_LIFE_DAYS)
        elapsed = HOUR_SLOTS if age else rhythm.last_slot % HOUR_SLOTS + 1
        day, hour = divmod(last_hour - age, 24)
        weekday = (day + _THURSDAY) % 7
        hour_slots[hour] += weight * elapsed
        weekday_slots[weekday] += weight * elapsed
        if count:
            hours[hour] += weight * count
            weekdays[weekday] += weight * count
    average = (sum(hours) + _PRIOR_MOMENTS) / (sum(hour_slots) + HOUR_SLOTS)
    mean = sum(hours) / sum(hour_slots)
    smooth_hours = _factors(_smooth(hours), _smooth(hour_slots), mean, prior=(1.0,) * 24)
    hour_factors = _factors(hours, hour_slots, mean, prior=smooth_hours)
    weekday_factors = _factors(weekdays, weekday_slots, mean, prior=(1.0,) * 7)
    skipped = hints or FeedHints()
    rates = HourlyRates(
        average=average,
        hours=_skip(hour_factors, skipped.skip_hours, hours),
        weekdays=_skip(weekday_factors, skipped.skip_weekdays, weekdays),
    )
    return replace(rates, surge=_surge(rates, counts[:_SURGE_HOURS], rhythm.last_slot))


def appearances(
    times: Iterable[datetime | None], before: datetime | None, now: datetime
) -> tuple[datetime, ...]:
    """Return when new entries appeared in a feed that was last read at ``before``, None if never.

    An entry's time is believed if it lies between the two polls; else the entry appeared now. In
    the first poll there is nothing to compare with, and entries without a past time do not count.
    """
    if before is None:
        return tuple(time for time in times if time is not None and time <= now)
    return tuple(time if time is not None and before < time <= now else now for time in times)


def oldest_listed(times: Sequence[datetime | None], new_count: int) -> datetime | None:
    """Return the time of the oldest entry of a list, if half of the list is new.

    Otherwise the list is long enough, and None is returned; also if it or its times say little:
    times that are mostly equal are those of the list and not of its entries.
    """
    stated = [time for time in times if time is not None]
    if new_count * 2 < len(times) or len(stated) < MIN_LISTED:
        return None
    return min(stated) if len(set(stated)) * 2 >= len(times) else None


def _surge(rates: HourlyRates, latest: Sequence[int], last_slot: int) -> float:
    """Return how many times as many moments the latest hours have had as they usually have."""
    hour, minute_slot = divmod(last_slot, HOUR_SLOTS)
    expected = rates.share(hour) * (minute_slot + 1) + HOUR_SLOTS * sum(
        rates.share(hour - age) for age in range(1, len(latest))
    )
    surge = (sum(latest) + _SURGE_PRIOR) / (expected + _SURGE_PRIOR)
    return min(max(surge, 1 / _LARGEST_SURGE), _LARGEST_SURGE)


def count_moments(rhythm: FeedRhythm) -> int:
    """Return in how many slots of the history entries appeared."""
    return int.from_bytes(rhythm.slots, "little").bit_count()


def usual_pause(rhythm: FeedRhythm) -> UsualPause | None:
    """Return how long the feed is usually quiet; None if too little is known."""
    bits, longest_of_days = int.from_bytes(rhythm.slots, "little"), dict[int, int]()
    previous: int | None = None
    while bits:
        age = bits.bit_length() - 1
        bits ^= 1 << age
        slot = rhythm.last_slot - age
        if previous is not None:
            day = slot // DAY_SLOTS
            pause = (slot - previous) * SLOT_S // 60
            longest_of_days[day] = max(longest_of_days.get(day, 0), pause)
        previous = slot
    return UsualPause.from_minutes(longest_of_days.values())


def _slot(moment: datetime) -> int:
    return int(moment.timestamp() // SLOT_S)


def _hour_counts(rhythm: FeedRhythm) -> list[int]:
    """Return the slots with entries in each UTC hour of the known history, the latest first."""
    missing = HOUR_SLOTS - 1 - rhythm.last_slot % HOUR_SLOTS
    bits = int.from_bytes(rhythm.slots, "little") << missing
    hours = rhythm.last_slot // HOUR_SLOTS - rhythm.since_slot // HOUR_SLOTS + 1
    digits = f"{bits:0{hours * 3}x}"
    return [_COUNTS[digits[end - 3 : end]] for end in range(len(digits), 2, -3)]


def _smooth(values: Sequence[float]) -> list[float]:
    """Return the values with those of the hours beside them: a newsroom is not punctual."""
    count = len(values)
    return [
        (values[hour - 1] + 2 * values[hour] + values[(hour + 1) % count]) / 4
        for hour in range(count)
    ]


def _factors(
    moments: Sequence[float], slots: Sequence[float], average: float, prior: Sequence[float]
) -> tuple[float, ...]:
    """Return how much more often than on average each part of time has moments.

    The ``prior`` factors count as much as so many moments (_PRIOR_WEIGHT).
    """
    return tuple(
        (count + _PRIOR_WEIGHT * before) / (average * slot_count + _PRIOR_WEIGHT)
        for count, slot_count, before in zip(moments, slots, prior, strict=True)
    )


def _skip(
    factors: Sequence[float], skipped: Collection[int], moments: Sequence[float]
) -> tuple[float, ...]:
    return tuple(
        factor * _SKIPPED if number in skipped and not moments[number] else factor
        for number, factor in enumerate(factors)
    )
