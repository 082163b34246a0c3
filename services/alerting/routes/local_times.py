"""Times of a day in a time zone: when receivers are muted, and when their digests go out. Pure.

Clock times are the zone's: when clocks go back, a time that comes twice counts both times for a
mute time and once for a digest; when they go forward, a digest at a time that is left out goes out
as many minutes after the change as it was asked for after the last time before it.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from services.alerting.urgency import urgency
from shared.messages.schemas import Severity

DAY_MINUTES: Final = 24 * 60
EVERY_DAY: Final = frozenset(range(7))


@dataclass(frozen=True, slots=True, kw_only=True)
class MuteTime:
    """From when until when, in minutes of the local day, on which days (0 is Monday).

    If ``end`` is not after ``start`` it is on the next day. Alerts up to ``up_to`` are muted.
    """

    name: str
    zone: str
    start: int
    end: int
    days: frozenset[int] = EVERY_DAY
    up_to: Severity = Severity.HIGH

    def is_active(self, now: datetime) -> bool:
        """Return whether it mutes now."""
        local = now.astimezone(_zone(self.zone))
        minute, day = local.hour * 60 + local.minute, local.weekday()
        if self.start < self.end:
            return day in self.days and self.start <= minute < self.end
        began_today = day in self.days and minute >= self.start
        return began_today or ((day - 1) % 7 in self.days and minute < self.end)

    def mutes(self, severity: Severity, now: datetime) -> bool:
        """Return whether an alert of this severity is muted now."""
        return urgency(severity) <= urgency(self.up_to) and self.is_active(now)


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestTime:
    """When a digest goes out: minutes of the local day, on which days (0 is Monday).

    Alerts up to ``up_to`` wait for it.
    """

    name: str
    zone: str
    at: tuple[int, ...]
    days: frozenset[int] = EVERY_DAY
    up_to: Severity = Severity.HIGH

    def next_after(self, moment: datetime) -> datetime:
        """Return the next time that it goes out, in UTC, later than ``moment``."""
        first = moment.astimezone(_zone(self.zone)).date() - timedelta(days=1)
        return min(each for each in self._times(first) if each > moment)

    def holds(self, severity: Severity) -> bool:
        """Return whether an alert of this severity waits for it."""
        return urgency(severity) <= urgency(self.up_to)

    def _times(self, first: date) -> Iterator[datetime]:
        """Yield every time of ten days, so that each day of the week is among them."""
        for number in range(10):
            day = first + timedelta(days=number)
            if day.weekday() in self.days:
                for minute in self.at:
                    clock = time(minute // 60, minute % 60)
                    yield datetime.combine(day, clock, _zone(self.zone)).astimezone(UTC)


def active_mute_time(
    mute_times: Iterable[MuteTime], severity: Severity, now: datetime
) -> MuteTime | None:
    """Return a mute time that mutes this severity now, if any."""
    return next((each for each in mute_times if each.mutes(severity, now)), None)


@lru_cache(maxsize=64)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)
