"""Which day a sentence states for what it reports: on Monday, on July 20, yesterday."""

import re
from datetime import date, timedelta
from typing import Final, NamedTuple

_WEEKDAYS: Final = (
    "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday",
)  # fmt: skip
_MONTHS: Final = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september",
    "october", "november", "december",
)  # fmt: skip
_MONTH: Final = "|".join(f"{month[:3]}(?:{month[3:]})?\\.?" for month in _MONTHS)
_DATE: Final = re.compile(
    rf"\b(?:(?P<month>{_MONTH}) (?P<day>\d{{1,2}})"
    rf"|(?P<day_first>\d{{1,2}}) (?P<month_last>{_MONTH}))"
    r"(?!\d)(?:,? (?P<year>(?:19|20)\d\d))?\b",
    re.IGNORECASE,
)
_RELATIVE: Final = re.compile(
    rf"\b(?P<last>last )?(?:(?P<weekday>{'|'.join(_WEEKDAYS)})|(?P<yesterday>yesterday))\b",
    re.IGNORECASE,
)
_LONG_AGO: Final = re.compile(
    r"\b(?:(?P<year>(?:19|20)\d\d)s?|last (?:year|month|spring|summer|autumn|fall|winter)|ago"
    r"|earlier|at the time|back then|years? later|months? later)\b",
    re.IGNORECASE,
)
_OF_THE_WEEK: Final = re.compile(r"\bearlier (?:on|in the day|this week|today)\b", re.IGNORECASE)


class StatedDay(NamedTuple):
    """The day of a report, and whether the sentence states it.

    ``is_stated`` is False where no day is named: then it is the article's own.
    """

    day: date
    is_stated: bool


def stated_day(sentence: str, article_day: date) -> StatedDay | None:
    """Return the day of what a sentence reports; None where that is not news of the article's day.

    News is what happened in the sixty days before it. A weekday is the last one of that name.
    """
    if match := _DATE.search(sentence):
        day = _calendar_day(match, article_day)
        return StatedDay(day, True) if day and _is_news(day, article_day) else None
    long_ago = _LONG_AGO.search(_OF_THE_WEEK.sub("", sentence))
    if long_ago and (not long_ago["year"] or int(long_ago["year"]) != article_day.year):
        return None
    if match := _RELATIVE.search(sentence):
        if match["yesterday"]:
            return StatedDay(article_day - timedelta(days=1), True)
        weekday = _WEEKDAYS.index(match["weekday"].lower())
        days = (article_day.weekday() - weekday) % 7
        return StatedDay(article_day - timedelta(days=days or 7 * bool(match["last"])), True)
    return StatedDay(article_day, "today" in sentence.lower())


def _is_news(day: date, article_day: date) -> bool:
    return timedelta(0) <= article_day - day <= timedelta(days=60)


def _calendar_day(match: re.Match[str], article_day: date) -> date | None:
    """Return the date of a match; one without a year is the last before the article's."""
    name = (match["month"] or match["month_last"]).lower()[:3]
    month = next(n for n, full in enumerate(_MONTHS, start=1) if full.startswith(name))
    year = int(match["year"] or article_day.year)
    try:
        day = date(year, month, int(match["day"] or match["day_first"]))
        return day if match["year"] or day <= article_day else day.replace(year=year - 1)
    except ValueError:
        return None
