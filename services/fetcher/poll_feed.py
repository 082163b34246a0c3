"""One poll of one feed: ask, parse, download the pages of new entries, and say what is to be remembered. The outside is passed in.

A page that does not come takes none of its neighbours with it: its entry is tried again at the next polls, and given up in the end.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Protocol
from urllib.parse import urlsplit

from services.fetcher.feed_parser import FeedEntry, ParsedFeed
from services.fetcher.feeds_file import FeedSpec
from services.fetcher.page_memory import may_download, page_id, remember_download, remember_failure
from services.fetcher.schedule import PollOutcome, PollReport, conditional_headers, next_state
from shared.base.outcomes import InvalidMessage
from shared.http.errors import HttpError
from shared.http.retry_after import retry_after_s
from shared.messages.schemas import FeedState, RawArticle

MAX_TRIES: Final = 3
MAX_PAGES: Final = 50
"""A poll downloads no more pages; what is left waits for the next."""
PAGES_AT_ONCE: Final = 10
MAX_POLL_BYTES: Final = 16 * 1024 * 1024
"""A poll starts no further pages once it holds so much: its articles become one transaction."""
POLL_TIME: Final = timedelta(minutes=10)
"""A poll starts no further pages after this time, so that slow pages do not keep back those that have come."""
CLOCKS_DIFFER: Final = timedelta(days=1)
"""An entry's time that lies further in the future is not believed (the cleaner thinks the same of a page's)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedResponse:
    """A server's answer to a poll; header names in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A page that came."""

    content: bytes
    content_type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NoPage:
    """A page that did not come. ``asked``: its server was asked in vain; ``final``: asking again would not help."""

    reason: str
    is_attempt: bool = True
    is_final: bool = False


class Web(Protocol):
    """The outside, as a poll needs it."""

    async def fetch_feed(self, url: str, headers: Mapping[str, str]) -> FeedResponse:
        """Ask for a feed; HttpError where no whole answer came."""

    async def fetch_pages(self, urls: Sequence[str]) -> Sequence[Page | NoPage]:
        """Download pages; one result a URL, in order."""


Parse = Callable[[bytes, str | None, str], Awaitable[ParsedFeed]]
"""Body, content type and URL of a feed to what it lists; InvalidMessage where it is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AbandonedEntry:
    """An entry whose page never came, and why."""

    url: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PollResult:
    """What a poll leaves: articles to write, the state to write with them, and what an operator should know.

    ``unchanged`` counts pages whose entry was said to have changed and whose content had not.
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
    try:
        asked = conditional_headers(state, now())
        answer = await web.fetch_feed(spec.url, asked)
        if answer.status != 200:
            return _other(answer, state, now(), conditional=bool(asked))
        feed = await parse(answer.body, answer.headers.get("content-type"), spec.url)
    except (HttpError, InvalidMessage) as error:
        return _ended(
            state, PollReport(polled_at=now(), outcome=PollOutcome.FAILED, error=str(error))
        )
    return await _download(spec, state, feed, answer, web, now)


def _other(
    answer: FeedResponse, state: FeedState, at: datetime, *, conditional: bool
) -> PollResult:
    """An answer without a feed in it: unchanged, gone, or a failure that may say for how long."""
    if (
        answer.status == 304 and conditional
    ):  # without conditions there is nothing that it could be unchanged from
        return _ended(state, PollReport(polled_at=at, outcome=PollOutcome.UNCHANGED))
    outcome = PollOutcome.GONE if answer.status == 410 else PollOutcome.FAILED
    wait = retry_after_s(answer.headers.get("retry-after"), at)
    return _ended(
        state,
        PollReport(
            polled_at=at, outcome=outcome, error=f"HTTP {answer.status}", retry_after_s=wait
        ),
    )


def _ended(state: FeedState, polled: PollReport) -> PollResult:
    return PollResult(outcome=polled.outcome, state=next_state(state, polled))


async def _download(
    spec: FeedSpec,
    state: FeedState,
    feed: ParsedFeed,
    answer: FeedResponse,
    web: Web,
    now: Callable[[], datetime],
) -> PollResult:
    known, begun = set(state.seen), now()
    batch = _Batch(spec, state, [entry for entry in feed.entries if entry.key not in known], begun)
    while now() - begun < POLL_TIME and (entries := batch.next_entries()):
        batch.add(entries, await web.fetch_pages([entry.url for entry in entries]), now())
    polled = PollReport(
        polled_at=now(),
        outcome=PollOutcome.CHANGED,
        etag=answer.headers.get("etag"),
        last_modified=answer.headers.get("last-modified"),
        listed=tuple(entry.key for entry in feed.entries),
        finished=frozenset(batch.done),
        tries=batch.tried,
        pages=batch.pages,
        listed_pages=frozenset(page_id(entry.url) for entry in feed.entries),
    )
    return PollResult(
        outcome=polled.outcome,
        state=next_state(state, polled),
        articles=tuple(batch.articles),
        abandoned=tuple(batch.given_up),
        unchanged=batch.unchanged,
        waiting=batch.waiting,
        problems=feed.problems,
    )


class _Batch:
    """The new entries of a poll, and what becomes of each as the pages come in."""

    def __init__(
        self, spec: FeedSpec, state: FeedState, new: Sequence[FeedEntry], now: datetime
    ) -> None:
        self._spec, self._new = spec, new
        self.articles, self.given_up, self.done = (
            list[RawArticle](),
            list[AbandonedEntry](),
            set[str](),
        )
        self.pages, self.unchanged = dict(state.pages), 0
        for entry in new:
            if not spec.allows(urlsplit(entry.url).hostname or ""):
                self._give_up(entry, "its host is not one that the feed's `allow` names")
        asked = [
            entry
            for entry in new
            if entry.key not in self.done and may_download(self.pages.get(page_id(entry.url)), now)
        ]
        self._to_ask = asked[:MAX_PAGES]
        waiting = {page_id(entry.url) for entry in new if entry.key not in self.done}
        self.tried = {page: tries for page, tries in state.tried.items() if page in waiting}

    @property
    def waiting(self) -> int:
        """How many entries are left for the next poll."""
        return len(self._new) - len(self.done)

    def next_entries(self) -> Sequence[FeedEntry]:
        """The entries whose pages are to be downloaded next; none once the poll has enough."""
        size = sum(len(article.content) for article in self.articles)
        chosen, self._to_ask = self._to_ask[:PAGES_AT_ONCE], self._to_ask[PAGES_AT_ONCE:]
        return chosen if size <= MAX_POLL_BYTES else ()

    def add(
        self, entries: Sequence[FeedEntry], pages: Sequence[Page | NoPage], at: datetime
    ) -> None:
        """Take in what became of some entries' pages."""
        for entry, page in zip(entries, pages, strict=True):
            if isinstance(page, Page):
                self._take(entry, page, at)
            else:
                self._missed(entry, page, at)

    def _take(self, entry: FeedEntry, page: Page, at: datetime) -> None:
        key = page_id(entry.url)
        before, self.pages[key] = (
            self.pages.get(key),
            remember_download(self.pages.get(key), page.content, entry.headline, at),
        )
        if before and before.content == self.pages[key].content:
            self.unchanged += 1
        else:
            self.articles.append(build_article(self._spec, entry, page, at))
        self._finish(entry)

    def _missed(self, entry: FeedEntry, page: NoPage, at: datetime) -> None:
        key = page_id(entry.url)
        tries = self.tried.get(key, 0) + page.is_attempt
        if page.is_final or tries >= MAX_TRIES:
            self._finish(entry)
            self._give_up(entry, f"{page.reason} (try {tries})")
            self.pages[key] = remember_failure(self.pages.get(key), at)
        elif tries:
            self.tried[key] = tries

    def _give_up(self, entry: FeedEntry, reason: str) -> None:
        self.given_up.append(AbandonedEntry(url=entry.url, reason=reason))
        self.done.add(entry.key)

    def _finish(self, entry: FeedEntry) -> None:
        self.done.add(entry.key)
        self.tried.pop(page_id(entry.url), None)


def build_article(spec: FeedSpec, entry: FeedEntry, page: Page, at: datetime) -> RawArticle:
    """The message for an entry's page, with what the feed says of it; the file's language is the operator's word and wins."""
    return RawArticle(
        source=spec.source,
        uri=entry.url,
        content_type=page.content_type,
        content=page.content,
        fetched_at=at,
        origin="feed",
        url=entry.url,
        headline=entry.headline,
        byline=entry.byline,
        language=spec.language or entry.language,
        published_at=entry.published_at
        if entry.published_at and entry.published_at <= at + CLOCKS_DIFFER
        else None,
    )
