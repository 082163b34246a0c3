"""Poll one feed: fetch, parse, download the pages of new entries, and say what to remember.

All input and output is passed in; entry_batch.py says what becomes of each entry.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import urlsplit

from services.fetcher.entries.entry_batch import AbandonedEntry, EntryBatch
from services.fetcher.entries.entry_identity import IdentityReason
from services.fetcher.feed_error import ErrorKind, kind_of_error, kind_of_status
from services.fetcher.parsing.feed_entry import MAX_ENTRIES, FeedEntry, ParsedFeed
from services.fetcher.polling.entry_pages import EntryPages, Select, load_pages, select_here
from services.fetcher.polling.web import (
    FeedResponse,
    Parse,
    Web,
    describe_status,
    feed_headers,
    page_headers,
)
from services.fetcher.sources.feeds_file import FeedSpec
from services.fetcher.timing.freshness import fresh_s
from services.fetcher.timing.moves import may_move, moved_url
from services.fetcher.timing.rhythm import appearances, oldest_listed
from services.fetcher.timing.schedule import (
    PollOutcome,
    PollReport,
    conditional_headers,
    next_state,
)
from shared.base.outcomes import InvalidMessage
from shared.http.errors import HttpError
from shared.http.retry_after import retry_after_s
from shared.messages.schemas import FeedState, RawArticle

POLL_TIME: Final = timedelta(minutes=10)
"""A poll starts no more downloads after this time, so that slow pages do not delay the others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PollResult:
    """The result of a poll: articles and state to write together, and what an operator should know.

    ``error_kind`` is why it failed, None if it did not.
    ``unchanged`` counts pages whose entry had changed but whose content had not. ``waiting`` counts
    entries that are left for the next poll, ``decisions`` why which entries are what they are.
    """

    outcome: PollOutcome
    state: FeedState
    error_kind: ErrorKind | None = None
    articles: tuple[RawArticle, ...] = ()
    abandoned: tuple[AbandonedEntry, ...] = ()
    unchanged: int = 0
    waiting: int = 0
    decisions: Mapping[IdentityReason, int] = field(default_factory=dict)
    problems: tuple[str, ...] = ()


async def poll_feed(
    spec: FeedSpec,
    state: FeedState,
    *,
    web: Web,
    parse: Parse,
    now: Callable[[], datetime],
    select: Select = select_here,
) -> PollResult:
    """Poll a feed. Nothing that a server does is an error here: it becomes part of the result."""
    conditions = conditional_headers(state, now())
    moved = _moved_url(spec, state, now())

    async def load(entries: Sequence[FeedEntry]) -> EntryPages:
        return await load_pages(spec, entries, web.fetch_pages, select)

    try:
        response = await web.fetch_feed(
            moved or spec.url, feed_headers(spec, conditions), ignore_robots=spec.ignore_robots
        )
        base = _begin_report(spec, response, now(), at_moved=moved is not None)
        if response.status != 200:
            return _end_without_feed(response, state, base, conditional=bool(conditions))
        feed = await parse(response.body, response.headers.get("content-type"), response.url)
        feed = await add_parts(feed, spec, web, parse)
    except (HttpError, InvalidMessage) as error:
        report = PollReport(
            polled_at=now(),
            outcome=PollOutcome.FAILED,
            error=str(error),
            error_kind=kind_of_error(error),
            at_moved=moved is not None,
        )
        return _build_result(state, report)
    return await _download_entries(spec, state, feed, base, response, load, now)


def _moved_url(spec: FeedSpec, state: FeedState, now: datetime) -> str | None:
    """Return where the feed has moved; its line in the feeds file may have secrets by now."""
    moved = moved_url(state.moved, now)
    return moved if moved and may_move(spec.url, moved, has_secrets=bool(spec.headers)) else None


def _begin_report(
    spec: FeedSpec, response: FeedResponse, polled_at: datetime, *, at_moved: bool
) -> PollReport:
    """Return what the headers of a response say about the next polls."""
    target = response.moved_to
    if target and not may_move(spec.url, target, has_secrets=bool(spec.headers)):
        target = None
    return PollReport(
        polled_at=polled_at,
        outcome=PollOutcome.UNCHANGED,
        fresh_s=fresh_s(response.headers, polled_at),
        moved_to=target,
        at_moved=at_moved,
    )


async def add_parts(feed: ParsedFeed, spec: FeedSpec, web: Web, parse: Parse) -> ParsedFeed:
    """Return the feed with the entries of its parts; one that cannot be read is a problem."""
    if not feed.parts:
        return feed
    entries, problems = list(feed.entries), list(feed.problems)
    host = urlsplit(spec.url).hostname
    for url in feed.parts:
        if urlsplit(url).hostname != host:
            problems.append(f"{url}: left out, because it is on another host than its index")
            continue
        try:
            part = await _fetch_part(url, spec, web, parse)
        except (HttpError, InvalidMessage) as error:
            problems.append(f"{url}: {error}")
            continue
        entries += part.entries
        problems += part.problems
    return ParsedFeed(
        entries=tuple({entry.key: entry for entry in entries}.values())[:MAX_ENTRIES],
        problems=tuple(problems),
        format_name=feed.format_name,
        hints=feed.hints,
    )


async def _fetch_part(url: str, spec: FeedSpec, web: Web, parse: Parse) -> ParsedFeed:
    # The index decides where its parts are: another port or scheme must not get its headers.
    is_same_origin = urlsplit(url)[:2] == urlsplit(spec.url)[:2]
    headers = feed_headers(spec, {}) if is_same_origin else page_headers(spec)
    response = await web.fetch_feed(url, headers, ignore_robots=spec.ignore_robots)
    if response.status != 200:
        raise InvalidMessage(describe_status(response.status))
    return await parse(response.body, response.headers.get("content-type"), response.url)


def _end_without_feed(
    response: FeedResponse, state: FeedState, base: PollReport, *, conditional: bool
) -> PollResult:
    """Return the result of a response without a feed: unchanged, gone or failed."""
    # A 304 to a request without conditions is a failure: there is nothing that could be unchanged.
    if response.status == 304 and conditional:
        return _build_result(state, base)
    report = replace(
        base,
        outcome=PollOutcome.GONE if response.status == 410 else PollOutcome.FAILED,
        error=describe_status(response.status),
        error_kind=kind_of_status(response.status),
        retry_after_s=retry_after_s(response.headers.get("retry-after"), base.polled_at),
    )
    return _build_result(state, report)


def _build_result(state: FeedState, report: PollReport) -> PollResult:
    return PollResult(
        outcome=report.outcome, state=next_state(state, report), error_kind=report.error_kind
    )


async def _download_entries(
    spec: FeedSpec,
    state: FeedState,
    feed: ParsedFeed,
    base: PollReport,
    response: FeedResponse,
    load: Callable[[Sequence[FeedEntry]], Awaitable[EntryPages]],
    now: Callable[[], datetime],
) -> PollResult:
    """Download the pages of new entries and return the result of the poll."""
    started_at = now()
    batch = EntryBatch(spec, state, feed.entries, started_at)
    while now() - started_at < POLL_TIME and (entries := batch.next_entries()):
        loaded = await load(entries)
        batch.problems += loaded.problems
        batch.add(entries, loaded.pages, now())
    batch.finish_twins()
    times = [entry.published_at for entry in feed.entries]
    published = [article.published_at for article in batch.articles]
    report = replace(
        base,
        polled_at=now(),
        outcome=PollOutcome.CHANGED,
        etag=response.headers.get("etag"),
        last_modified=response.headers.get("last-modified"),
        listed=tuple(batch.listed),
        finished=frozenset(batch.finished),
        tries=batch.tries,
        pages=batch.pages,
        listed_pages=batch.listed_pages,
        moments=appearances(published, state.succeeded_at, started_at),
        list_since=oldest_listed(times, len(published)),
        entry_at=max((time for time in times if time and time <= now()), default=None),
        hints=feed.hints,
    )
    return PollResult(
        outcome=report.outcome,
        state=next_state(state, report),
        articles=tuple(batch.articles),
        abandoned=tuple(batch.abandoned),
        unchanged=batch.unchanged,
        waiting=batch.waiting,
        decisions=batch.decisions,
        problems=(*feed.problems, *batch.problems),
    )
