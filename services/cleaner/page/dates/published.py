"""When a page was published and changed, from the most trusted source that says so.

The sources in order: JSON-LD, meta, a marked time element, the page's address, its text, and a
search. Text and search (htmldate over the whole page) name no day after ``not_after``, so no clock
is needed. Where the search found only a year it says the first of January, which is ignored then.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, time, timedelta
from functools import partial
from typing import Final

from services.cleaner.article_draft import PageTime
from services.cleaner.page.dates.moments import parse_moment
from services.cleaner.page.dates.written_dates import publication_day
from services.cleaner.page.head import Head
from services.cleaner.page.parse import is_ordinary
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
_SCRIPT_END: Final = "</script>"
_DATED: Final = re.compile(r"(?:19|20)\d\d[-/.]\d\d")
_A_DAY: Final = timedelta(days=1)


def find_published(
    head: Head, text: str, address: str | None, not_after: datetime, lines: Iterable[str] = ()
) -> tuple[PageTime | None, FieldProvenance | None]:
    """Return the page's time of publication, and the record.

    ``text``: the page's source; ``not_after``: the time of fetching; ``lines``: texts near the
    headline in which a person may read the day, used only if no machine-readable time is found.
    """
    values = list(_published_values(head, address))
    moments = _parse_values(values)
    if not moments:
        fallback = _find_in_lines(lines, not_after) or _search(text, address, not_after)
        if not fallback:
            return None, None
        value, moment = fallback
        return _choose("firstcreated", [moment], [*values, value])
    return _choose("firstcreated", moments, values)


def find_modified(head: Head) -> tuple[PageTime | None, FieldProvenance | None]:
    """Return when the page says that it was last changed, and the record."""
    in_json_ld = (article.get("dateModified") for article in head.articles)
    values = [("json-ld", text) for text in in_json_ld if isinstance(text, str)]
    values += [("meta", head.meta[name]) for name in _MODIFIED if name in head.meta]
    moments = _parse_values(values)
    return _choose("versioncreated", moments, values) if moments else (None, None)


def _parse_values(values: Iterable[SourcedValue]) -> list[PageTime]:
    moments = (parse_moment(text, source) for source, text in values)
    return [moment for moment in moments if moment]


def _choose(
    field: str, moments: list[PageTime], values: list[SourcedValue]
) -> tuple[PageTime, FieldProvenance]:
    """Choose the first moment, and record whether another one differs by more than a day."""
    chosen = moments[0]
    disagree = any(_differ(chosen, moment) for moment in moments)
    why = _why(chosen, moments, disagree=disagree)
    return chosen, record(field, chosen.provenance, why, values, disagree=disagree)


def _why(chosen: PageTime, moments: list[PageTime], *, disagree: bool) -> str:
    if len(moments) == 1:
        return "the only witness"
    if disagree:
        return f"{chosen.provenance} is believed first; another differs by more than a day"
    return "believed first; the others agree within a day"


def _differ(first: PageTime, second: PageTime) -> bool:
    """Return whether two moments are more than a day apart.

    One that names only a day may be any moment of it.
    """
    slack = _A_DAY * (1 + first.day_only + second.day_only)
    return abs(first.moment - second.moment) > slack


def _find_in_lines(
    lines: Iterable[str], not_after: datetime
) -> tuple[SourcedValue, PageTime] | None:
    dated = publication_day(lines, not_after.date())
    if dated is None:
        return None
    line, day = dated
    moment = datetime.combine(day, time(), UTC)
    return ("text", line), PageTime(moment=moment, day_only=True, provenance="text")


def _search(
    text: str, address: str | None, not_after: datetime
) -> tuple[SourcedValue, PageTime] | None:
    if not is_ordinary(text):
        return None
    import htmldate  # noqa: PLC0415 - it takes long to import, and few pages need it

    page = "".join(_without_dateless_scripts(text.replace("\x00", "")))
    max_date = not_after.strftime("%Y-%m-%d")
    search = partial(htmldate.find_date, page, original_date=True, max_date=max_date, url=address)
    # The extensive search takes up to a tenth of a second.
    day = search(extensive_search=False) or search(extensive_search=True)
    moment = parse_moment(day, "htmldate") if day and not _is_only_a_year(day, text) else None
    return (("htmldate", moment.moment.date().isoformat()), moment) if moment else None


def _is_only_a_year(day: str, text: str) -> bool:
    """Return whether the search found January 1st, and the page does not name it in figures."""
    year, month_and_day = day[:4], day[4:]
    pattern = rf"{year}[-/.]?01[-/.]?01|\b0?1[-/.]\s?0?1[-/.]\s?{year}"
    return month_and_day == "-01-01" and not re.search(pattern, text)


def _without_dateless_scripts(text: str) -> Iterator[str]:
    """Yield the page in pieces, without the scripts that name no date.

    They are two thirds of what htmldate would parse.
    """
    position = 0
    while (start := text.find("<script", position)) >= 0:
        end = text.find(_SCRIPT_END, start)
        if end < 0:
            break
        end += len(_SCRIPT_END)
        yield text[position : end if _DATED.search(text, start, end) else start]
        position = end
    yield text[position:]


def _published_values(head: Head, address: str | None) -> Iterator[SourcedValue]:
    for article in head.articles:
        if isinstance(article.get("datePublished"), str):
            yield "json-ld", article["datePublished"]
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
