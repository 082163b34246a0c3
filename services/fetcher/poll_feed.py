"""One poll of one feed: ask, parse, download the pages of new entries, and say what is to be remembered. The outside is passed in.

A page that does not come takes none of its neighbours with it: its entry is tried again at the next polls, and given up in the end.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Protocol
from urllib.parse import urlsplit

from services.fetcher.feed_parser import Entry, Feed
from services.fetcher.feeds_file import FeedSpec
from services.fetcher.page_memory import downloaded, may_ask, missed, page_id
from services.fetcher.schedule import Outcome, Polled, after, conditions
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
class Answer:
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
    asked: bool = True
    final: bool = False


class Web(Protocol):
    """The outside, as a poll needs it."""

    async def feed(self, url: str, headers: Mapping[str, str]) -> Answer:
        """Ask for a feed; HttpError where no whole answer came."""

    async def pages(self, urls: Sequence[str]) -> Sequence[Page | NoPage]:
        """Download pages; one result a URL, in order."""


Parse = Callable[[bytes, str | None, str], Awaitable[Feed]]
"""Body, content type and URL of a feed to what it lists; InvalidMessage where it is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenUp:
    """An entry whose page never came, and why."""

    url: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PollResult:
    """What a poll leaves: articles to write, the state to write with them, and what an operator should know.

    ``unchanged`` counts pages whose entry was said to have changed and whose content had not.
    """

    outcome: Outcome
    state: FeedState
    articles: tuple[RawArticle, ...] = ()
    given_up: tuple[GivenUp, ...] = ()
    unchanged: int = 0
    waiting: int = 0
    problems: tuple[str, ...] = ()


async def poll(spec: FeedSpec, state: FeedState, *, web: Web, parse: Parse, now: Callable[[], datetime]) -> PollResult:
    """Poll a feed. Nothing that a server does is an error here: it becomes part of the result."""
    try:
        asked = conditions(state, now())
        answer = await web.feed(spec.url, asked)
        if answer.status != 200:
            return _other(answer, state, now(), conditional=bool(asked))
        feed = await parse(answer.body, answer.headers.get("content-type"), spec.url)
    except (HttpError, InvalidMessage) as error:
        return _ended(state, Polled(at=now(), outcome=Outcome.FAILED, error=str(error)))
    return await _download(spec, state, feed, answer, web, now)


def _other(answer: Answer, state: FeedState, at: datetime, *, conditional: bool) -> PollResult:
    """An answer without a feed in it: unchanged, gone, or a failure that may say for how long."""
    if answer.status == 304 and conditional:  # without conditions there is nothing that it could be unchanged from
        return _ended(state, Polled(at=at, outcome=Outcome.UNCHANGED))
    outcome = Outcome.GONE if answer.status == 410 else Outcome.FAILED
    wait = retry_after_s(answer.headers.get("retry-after"), at)
    return _ended(state, Polled(at=at, outcome=outcome, error=f"HTTP {answer.status}", retry_after_s=wait))


def _ended(state: FeedState, polled: Polled) -> PollResult:
    return PollResult(outcome=polled.outcome, state=after(state, polled))


async def _download(spec: FeedSpec, state: FeedState, feed: Feed, answer: Answer, web: Web, now: Callable[[], datetime]) -> PollResult:
    known, begun = set(state.seen), now()
    batch = _Batch(spec, state, [entry for entry in feed.entries if entry.key not in known], begun)
    while now() - begun < POLL_TIME and (entries := batch.next_entries()):
        batch.add(entries, await web.pages([entry.url for entry in entries]), now())
    polled = Polled(
        at=now(),
        outcome=Outcome.CHANGED,
        etag=answer.headers.get("etag"),
        last_modified=answer.headers.get("last-modified"),
        listed=tuple(entry.key for entry in feed.entries),
        done=frozenset(batch.done),
        tried=batch.tried,
        pages=batch.pages,
        listed_pages=frozenset(page_id(entry.url) for entry in feed.entries),
    )
    return PollResult(
        outcome=polled.outcome,
        state=after(state, polled),
        articles=tuple(batch.articles),
        given_up=tuple(batch.given_up),
        unchanged=batch.unchanged,
        waiting=batch.waiting,
        problems=feed.problems,
    )


class _Batch:
    """The new entries of a poll, and what becomes of each as the pages come in."""

    def __init__(self, spec: FeedSpec, state: FeedState, new: Sequence[Entry], now: datetime) -> None:
        self._spec, self._new = spec, new
        self.articles, self.given_up, self.done = list[RawArticle](), list[GivenUp](), set[str]()
        self.pages, self.unchanged = dict(state.pages), 0
        for entry in new:
            if not spec.allows(urlsplit(entry.url).hostname or ""):
                self._give_up(entry, "its host is not one that the feed's `allow` names")
        asked = [entry for entry in new if entry.key not in self.done and may_ask(self.pages.get(page_id(entry.url)), now)]
        self._to_ask = asked[:MAX_PAGES]
        waiting = {page_id(entry.url) for entry in new if entry.key not in self.done}
        self.tried = {page: tries for page, tries in state.tried.items() if page in waiting}

    @property
    def waiting(self) -> int:
        """How many entries are left for the next poll."""
        return len(self._new) - len(self.done)

    def next_entries(self) -> Sequence[Entry]:
        """The entries whose pages are to be downloaded next; none once the poll has enough."""
        size = sum(len(article.content) for article in self.articles)
        chosen, self._to_ask = self._to_ask[:PAGES_AT_ONCE], self._to_ask[PAGES_AT_ONCE:]
        return chosen if size <= MAX_POLL_BYTES else ()

    def add(self, entries: Sequence[Entry], pages: Sequence[Page | NoPage], at: datetime) -> None:
        """Take in what became of some entries' pages."""
        for entry, page in zip(entries, pages, strict=True):
            if isinstance(page, Page):
                self._take(entry, page, at)
            else:
                self._missed(entry, page, at)

    def _take(self, entry: Entry, page: Page, at: datetime) -> None:
        key = page_id(entry.url)
        before, self.pages[key] = self.pages.get(key), downloaded(self.pages.get(key), page.content, entry.headline, at)
        if before and before.content == self.pages[key].content:
            self.unchanged += 1
        else:
            self.articles.append(article(self._spec, entry, page, at))
        self._finish(entry)

    def _missed(self, entry: Entry, page: NoPage, at: datetime) -> None:
        key = page_id(entry.url)
        tries = self.tried.get(key, 0) + page.asked
        if page.final or tries >= MAX_TRIES:
            self._finish(entry)
            self._give_up(entry, f"{page.reason} (try {tries})")
            self.pages[key] = missed(self.pages.get(key), at)
        elif tries:
            self.tried[key] = tries

    def _give_up(self, entry: Entry, reason: str) -> None:
        self.given_up.append(GivenUp(url=entry.url, reason=reason))
        self.done.add(entry.key)

    def _finish(self, entry: Entry) -> None:
        self.done.add(entry.key)
        self.tried.pop(page_id(entry.url), None)


def article(spec: FeedSpec, entry: Entry, page: Page, at: datetime) -> RawArticle:
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
        published_at=entry.published_at if entry.published_at and entry.published_at <= at + CLOCKS_DIFFER else None,
    )
