"""Poll one feed: fetch, parse, download the pages of new entries, and say what to remember.

All input and output is passed in; entry_batch.py says what becomes of each entry.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import urlsplit

from services.fetcher.feed_error import ErrorKind, kind_of_error, kind_of_status
from services.fetcher.parsing.feed_entry import MAX_ENTRIES, FeedEntry, ParsedFeed
from services.fetcher.polling.build_article import to_page
from services.fetcher.polling.entry_batch import AbandonedEntry, EntryBatch
from services.fetcher.polling.page_memory import page_id
from services.fetcher.polling.schedule import (
    PollOutcome,
    PollReport,
    conditional_headers,
    next_state,
)
from services.fetcher.polling.web import (
    FeedResponse,
    NoPage,
    Page,
    Parse,
    Web,
    describe_status,
    feed_headers,
    page_headers,
)
from services.fetcher.sources.feeds_file import FeedSpec
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
    entries that are left for the next poll.
    """

    outcome: PollOutcome
    state: FeedState
    error_kind: ErrorKind | None = None
    articles: tuple[RawArticle, ...] = ()
    abandoned: tuple[AbandonedEntry, ...] = ()
    unchanged: int = 0
    waiting: int = 0
    problems: tuple[str, ...] = ()


async def poll_feed(
    spec: FeedSpec, state: FeedState, *, web: Web, parse: Parse, now: Callable[[], datetime]
) -> PollResult:
    """Poll a feed. Nothing that a server does is an error here: it becomes part of the result."""
    try:
        conditions = conditional_headers(state, now())
        response = await web.fetch_feed(
            spec.url, feed_headers(spec, conditions), ignore_robots=spec.ignore_robots
        )
        if response.status != 200:
            return _end_without_feed(response, state, now(), conditional=bool(conditions))
        feed = await parse(response.body, response.headers.get("content-type"), response.url)
        feed = await add_parts(feed, spec, web, parse)
    except (HttpError, InvalidMessage) as error:
        report = PollReport(
            polled_at=now(),
            outcome=PollOutcome.FAILED,
            error=str(error),
            error_kind=kind_of_error(error),
        )
        return _build_result(state, report)
    return await _download_entries(spec, state, feed, response, web, now)


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
    response: FeedResponse, state: FeedState, polled_at: datetime, *, conditional: bool
) -> PollResult:
    """Return the result of a response without a feed: unchanged, gone or failed."""
    # A 304 to a request without conditions is a failure: there is nothing that could be unchanged.
    if response.status == 304 and conditional:
        return _build_result(state, PollReport(polled_at=polled_at, outcome=PollOutcome.UNCHANGED))
    report = PollReport(
        polled_at=polled_at,
        outcome=PollOutcome.GONE if response.status == 410 else PollOutcome.FAILED,
        error=describe_status(response.status),
        error_kind=kind_of_status(response.status),
        retry_after_s=retry_after_s(response.headers.get("retry-after"), polled_at),
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
    response: FeedResponse,
    web: Web,
    now: Callable[[], datetime],
) -> PollResult:
    """Download the pages of new entries and return the result of the poll."""
    seen, started_at = set(state.seen), now()
    new_entries = [entry for entry in feed.entries if entry.key not in seen]
    batch = EntryBatch(spec, state, new_entries, started_at)
    while now() - started_at < POLL_TIME and (entries := batch.next_entries()):
        batch.add(entries, await _fetch_pages(entries, spec, web), now())
    report = PollReport(
        polled_at=now(),
        outcome=PollOutcome.CHANGED,
        etag=response.headers.get("etag"),
        last_modified=response.headers.get("last-modified"),
        listed=tuple(entry.key for entry in feed.entries),
        finished=frozenset(batch.finished),
        tries=batch.tries,
        pages=batch.pages,
        listed_pages=frozenset(page_id(entry.url) for entry in feed.entries),
    )
    return PollResult(
        outcome=report.outcome,
        state=next_state(state, report),
        articles=tuple(batch.articles),
        abandoned=tuple(batch.abandoned),
        unchanged=batch.unchanged,
        waiting=batch.waiting,
        problems=(*feed.problems, *batch.problems),
    )


async def _fetch_pages(
    entries: Sequence[FeedEntry], spec: FeedSpec, web: Web
) -> Sequence[Page | NoPage]:
    """Return the page of each entry: itself if it is the article, else it is downloaded."""
    urls = [entry.url for entry in entries if entry.document is None]
    headers, ignore_robots = page_headers(spec), spec.ignore_robots
    downloads = await web.fetch_pages(urls, headers, ignore_robots=ignore_robots) if urls else ()
    remaining = iter(downloads)
    return [to_page(entry.document) if entry.document else next(remaining) for entry in entries]
