"""When a page was published and changed, from the most trusted source that says so.

The sources in order: JSON-LD, meta, a marked time element; then guesses, which no field of the page
states: a line near the headline, and a script that names one day of publication. The day in the
page's address and days that the text mentions are no publication time; the address only tells which
of several time elements is the article's.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from itertools import islice
from typing import Any, Final

from services.cleaner.article_draft import PageTime
from services.cleaner.page.dates.moments import parse_moment
from services.cleaner.page.dates.precision import is_plausible, refine
from services.cleaner.page.dates.written_dates import publication_day
from services.cleaner.page.head import Head
from services.cleaner.page.provenance import SourcedValue, record
from shared.messages.schemas import FieldProvenance

_PUBLISHED: Final = (
    *("article:published_time", "og:article:published_time", "og:published_time"),
    *("parsely-pub-date", "sailthru.date", "datepublished"),
    *("date", "dc.date", "dc.date.issued", "dcterms.created", "pubdate", "publishdate"),
    *("publish-date", "cxenseparse:recs:publishtime"),
)
_MODIFIED: Final = ("article:modified_time", "og:updated_time", "datemodified", "last-modified")
_IN_ADDRESS: Final = re.compile(
    r"/(20\d\d|19\d\d)[/-]?(0[1-9]|1[0-2])[/-]?(0[1-9]|[12]\d|3[01])(?:/|-|$)"
)
_STEMS: Final = ("ublish", "ubdate", "ubDate", "ub_date")
"""One of them is in every name that ``_IN_SCRIPT`` knows, unless it is in capitals."""
_BEFORE_STEM: Final = 16
_BEHIND_STEM: Final = 90
_IN_SCRIPT: Final = re.compile(
    r"""\b(?:date_?published|published_?(?:at|date|time|on)?|publish(?:ing)?_?(?:date|time)"""
    r"""|pub_?date|first_?published(?:_?(?:at|date))?)\b["']?\s*[:=]\s*"""
    r"""["']([^"'<>]{8,40})["']""",
    re.IGNORECASE,
)
_MAX_IN_SCRIPTS: Final = 50
_MAX_STEMS: Final = 500
_A_DAY: Final = timedelta(days=1)


def find_published(
    head: Head, text: str, address: str | None, fetched_at: datetime, lines: Iterable[str] = ()
) -> tuple[PageTime | None, FieldProvenance | None]:
    """Return the page's time of publication, and the record.

    ``text``: the page's source; ``lines``: texts near the headline in which a person may read the
    day, used only if no machine-readable time is found.
    """
    values = list(_published_values(head, address))
    times = _plausible_times(values, fetched_at)
    if times:
        return _choose("firstcreated", times, values)
    guess = _find_in_lines(lines, fetched_at) or _find_in_scripts(text, fetched_at)
    if guess:
        value, moment = guess
        return _choose("firstcreated", [moment], [*values, value])
    if not values:
        return None, None
    why = "nobody states a time of publication that can be read and is plausible"
    return None, record("firstcreated", "none", why, values)


def find_modified(
    head: Head, fetched_at: datetime
) -> tuple[PageTime | None, FieldProvenance | None]:
    """Return when the page says that it was last changed, and the record."""
    values = [
        ("json-ld", text)
        for article in head.articles
        if (text := _stated(article.get("dateModified")))
    ]
    values += [("meta", head.meta[name]) for name in _MODIFIED if name in head.meta]
    times = _plausible_times(values, fetched_at)
    return _choose("versioncreated", times, values) if times else (None, None)


def _plausible_times(values: Iterable[SourcedValue], fetched_at: datetime) -> list[PageTime]:
    """Return the times in order; address and ``None`` are no times of publication."""
    times = (parse_moment(text, source) for source, text in values if source != "address")
    return [stated for stated in times if stated and is_plausible(stated.moment, fetched_at)]


def _choose(
    field: str, moments: list[PageTime], values: list[SourcedValue]
) -> tuple[PageTime, FieldProvenance]:
    """Choose the first time, or one that says the same more precisely.

    The record says whether another one differs by more than a day.
    """
    chosen = refine(moments[0], moments)
    disagree = any(_differ(chosen, moment) for moment in moments)
    why = _why(moments[0], chosen, moments, disagree=disagree)
    return chosen, record(field, chosen.provenance, why, values, disagree=disagree)


def _why(first: PageTime, chosen: PageTime, times: list[PageTime], *, disagree: bool) -> str:
    if len(times) == 1:
        return "a guess: no field states it" if chosen.is_guess else "the only witness"
    if chosen is not first:
        return f"{first.provenance} is believed first, and this says the same more precisely"
    if disagree:
        return f"{chosen.provenance} is believed first; another differs by more than a day"
    return "believed first; the others agree within a day"


def _differ(first: PageTime, second: PageTime) -> bool:
    """Return whether two moments are more than a day apart.

    One that names only a day may be any moment of it.
    """
    slack = _A_DAY * (1 + (first.precision == "day") + (second.precision == "day"))
    return abs(first.moment - second.moment) > slack


def _find_in_lines(
    lines: Iterable[str], fetched_at: datetime
) -> tuple[SourcedValue, PageTime] | None:
    dated = publication_day(lines, fetched_at.date())
    if dated is None:
        return None
    line, day = dated
    moment = datetime.combine(day, time(), UTC)
    guess = PageTime(moment=moment, precision="day", provenance="text", is_guess=True)
    return ("text", line), guess


def _find_in_scripts(text: str, fetched_at: datetime) -> tuple[SourcedValue, PageTime] | None:
    """Return the time that scripts name as that of publication, if all of them name one day.

    Several days are those of several stories.
    """
    values = [("script", value) for value in islice(_in_scripts(text), _MAX_IN_SCRIPTS)]
    times = _plausible_times(values, fetched_at)
    days = {stated.moment.date() for stated in times}
    if len(days) != 1:
        return None
    chosen = replace(refine(times[0], times), is_guess=True)
    return ("script", chosen.moment.isoformat()), chosen


def _in_scripts(text: str) -> Iterator[str]:
    """Yield the values that scripts give to names of a time of publication."""
    for stem in _STEMS:
        position = text.find(stem)
        for _ in range(_MAX_STEMS):
            if position < 0:
                break
            window = text[max(0, position - _BEFORE_STEM) : position + _BEHIND_STEM]
            match = _IN_SCRIPT.search(window)
            if match and _is_in_script(text, position):
                yield match[1]
            position = text.find(stem, position + len(stem))


def _is_in_script(text: str, position: int) -> bool:
    """Return whether the position is in a script other than JSON-LD, which the head has read."""
    start = text.rfind("<script", 0, position)
    opening = text[start : text.find(">", start, position)]
    return start >= 0 and "ld+json" not in opening and text.find("</script", start, position) < 0


def _published_values(head: Head, address: str | None) -> Iterator[SourcedValue]:
    for article in head.articles:
        stated = _stated(article.get("datePublished"))
        if stated and head.is_about_page(article):
            yield "json-ld", stated
    for name in _PUBLISHED:
        if name in head.meta:
            yield "meta", head.meta[name]
    in_address = _IN_ADDRESS.search(address or "")
    day = "-".join(in_address.groups()) if in_address else ""
    for moment in _element_times(head, day):
        yield "time", moment
    if day:
        yield "address", day


def _element_times(head: Head, day: str) -> list[str]:
    """Return the time elements that speak of this article.

    They are those marked as publication, or the only one. If several name different days, some are
    of other articles, and only those of the ``day`` that the address names count.
    """
    moments = [moment for is_marked, moment in head.times if is_marked]
    if not moments and len(head.times) == 1:
        moments = [head.times[0][1]]
    days = {
        moment: parsed.moment.date().isoformat()
        for moment in moments
        if (parsed := parse_moment(moment, "time"))
    }
    if len(set(days.values())) > 1:
        return [moment for moment in moments if days.get(moment) == day]
    return moments


def _stated(value: Any) -> str:
    """Return a date of JSON-LD as text: it may be a number, or an object or list of one."""
    if isinstance(value, list):
        value = value[0] if value else None
    if isinstance(value, dict):
        value = value.get("@value")
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return str(int(value)) if is_number else value if isinstance(value, str) else ""
