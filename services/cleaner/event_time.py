"""Step 9: the moment on which windows, offices and repeats are reckoned. The one place that says which witness wins.

1. the page's own published time; if it names only a day, the feed's or manifest's moment on that day (or within 14 hours of it: zones);
2. the feed's time;
3. the manifest's time (of a seed);
4. the time of fetching, marked as such.

A page cannot have been published after it was fetched: a page's time more than a day later is a wrong clock or an event's date, and is
not believed. The manifest's time of a seed is kept as ``stated_time`` whoever wins.
"""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final

from services.cleaner.article_draft import ArticleDraft, PageTime
from shared.messages.schemas import RawArticle, TimeSource

_CLOCKS_DIFFER: Final = timedelta(days=1)
_ZONES_DIFFER: Final = timedelta(hours=14)
_DAY: Final = timedelta(days=1)


def settle_event_time(draft: ArticleDraft) -> ArticleDraft:
    """Fill ``event_time`` (UTC) and ``event_time_source``."""
    page = believed(draft.cut.published, draft.raw)
    stated = draft.raw.published_at
    if page and not (page.day_only and stated and _within(stated, page.at)):
        return replace(
            draft, event_time=page.at.astimezone(UTC), event_time_source=TimeSource.PAGE
        ).knowing(event_time=page.witness)
    if stated:
        source = TimeSource.MANIFEST if draft.raw.origin == "seed" else TimeSource.FEED
        return replace(draft, event_time=stated.astimezone(UTC), event_time_source=source).knowing(
            event_time=source.value
        )
    fetched = draft.raw.fetched_at.astimezone(UTC)
    return replace(draft, event_time=fetched, event_time_source=TimeSource.FETCHED).knowing(
        event_time=TimeSource.FETCHED.value
    )


def believed(published: PageTime | None, raw: RawArticle) -> PageTime | None:
    """The page's time, unless it lies after the fetching."""
    return published if published and published.at <= raw.fetched_at + _CLOCKS_DIFFER else None


def _within(stated: datetime, day: datetime) -> bool:
    return day - _ZONES_DIFFER <= stated < day + _DAY + _ZONES_DIFFER
