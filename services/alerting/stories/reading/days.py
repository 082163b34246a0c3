"""Days that a text names, as dates: "Monday", "June 4", "yesterday"."""

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Final

from shared.dates.months import month_number

_WEEKDAYS: Final = {
    name: number
    for names in (
        "monday tuesday wednesday thursday friday saturday sunday",
        "montag dienstag mittwoch donnerstag freitag samstag sonntag",
        "lunes martes miércoles jueves viernes sábado domingo",
        "lundi mardi mercredi jeudi vendredi samedi dimanche",
        "lunedì martedì mercoledì giovedì venerdì sabato domenica",
    )
    for number, name in enumerate(names.split())
}
_RELATIVE: Final = {
    "today": 0, "yesterday": -1, "tomorrow": 1, "tonight": 0, "heute": 0, "gestern": -1,
    "hoy": 0, "ayer": -1, "hier": -1,
}  # fmt: skip
_AHEAD_WORDS: Final = (
    "will begins due set next plans planned scheduled expected starting could might looms upcoming"
)
_AHEAD: Final = frozenset(_AHEAD_WORDS.split())
"""Words that say that a weekday is one to come."""
_BEHIND: Final = frozenset({"last"})
_TOMORROW: Final = 6
"""How many days ago tomorrow's weekday was."""
_NEXT_DAY_HOUR: Final = 14
_LAST_DAY: Final = 31
_LONGEST_YEAR: Final = 4


def day_at(
    tokens: Sequence[str], at: int, published_at: datetime, *, is_ahead: bool
) -> tuple[date, int] | None:
    """Return the day that the tokens name from here on, and the token behind it.

    Tokens are in lower case. ``is_ahead``: the sentence speaks of what is to come. In the afternoon
    of UTC it is tomorrow in Asia, so tomorrow's weekday is that day and none of last week.
    """
    token, published = tokens[at], published_at.date()
    if token in _WEEKDAYS:
        back = (published.weekday() - _WEEKDAYS[token]) % 7
        before = tokens[at - 1] if at else ""
        is_next = back == _TOMORROW and published_at.hour >= _NEXT_DAY_HOUR
        if back and (before == "next" or is_next or (is_ahead and before not in _BEHIND)):
            return published + timedelta(days=7 - back), at + 1
        return published - timedelta(days=back), at + 1
    if token in _RELATIVE:
        return published + timedelta(days=_RELATIVE[token]), at + 1
    return _calendar_day(tokens, at, published)


def new_days(days: Collection[date], earlier: Collection[date]) -> list[date]:
    """Return the days that are not known; "Friday" may mean the last one or the next."""
    week = timedelta(days=7)
    return [day for day in days if {day - week, day, day + week}.isdisjoint(earlier)]


def is_ahead(tokens: Sequence[str]) -> bool:
    """Return whether a sentence speaks of what is to come."""
    return not _AHEAD.isdisjoint(tokens) or any(
        pair in {("is", "to"), ("are", "to")} for pair in pairwise(tokens)
    )


def _calendar_day(tokens: Sequence[str], at: int, published: date) -> tuple[date, int] | None:
    """Return "June 4" or "4 June" in the year that is nearest to the article's day."""
    following = tokens[at + 1] if at + 1 < len(tokens) else ""
    is_spanish = following == "de" and at + 2 < len(tokens)
    named = tokens[at + 2] if is_spanish else following
    if _is_day(tokens[at]) and named.isalpha():
        day, month = int(tokens[at]), _month(named)
    elif _is_day(following) and tokens[at].isalpha():
        day, month = int(following), _month(tokens[at])
    else:
        return None
    years = (published.year, published.year - 1, published.year + 1)
    days = [near for year in years if (near := _date(year, month, day))]
    return (
        (min(days, key=lambda near: abs(near - published)), at + 2 + is_spanish) if days else None
    )


def _is_day(token: str) -> bool:
    return token.isdecimal() and len(token) < _LONGEST_YEAR and 0 < int(token) <= _LAST_DAY


def _month(token: str) -> int:
    return month_number(token) if len(token) > 2 else 0


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
