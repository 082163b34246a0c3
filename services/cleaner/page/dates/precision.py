"""Compare times of different precision: a day and a time without a zone may be many moments."""

from datetime import UTC, datetime, time, timedelta
from typing import Final

from services.cleaner.article_draft import PageTime
from shared.dates.stated_time import EARLIEST

_MAX_CLOCK_DIFFERENCE: Final = timedelta(days=1)
_MAX_ZONE_DIFFERENCE: Final = timedelta(hours=14)
_DAY: Final = timedelta(days=1)


def is_plausible(moment: datetime, fetched_at: datetime) -> bool:
    """Return whether an article that was fetched then can have been published at the moment.

    It was not published before the web, nor more than a day after it was fetched: that is a wrong
    clock, or the date of an announced event.
    """
    return EARLIEST <= moment <= fetched_at + _MAX_CLOCK_DIFFERENCE


def is_vague(stated: PageTime) -> bool:
    """Return whether the time names no moment; midnight in UTC is often only a day."""
    is_midnight = stated.moment.astimezone(UTC).time() == time()
    return stated.precision != "moment" or is_midnight


def may_be(vague: PageTime, moment: datetime) -> bool:
    """Return whether a time that is not precise may be this moment, in any zone of the world."""
    earliest = vague.moment - _MAX_ZONE_DIFFERENCE
    is_clock = vague.precision == "zoneless"
    latest = vague.moment + _MAX_ZONE_DIFFERENCE + (timedelta() if is_clock else _DAY)
    return earliest <= moment <= latest


def refine(chosen: PageTime, times: list[PageTime]) -> PageTime:
    """Return the first time that says more precisely what ``chosen`` says, else ``chosen``.

    A day never beats a moment of the same day, nor a clock time on it.
    """
    if not is_vague(chosen):
        return chosen
    finer = [other for other in times if may_be(chosen, other.moment)]
    moments = [other for other in finer if not is_vague(other)]
    clocks = [other for other in finer if other.precision == "zoneless"]
    if chosen.precision == "day":
        return next(iter((*moments, *clocks)), chosen)
    return next(iter(moments), chosen)
