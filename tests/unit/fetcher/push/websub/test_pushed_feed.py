"""A pushed document: an article like a polled one, and no full list of its feed."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from services.fetcher.parsing import feed_parser
from services.fetcher.parsing.feed_entry import ParsedFeed
from services.fetcher.polling.poll_feed import PollResult, poll_feed
from services.fetcher.polling.web import FeedResponse, NoPage, Page, Web
from services.fetcher.push.websub.hub_notes import HubNotes
from services.fetcher.push.websub.pushed_documents import PushedDocuments, load_document
from services.fetcher.push.websub.pushed_feed import read_pushed
from services.fetcher.push.websub.pushed_record import build_push, parse_push_key, push_key
from services.fetcher.sources.feeds_file import FeedSpec
from services.fetcher.timing.schedule import PollOutcome
from shared.kafka.partitioner import partition_of
from shared.messages.schemas import FeedState, PushedFeed
from shared.stream.state_store import StateStore

NOW = datetime(2018, 9, 11, 10, tzinfo=UTC)
URL = "https://blog.example/feed?key=1"
SPEC = FeedSpec(url=URL, source="blog", interval_s=300)
HEADERS = {"etag": '"1"', "link": "<https://hub.example/>; rel=hub, <https://b.example/>; rel=self"}


def feed(*names: str) -> bytes:
    items = "".join(
        f"<item><guid>{name}</guid><title>{name}</title><link>/{name}</link></item>"
        for name in names
    )
    return f'<rss version="2.0"><channel><title>b</title>{items}</channel></rss>'.encode()


def document(content: bytes) -> PushedFeed:
    return PushedFeed(
        feed=URL,
        topic="https://blog.example/feed",
        content_type="text/xml",
        content=content,
        received_at=NOW,
    )


class Blog:
    """A blog whose feed has these entries."""

    def __init__(self, *names: str) -> None:
        self.names, self.polls = names, 0

    async def fetch_feed(
        self,
        url: str,
        headers: Mapping[str, str],  # noqa: ARG002 - the protocol's
        *,
        ignore_robots: bool,  # noqa: ARG002 - as above
    ) -> FeedResponse:
        self.polls += 1
        return FeedResponse(status=200, headers=HEADERS, body=feed(*self.names), url=url)

    async def fetch_pages(
        self,
        urls: Sequence[str],
        headers: Mapping[str, str],  # noqa: ARG002 - as above
        *,
        ignore_robots: bool,  # noqa: ARG002 - as above
    ) -> Sequence[Page | NoPage]:
        return [Page(content=f"News of {url}".encode(), content_type="text/plain") for url in urls]


async def parse(body: bytes, content_type: str | None, url: str) -> ParsedFeed:
    return feed_parser.parse(body, content_type, url)


async def poll(state: FeedState, web: Web) -> PollResult:
    return await poll_feed(SPEC, state, web=web, parse=parse, now=lambda: NOW)


async def test_an_entry_that_is_pushed_and_polled_is_one_article() -> None:
    """In either order; and an entry that the pushed document lacks is neither gone nor new."""
    blog = Blog("b", "a")
    polled = await poll(FeedState(url=URL), blog)
    pushed = await read_pushed(SPEC, polled.state, document(feed("c", "b")), blog, poll)
    assert [article.url for article in pushed.articles] == ["https://blog.example/c"]
    assert blog.polls == 1
    blog.names = ("c", "b", "a")
    again = await poll(pushed.state, blog)
    assert again.articles == ()


async def test_a_push_changes_neither_validators_nor_when_to_poll() -> None:
    """The next poll is when it was to be, and conditional; a document that is no feed changes
    nothing at all.
    """
    blog = Blog("a")
    state = (await poll(FeedState(url=URL), blog)).state
    pushed = await read_pushed(SPEC, state, document(feed("b")), blog, poll)
    kept = ("etag", "last_modified", "polled_at", "read_at", "not_before", "failures", "hints")
    assert {name: getattr(pushed.state, name) for name in kept} == {
        name: getattr(state, name) for name in kept
    }
    assert state.etag == '"1"'
    assert len(pushed.state.seen) == 2
    broken = await read_pushed(SPEC, state, document(b"<html>"), blog, poll)
    assert broken.outcome is PollOutcome.FAILED
    assert replace(broken.state, rhythm=state.rhythm) == state


async def test_the_hub_of_a_polled_feed_is_noted() -> None:
    """As long as the feed names it."""
    blog = Blog("a")
    notes = HubNotes(blog)
    await poll(FeedState(url=URL), notes)
    links = notes.links_of(URL)
    assert links is not None
    assert (links.hubs, links.topic) == (("https://hub.example/",), "https://b.example/")
    assert notes.links_of("https://blog.example/other") is None


def test_documents_wait_in_their_feed_s_partition() -> None:
    """Under keys of their own: two of one feed are both read, in order, one at a time."""
    records = [build_push("t", document(feed(name)), name, 6) for name in ("p1", "p2")]
    assert {record.partition for record in records} == {partition_of(URL.encode(), 6)}
    assert [parse_push_key(record.key) for record in records] == [URL, URL]
    state, documents = StateStore(), PushedDocuments()
    assert not documents.apply(URL.encode(), b"{}", state)
    for record in records:
        assert documents.apply(record.key, record.value, state)
    assert list(documents.list_next(())) == [(push_key(URL, "p1"), URL)]
    assert list(documents.list_next({URL})) == []
    documents.finish(push_key(URL, "p1"), state)
    state.commit()
    assert load_document(push_key(URL, "p1"), state) is None
    assert load_document(push_key(URL, "p2"), state) == document(feed("p2"))
    fresh = PushedDocuments()
    fresh.restore(state)
    assert list(fresh.list_next(())) == [(push_key(URL, "p2"), URL)]
    fresh.forget(state)
    assert len(fresh) == 0


def test_what_cannot_be_read_is_polled_instead() -> None:
    """A broken record is no document, and does not stay for ever."""
    key = push_key(URL, "p")
    assert load_document(key, StateStore({key: b"{}"})) is None
    assert load_document(None, StateStore()) is None
    for other in (None, b"", URL.encode(), b"revive " + URL.encode()):
        assert parse_push_key(other) is None
