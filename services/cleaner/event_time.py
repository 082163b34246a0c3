"""Step 9: choose the event time, on which time windows, terms of office and repeats are based.

This is the only place that decides which time wins:

1. the page's own time of publication, if it is a moment that a field of the page states;
2. a day that a field of the page states, if the feed's time is not on it (or within 14 hours of it,
   because of time zones);
3. the feed's time, or the manifest's (of a seed);
4. the page's time without a zone, and what was guessed from its text;
5. the time of fetching, marked as such.

A feed's time that is no moment gives way to a field of the page that says more. Times of page and
feed have the same bounds: not before the web, not more than a day after the fetching. The
manifest's time of a seed is an operator's word; it has no bounds, and is kept as ``stated_time``
whichever time wins.
"""

from dataclasses import replace
from datetime import UTC
from typing import Final

from services.cleaner.article_draft import ArticleDraft, PageTime
from services.cleaner.page.dates.precision import is_plausible, is_vague, may_be
from services.cleaner.page.provenance import SourcedValue, record
from shared.messages.schemas import FieldProvenance, RawArticle, TimeSource

_FETCHED: Final = TimeSource.FETCHED


def choose_event_time(draft: ArticleDraft) -> ArticleDraft:
    """Fill ``event_time`` (UTC), its source and precision; add the record of the choice."""
    raw = draft.raw
    page, stated = plausible_time(draft.extraction.published, raw), _stated_time(raw)
    if raw.origin != "seed":
        stated = plausible_time(stated, raw)
    source, why = _choose(page, stated, raw)
    fetched = PageTime(moment=raw.fetched_at, provenance=_FETCHED.value)
    chosen = (page if source == TimeSource.PAGE else stated) or fetched
    finding = _record(draft, chosen, why)
    findings = (*draft.extraction.findings, *((finding,) if finding else ()))
    filled = replace(
        draft,
        event_time=chosen.moment.astimezone(UTC),
        event_time_source=source,
        event_time_precision=chosen.precision,
        extraction=replace(draft.extraction, findings=findings),
    )
    return filled.with_evidence(event_time=chosen.provenance)


def plausible_time(published: PageTime | None, raw: RawArticle) -> PageTime | None:
    """Return the time, or None if it is out of bounds."""
    is_within = published is not None and is_plausible(published.moment, raw.fetched_at)
    return published if is_within else None


def _stated_time(raw: RawArticle) -> PageTime | None:
    """Return the feed's or manifest's time."""
    if raw.published_at is None:
        return None
    source, precision = _stated_source(raw), raw.published_precision
    return PageTime(moment=raw.published_at, precision=precision, provenance=source.value)


def _stated_source(raw: RawArticle) -> TimeSource:
    return TimeSource.MANIFEST if raw.origin == "seed" else TimeSource.FEED


def _choose(
    page: PageTime | None, stated: PageTime | None, raw: RawArticle
) -> tuple[TimeSource, str]:
    """Return the source of the time, and why it is that one."""
    stated_source = _stated_source(raw)
    if page is None and stated is None:
        return _FETCHED, "nobody states a time that is plausible"
    if stated is None:
        return TimeSource.PAGE, "the only witness"
    if page is None:
        return stated_source, "the only witness"
    if page.is_guess:
        return stated_source, "what is read in the page's text is only a guess"
    if is_vague(page) and not is_vague(stated) and may_be(page, stated.moment):
        return stated_source, "it says more precisely what the page says"
    if page.precision == "zoneless" and stated.precision == "moment":
        return stated_source, "the page's time has no zone"
    if page.precision == "day" and stated.precision == "zoneless" and may_be(page, stated.moment):
        return stated_source, "it says more precisely what the page says"
    return TimeSource.PAGE, "the page speaks for itself"


def _record(draft: ArticleDraft, chosen: PageTime, why: str) -> FieldProvenance | None:
    """Return the record of the choice; None if nobody but the fetching could be asked."""
    times = (draft.extraction.published, _stated_time(draft.raw))
    values: list[SourcedValue] = [(time.provenance, _as_stated(time)) for time in times if time]
    if not values:
        return None
    values.append((_FETCHED.value, draft.raw.fetched_at.isoformat()))
    return record("event_time", chosen.provenance, why, values)


def _as_stated(stated: PageTime) -> str:
    """Format a time as precisely as it is stated: a day, a clock time without a zone, a moment."""
    if stated.precision == "day":
        return stated.moment.date().isoformat()
    if stated.precision == "zoneless":
        return stated.moment.replace(tzinfo=None).isoformat()
    return stated.moment.isoformat()
