"""In which minutes articles of each source arrived, and how long it is usually quiet. Pure.

A day of a source is a bitmap of its minutes, so that the order in which partitions are read does
not matter. The usual pause of a source is that of the last two weeks (shared/dates/usual_pause.py).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Final

from shared.dates.usual_pause import MIN_QUIET_S, UsualPause
from shared.messages.schemas import QuietSource, SourceDay

DAY_MINUTES: Final = 24 * 60
HISTORY: Final = timedelta(days=14)
MAX_SOURCES: Final = 2_000
"""Sources that are watched; the articles of others are only counted."""
_EPOCH: Final = date(1970, 1, 1).toordinal()


@dataclass(frozen=True, slots=True)
class _DayMinutes:
    """The minutes of one day, as a bitmap, and how many articles arrived."""

    minutes: int = 0
    articles: int = 0


@dataclass(frozen=True, slots=True)
class _DayPauses:
    """First and last minute of a day's arrivals, and the longest pause between two of them."""

    first: int
    last: int
    longest: int


@dataclass(slots=True)
class Arrivals:
    """The minutes of the last days by source; ``changed`` are the days to be stored again."""

    changed: set[tuple[str, date]] = field(default_factory=set)
    _days: dict[str, dict[date, _DayMinutes]] = field(default_factory=dict)
    _pauses: dict[tuple[str, date], tuple[int, _DayPauses]] = field(default_factory=dict)

    @property
    def sources(self) -> tuple[str, ...]:
        """The sources that are watched, in alphabetical order."""
        return tuple(sorted(self._days))

    def add(self, source: str, at: datetime) -> None:
        """Note that an article of a source arrived."""
        if source not in self._days and len(self._days) >= MAX_SOURCES:
            return
        day, minute = at.date(), at.hour * 60 + at.minute
        before = self._days.setdefault(source, {}).get(day, _DayMinutes())
        self._days[source][day] = _DayMinutes(before.minutes | 1 << minute, before.articles + 1)
        self.changed.add((source, day))

    def load(self, stored: SourceDay) -> None:
        """Take a day as it was stored."""
        minutes = int.from_bytes(stored.minutes, "little") & (1 << DAY_MINUTES) - 1
        if minutes:
            days = self._days.setdefault(stored.source, {})
            days[stored.day] = _DayMinutes(minutes, stored.articles)

    def store(self, source: str, day: date) -> SourceDay | None:
        """Return a day as it is stored; None if it is forgotten."""
        known = self._days.get(source, {}).get(day)
        if known is None:
            return None
        minutes = known.minutes.to_bytes(DAY_MINUTES // 8, "little")
        return SourceDay(source=source, day=day, articles=known.articles, minutes=minutes)

    def forget_before(self, now: datetime) -> None:
        """Forget the days that are too old to say what is usual."""
        limit = (now - HISTORY).date()
        for source, days in list(self._days.items()):
            for day in [day for day in days if day < limit]:
                del days[day]
                self._pauses.pop((source, day), None)
                self.changed.add((source, day))
            if not days:
                del self._days[source]

    def last_at(self, source: str) -> datetime | None:
        """Return the minute of a source's last article; None if none is remembered."""
        days = self._days.get(source)
        if not days:
            return None
        day = max(days)
        return _time_of(day, days[day].minutes.bit_length() - 1)

    def count_since(self, source: str, since: datetime) -> int:
        """Return how many articles of a source arrived on the day of ``since`` and after it."""
        days = self._days.get(source, {})
        return sum(each.articles for day, each in days.items() if day >= since.date())

    def usual_pause(self, source: str) -> UsualPause | None:
        """Return how long a source is usually quiet; None if too little is known of it."""
        days = self._days.get(source, {})
        pauses = ((day, self._pauses_of(source, day, days[day].minutes)) for day in sorted(days))
        return UsualPause.from_minutes(_longest_pauses(pauses))

    def all_sources(self) -> "Arrivals":
        """Return the arrivals of all sources as those of one, whose name is empty."""
        merged: dict[date, _DayMinutes] = {}
        for days in self._days.values():
            for day, each in days.items():
                before = merged.get(day, _DayMinutes())
                merged[day] = _DayMinutes(
                    before.minutes | each.minutes, before.articles + each.articles
                )
        return Arrivals(_days={"": merged} if merged else {})

    def quiet_sources(self, now: datetime) -> tuple[QuietSource, ...]:
        """Return the sources that are quiet for longer than is usual, the most unusual first."""
        quiet = []
        for source in self.sources:
            last_at, usual = self.last_at(source), self.usual_pause(source)
            quiet_s = (now - last_at).total_seconds() if last_at else 0.0
            if usual and quiet_s >= MIN_QUIET_S and usual.is_exceeded(quiet_s):
                quiet.append(
                    QuietSource(source=source, quiet_s=int(quiet_s), usual_s=usual.usual_s)
                )
        return tuple(sorted(quiet, key=_by_times_longer))

    def _pauses_of(self, source: str, day: date, minutes: int) -> _DayPauses:
        known = self._pauses.get((source, day))
        if known is None or known[0] != minutes:
            known = self._pauses[source, day] = minutes, _find_pauses(minutes)
        return known[1]


def _by_times_longer(quiet: QuietSource) -> tuple[float, str]:
    return -quiet.quiet_s / quiet.usual_s, quiet.source


def _longest_pauses(days: Iterable[tuple[date, _DayPauses]]) -> Iterator[int]:
    """Yield the longest pause, in minutes, that ended on each day."""
    last: int | None = None
    for day, pauses in days:
        start = (day.toordinal() - _EPOCH) * DAY_MINUTES
        if last is not None:
            yield max(pauses.longest, start + pauses.first - last)
        elif pauses.longest:
            yield pauses.longest
        last = start + pauses.last


def _find_pauses(minutes: int) -> _DayPauses:
    """Return the pauses of a bitmap that is not zero."""
    first, last = (minutes & -minutes).bit_length() - 1, minutes.bit_length() - 1
    empty, longest = ~minutes & (1 << last) - (1 << first), 0
    while empty:  # each round shortens every run of empty minutes by one
        empty &= empty >> 1
        longest += 1
    return _DayPauses(first, last, longest + 1 if last > first else 0)


def _time_of(day: date, minute: int) -> datetime:
    return datetime(day.year, day.month, day.day, minute // 60, minute % 60, tzinfo=UTC)
