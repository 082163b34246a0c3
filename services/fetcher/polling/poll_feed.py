"""Poll one feed: fetch, parse, download the pages of new entries, and say what to remember.

All input and output is passed in. A page that fails does not affect other pages: its entry is
retried at the next polls, and abandoned after MAX_TRIES.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final, Protocol
from urllib.parse import urlsplit

from services.fetcher.addresses.canonical_url import canonical_url
from services.fetcher.addresses.wrapped_url import unwrap
from services.fetcher.parsing.feed_entry import MAX_ENTRIES, FeedEntry, ParsedFeed
from services.fetcher.polling.feed_problem import problem_of_error, problem_of_status
from services.fetcher.polling.freshness import fresh_s
from services.fetcher.polling.moves import may_move, moved_url
from services.fetcher.polling.page_memory import (
    may_download,
    page_id,
    remember_download,
    remember_failure,
)
from services.fetcher.polling.rhythm import appearances, oldest_listed
from services.fetcher.polling.schedule import (
    PollOutcome,
    PollReport,
    conditional_headers,
    next_state,
)
from services.fetcher.sources.feeds_file import FeedSpec
from shared.base.outcomes import InvalidMessage
from shared.http.errors import HttpError
from shared.http.retry_after import retry_after_s
from shared.messages.schemas import FeedProblem, FeedState, RawArticle

MAX_TRIES: Final = 3
MAX_PAGES: Final = 50
"""Pages that one poll downloads at most; the others wait for the next poll."""
PAGES_AT_ONCE: Final = 10
MAX_POLL_BYTES: Final = 16 * 1024 * 1024
"""A poll starts no more downloads once it has so much: its articles become one transaction."""
POLL_TIME: Final = timedelta(minutes=10)
"""A poll starts no more downloads after this time, so that slow pages do not delay the others."""
CLOCK_TOLERANCE: Final = timedelta(days=1)
"""An entry's time further in the future is ignored, as the cleaner does with a page's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedResponse:
    """A server's response to a poll; header names in lower case.

    ``url`` is the address after redirects, to which the feed's links are relative. ``moved_to`` is
    where permanent ones led.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes
    url: str = field(repr=False)
    moved_to: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A page that was downloaded.

    ``url``: the page's own address, if that of the entry only forwards to it.
    """

    content: bytes
    content_type: str
    url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NoPage:
    """A page that was not downloaded.

    ``is_attempt``: it was requested, without success. ``is_final``: a retry would not help.
    """

    reason: str
    is_attempt: bool = True
    is_final: bool = False


class Web(Protocol):
    """The downloads that a poll needs."""

    async def fetch_feed(
        self, url: str, headers: Mapping[str, str], *, ignore_robots: bool
    ) -> FeedResponse:
        """Download a feed; HttpError if there is no complete response."""

    async def fetch_pages(
        self, urls: Sequence[str], headers: Mapping[str, str], *, ignore_robots: bool
    ) -> Sequence[Page | NoPage]:
        """Download pages; one result per URL, in order."""


Parse = Callable[[bytes, str | None, str], Awaitable[ParsedFeed]]
"""From body, content type and URL to the parsed feed; InvalidMessage if it is not a feed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AbandonedEntry:
    """An entry whose page could not be downloaded, and why."""

    url: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PollResult:
    """The result of a poll: articles and state to write together, and what an operator should know.

    ``unchanged`` counts pages whose entry had changed but whose content had not. ``waiting`` counts
    entries that are left for the next poll.
    """

    outcome: PollOutcome
    state: FeedState
    articles: tuple[RawArticle, ...] = ()
    abandoned: tuple[AbandonedEntry, ...] = ()
    unchanged: int = 0
    waiting: int = 0
    problems: tuple[str, ...] = ()


async def poll_feed(
    spec: FeedSpec, state: FeedState, *, web: Web, parse: Parse, now: Callable[[], datetime]
) -> PollResult:
    """Poll a feed. Nothing that a server does is an error here: it becomes part of the result."""
    conditions = conditional_headers(state, now())
    # Without conditions at the feed's own address, to learn whether its redirect is still there.
    moved = moved_url(state.moved, now()) if conditions else None
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
            problem=_problem_of(error),
            at_moved=moved is not None,
        )
        return _build_result(state, report)
    return await _download_entries(spec, state, feed, base, response, web, now)


def _problem_of(error: HttpError | InvalidMessage) -> FeedProblem:
    if isinstance(error, HttpError):
        return problem_of_error(error.kind)
    return FeedProblem.NOT_A_FEED


def _begin_report(
    spec: FeedSpec, response: FeedResponse, polled_at: datetime, *, at_moved: bool
) -> PollReport:
    """Return what the headers of a response say about the next polls."""
    target = response.moved_to
    may_remember = target and may_move(spec.url, target, has_secrets=bool(spec.headers))
    return PollReport(
        polled_at=polled_at,
        outcome=PollOutcome.UNCHANGED,
        fresh_s=fresh_s(response.headers, polled_at),
        moved_to=target if may_remember else None,
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
    response = await web.fetch_feed(url, feed_headers(spec, {}), ignore_robots=spec.ignore_robots)
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
        problem=problem_of_status(response.status),
        retry_after_s=retry_after_s(response.headers.get("retry-after"), base.polled_at),
    )
    return _build_result(state, report)


def feed_headers(spec: FeedSpec, conditions: Mapping[str, str]) -> dict[str, str]:
    """Return the headers of a request for the feed."""
    return {**spec.headers, **page_headers(spec), **conditions}


def page_headers(spec: FeedSpec) -> dict[str, str]:
    """Return the headers of requests for pages, which may be on any host."""
    return {"user-agent": spec.user_agent} if spec.user_agent else {}


def describe_status(status: int) -> str:
    """Return a response's status for people, with what they can do about a refusal."""
    hint = _HINTS.get(status, "")
    return f"HTTP {status}" + (f": {hint}" if hint else "")


_HINTS: Final = {
    401: "it requires a password; if you have one, set `headers` for the feed",
    403: (
        "it refuses this client, perhaps for its name; if its terms allow polling, "
        "set `user_agent` for the feed, or FETCH_USER_AGENT"
    ),
}


def _build_result(state: FeedState, report: PollReport) -> PollResult:
    return PollResult(outcome=report.outcome, state=next_state(state, report))


async def _download_entries(
    spec: FeedSpec,
    state: FeedState,
    feed: ParsedFeed,
    base: PollReport,
    response: FeedResponse,
    web: Web,
    now: Callable[[], datetime],
) -> PollResult:
    """Download the pages of new entries and return the result of the poll."""
    seen, started_at = set(state.seen), now()
    new_entries = [entry for entry in feed.entries if entry.key not in seen]
    batch = _EntryBatch(spec, state, new_entries, started_at)
    while now() - started_at < POLL_TIME and (entries := batch.next_entries()):
        urls = [entry.url for entry in entries]
        pages = await web.fetch_pages(urls, page_headers(spec), ignore_robots=spec.ignore_robots)
        batch.add(entries, pages, now())
    times = [entry.published_at for entry in feed.entries]
    finished = [entry.published_at for entry in new_entries if entry.key in batch.finished]
    report = replace(
        base,
        polled_at=now(),
        outcome=PollOutcome.CHANGED,
        etag=response.headers.get("etag"),
        last_modified=response.headers.get("last-modified"),
        listed=tuple(entry.key for entry in feed.entries),
        finished=frozenset(batch.finished),
        tries=batch.tries,
        pages=batch.pages,
        listed_pages=frozenset(page_id(entry.url) for entry in feed.entries),
        moments=appearances(finished, state.succeeded_at, started_at),
        list_since=oldest_listed(times),
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
        problems=(*feed.problems, *batch.problems),
    )


class _EntryBatch:
    """The new entries of a poll, and what has become of each so far."""

    def __init__(
        self, spec: FeedSpec, state: FeedState, entries: Sequence[FeedEntry], now: datetime
    ) -> None:
        self._spec, self._entries = spec, entries
        self.articles = list[RawArticle]()
        self.abandoned = list[AbandonedEntry]()
        self.problems = list[str]()
        self.finished = set[str]()
        self.pages, self.unchanged = dict(state.pages), 0
        for entry in entries:
            if not spec.allows(urlsplit(entry.url).hostname or ""):
                self._abandon(entry, "its host is not in the feed's `allow`")
        unfinished = [entry for entry in entries if entry.key not in self.finished]
        pending = {page_id(entry.url) for entry in unfinished}
        self.tries = {page: tries for page, tries in state.tried.items() if page in pending}
        self._queue = [
            entry for entry in unfinished if may_download(self.pages.get(page_id(entry.url)), now)
        ][:MAX_PAGES]

    @property
    def waiting(self) -> int:
        """The number of entries that are left for the next poll."""
        return len(self._entries) - len(self.finished)

    def next_entries(self) -> Sequence[FeedEntry]:
        """Return the entries to download next; none once the poll has enough."""
        size = sum(len(article.content) for article in self.articles)
        entries, self._queue = self._queue[:PAGES_AT_ONCE], self._queue[PAGES_AT_ONCE:]
        return entries if size <= MAX_POLL_BYTES else ()

    def add(
        self, entries: Sequence[FeedEntry], pages: Sequence[Page | NoPage], now: datetime
    ) -> None:
        """Add the pages of some entries, or why they are missing."""
        for entry, page in zip(entries, pages, strict=True):
            if isinstance(page, Page):
                self._add_page(entry, page, now)
            else:
                self._add_failure(entry, page, now)

    def _add_page(self, entry: FeedEntry, page: Page, now: datetime) -> None:
        key = page_id(entry.url)
        before = self.pages.get(key)
        self.pages[key] = remember_download(before, page.content, entry.headline, now)
        if before and before.content == self.pages[key].content:
            self.unchanged += 1
        else:
            self._add_article(entry, build_article(self._spec, entry, page, now))
        self._finish(entry)

    def _add_article(self, entry: FeedEntry, article: RawArticle) -> None:
        self.articles.append(article)
        if entry.published_at and not article.published_at:
            time = entry.published_at.isoformat()
            self.problems.append(f"{entry.url}: its time is in the future and ignored: {time}")

    def _add_failure(self, entry: FeedEntry, page: NoPage, now: datetime) -> None:
        key = page_id(entry.url)
        tries = self.tries.get(key, 0) + page.is_attempt
        if page.is_final or tries >= MAX_TRIES:
            self._finish(entry)
            self._abandon(entry, f"{page.reason} (try {tries})")
            self.pages[key] = remember_failure(self.pages.get(key), now)
        elif tries:
            self.tries[key] = tries

    def _abandon(self, entry: FeedEntry, reason: str) -> None:
        self.abandoned.append(AbandonedEntry(url=entry.url, reason=reason))
        self.finished.add(entry.key)

    def _finish(self, entry: FeedEntry) -> None:
        self.finished.add(entry.key)
        self.tries.pop(page_id(entry.url), None)


def build_article(spec: FeedSpec, entry: FeedEntry, page: Page, now: datetime) -> RawArticle:
    """Build the message for an entry's page, with what the feed says about it.

    The language in the feeds file is the operator's, so it overrides the feed's.
    """
    uri, published_at = _identify(entry, page), entry.published_at
    is_credible = published_at is not None and published_at <= now + CLOCK_TOLERANCE
    return RawArticle(
        source=spec.source,
        uri=uri,
        content_type=page.content_type,
        content=page.content,
        fetched_at=now,
        origin="feed",
        url=uri,
        headline=entry.headline,
        byline=entry.byline,
        language=spec.language or entry.language,
        published_at=published_at if is_credible else None,
        published_precision=entry.published_precision if is_credible else "moment",
    )


def _identify(entry: FeedEntry, page: Page) -> str:
    """Return the page's address: the entry's, unless that only forwards to another."""
    try:
        return canonical_url(unwrap(page.url)) if page.url else entry.url
    except InvalidMessage:
        return entry.url
