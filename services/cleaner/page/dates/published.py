"""When a page was published and changed, the best witness first: JSON-LD, meta, a marked time element, its address, the text, a search.

Text and search (htmldate over the whole page) name no day after ``not_after``, so no clock is needed; where the search found only a year it says
the first of January, which is then not believed.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, time, timedelta
from functools import partial
from typing import Final

import htmldate

from services.cleaner.article_draft import PageTime
from services.cleaner.page.dates.moments import parsed
from services.cleaner.page.dates.written_dates import day_of
from services.cleaner.page.head import Head
from services.cleaner.page.parse import is_ordinary
from services.cleaner.page.provenance import SourcedValue, finding
from shared.messages.schemas import FieldProvenance

_PUBLISHED: Final = (
    "article:published_time",
    "og:article:published_time",
    "og:published_time",
    "parsely-pub-date",
    "sailthru.date",
    "datepublished",
)
_PUBLISHED_DAY: Final = (
    "date",
    "dc.date",
    "dc.date.issued",
    "dcterms.created",
    "pubdate",
    "publishdate",
    "publish-date",
    "cxenseparse:recs:publishtime",
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
    """The page's time of publication, and the record. ``text``: the page's source; ``not_after``: the time of fetching.

    ``lines`` are texts near the headline in which people may read the day; they are read only where no machine can tell it.
    """
    told = list(_witnesses(head, address))
    moments = [moment for witness, words in told if (moment := parsed(words, witness))]
    if not moments:
        said = _said_in(lines, not_after) or _searched(text, address, not_after)
        told, moments = ([*told, said[0]], [said[1]]) if said else (told, [])
    if not moments:
        return None, None
    won = moments[0]
    disagree = any(_apart(won, other) for other in moments)
    return won, finding(
        "firstcreated", won.witness, _why(won, moments, disagree=disagree), told, disagree=disagree
    )


def find_modified(head: Head) -> tuple[PageTime | None, FieldProvenance | None]:
    """When the page says that it was last changed, and the record."""
    told = [
        ("json-ld", each["dateModified"])
        for each in head.articles
        if isinstance(each.get("dateModified"), str)
    ]
    told += [("meta", head.meta[name]) for name in _MODIFIED if name in head.meta]
    moments = [moment for witness, words in told if (moment := parsed(words, witness))]
    if not moments:
        return None, None
    disagree = any(_apart(moments[0], other) for other in moments)
    return moments[0], finding(
        "versioncreated",
        moments[0].witness,
        _why(moments[0], moments, disagree=disagree),
        told,
        disagree=disagree,
    )


def _why(won: PageTime, moments: list[PageTime], *, disagree: bool) -> str:
    if len(moments) == 1:
        return "the only witness"
    return (
        f"{won.witness} is believed first; another differs by more than a day"
        if disagree
        else "believed first; the others agree within a day"
    )


def _apart(one: PageTime, other: PageTime) -> bool:
    """Whether two moments are more than a day from each other; one that names only a day may be any moment of it."""
    slack = _A_DAY * (1 + one.day_only + other.day_only)
    return abs(one.at - other.at) > slack


def _said_in(lines: Iterable[str], not_after: datetime) -> tuple[SourcedValue, PageTime] | None:
    found = day_of(lines, not_after.date())
    if found is None:
        return None
    line, day = found
    return ("text", line), PageTime(
        at=datetime.combine(day, time(), UTC), day_only=True, witness="text"
    )


def _searched(
    text: str, address: str | None, not_after: datetime
) -> tuple[SourcedValue, PageTime] | None:
    if not is_ordinary(text):
        return None
    page = "".join(_without_dateless_scripts(text.replace("\x00", "")))
    search = partial(
        htmldate.find_date,
        page,
        original_date=True,
        max_date=not_after.strftime("%Y-%m-%d"),
        url=address,
    )
    day = search(extensive_search=False) or search(
        extensive_search=True
    )  # the latter takes up to a tenth of a second
    found = parsed(day, "htmldate") if day and not _only_a_year(day, text) else None
    return (("htmldate", found.at.date().isoformat()), found) if found else None


def _only_a_year(day: str, text: str) -> bool:
    """Whether the search says January 1st of a year of which the page does not name that day in figures."""
    year, month_and_day = day[:4], day[4:]
    return month_and_day == "-01-01" and not re.search(
        rf"{year}[-/.]?01[-/.]?01|\b0?1[-/.]\s?0?1[-/.]\s?{year}", text
    )


def _without_dateless_scripts(text: str) -> Iterator[str]:
    """The page in pieces, but for scripts that name no date: two thirds of what htmldate would parse."""
    at = 0
    while (start := text.find("<script", at)) >= 0 and (end := text.find(_SCRIPT_END, start)) >= 0:
        end += len(_SCRIPT_END)
        yield text[at : end if _DATED.search(text, start, end) else start]
        at = end
    yield text[at:]


def _witnesses(head: Head, address: str | None) -> Iterator[SourcedValue]:
    for each in head.articles:
        if isinstance(each.get("datePublished"), str):
            yield "json-ld", each["datePublished"]
    for name in (*_PUBLISHED, *_PUBLISHED_DAY):
        if name in head.meta:
            yield "meta", head.meta[name]
    dated = _IN_ADDRESS.search(address or "")
    day = "-".join(dated.groups()) if dated else ""
    yield from _times(head, day)
    if day:
        yield "address", day


def _times(head: Head, day: str) -> Iterator[SourcedValue]:
    """Time elements that speak of this article: those marked as publication, or the only one. Where several name different days they are of
    other articles, too, and only those of the ``day`` that the address names count.
    """
    told = [moment for marked, moment in head.times if marked] or (
        [head.times[0][1]] if len(head.times) == 1 else []
    )
    days = {
        moment: found.at.date().isoformat() for moment in told if (found := parsed(moment, "time"))
    }
    if len(set(days.values())) > 1:
        told = [moment for moment in told if days.get(moment) == day]
    yield from (("time", moment) for moment in told)
