"""Step 9: choose the event time, on which time windows, terms of office and repeats are based.

This is the only place that decides which time wins:

1. the page's own time of publication; if it states only a day, the feed's or manifest's time, if
   that is on this day (or within 14 hours of it, because of time zones);
2. the feed's time;
3. the manifest's time (of a seed);
4. the time of fetching, marked as such.

A page cannot have been published after it was fetched: a page's time more than a day later is a
wrong clock or the date of an announced event, and is ignored. The manifest's time of a seed is
kept as ``stated_time`` whichever time wins.
"""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final

from services.cleaner.article_draft import ArticleDraft, PageTime
from shared.messages.schemas import RawArticle, TimeSource

_MAX_CLOCK_DIFFERENCE: Final = timedelta(days=1)
_MAX_ZONE_DIFFERENCE: Final = timedelta(hours=14)
_DAY: Final = timedelta(days=1)


def choose_event_time(draft: ArticleDraft) -> ArticleDraft:
    """Fill ``event_time`` (UTC) and ``event_time_source``."""
    moment, source, provenance = _best_time(draft)
    chosen = replace(draft, event_time=moment.astimezone(UTC), event_time_source=source)
    return chosen.with_evidence(event_time=provenance)


def _best_time(draft: ArticleDraft) -> tuple[datetime, TimeSource, str]:
    page = plausible_time(draft.extraction.published, draft.raw)
    stated = draft.raw.published_at
    if page and not (page.day_only and stated and _is_around(stated, page.moment)):
        return page.moment, TimeSource.PAGE, page.provenance
    if stated:
        source = TimeSource.MANIFEST if draft.raw.origin == "seed" else TimeSource.FEED
        return stated, source, source.value
    return draft.raw.fetched_at, TimeSource.FETCHED, TimeSource.FETCHED.value


def plausible_time(published: PageTime | None, raw: RawArticle) -> PageTime | None:
    """Return the page's time, or None if it is later than the fetching allows."""
    latest = raw.fetched_at + _MAX_CLOCK_DIFFERENCE
    return published if published and published.moment <= latest else None


def _is_around(stated: datetime, day: datetime) -> bool:
    return day - _MAX_ZONE_DIFFERENCE <= stated < day + _DAY + _MAX_ZONE_DIFFERENCE
