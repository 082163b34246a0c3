"""What a poll learns about the next ones: moments, hints, freshness, errors and moves."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from services.fetcher.parsing.feed_entry import FeedEntry, ParsedFeed
from services.fetcher.polling.poll_feed import poll_feed
from services.fetcher.polling.web import FeedResponse, NoPage, Page
from services.fetcher.sources.feeds_file import FeedSpec
from services.fetcher.timing.rhythm import count_moments
from services.fetcher.timing.schedule import EPOCH, due_at
from shared.http.errors import HttpError, HttpErrorKind
from shared.messages.feed_health import last_moment
from shared.messages.schemas import FeedHints, FeedState

NOW = datetime(2018, 9, 12, 10, 0, tzinfo=UTC)
SPEC = FeedSpec(
    url="https://news.example/feed", source="n", interval_s=60, longest_interval_s=21_600
)
NEW = "https://new.example/feed"


@dataclass
class Server:
    """Answers each poll with ``status`` and ``headers``, or fails; pages always come."""

    status: int = 200
    headers: dict[str, str] = field(default_factory=lambda: {"etag": '"1"'})
    moved_to: str | None = None
    error: HttpError | None = None
    asked: list[str] = field(default_factory=list)
    sent: list[Mapping[str, str]] = field(default_factory=list)

    async def fetch_feed(
        self, url: str, headers: Mapping[str, str], *, ignore_robots: bool
    ) -> FeedResponse:
        assert not ignore_robots
        self.asked.append(url)
        self.sent.append(headers)
        if self.error:
            raise self.error
        moved_to = self.moved_to if url == SPEC.url else None
        return FeedResponse(
            status=self.status,
            headers=self.headers,
            body=b"feed",
            url=moved_to or url,
            moved_to=moved_to,
        )

    async def fetch_pages(
        self, urls: Sequence[str], headers: Mapping[str, str], *, ignore_robots: bool
    ) -> Sequence[Page | NoPage]:
        assert not headers
        assert not ignore_robots
        return [Page(content=url.encode(), content_type="text/html") for url in urls]


def entry(name: str, published_at: datetime | None) -> FeedEntry:
    """Return an entry of the feed."""
    return FeedEntry(key=name, url=f"https://news.example/{name}", published_at=published_at)


async def poll(
    server: Server,
    state: FeedState,
    now: datetime = NOW,
    entries: Sequence[FeedEntry] = (),
    hints: FeedHints | None = None,
    spec: FeedSpec = SPEC,
) -> FeedState:
    """Return the state after one poll."""

    async def parse(_body: bytes, _type: str | None, _url: str) -> ParsedFeed:
        return ParsedFeed(entries=tuple(entries), hints=hints or FeedHints())

    result = await poll_feed(spec, state, web=server, parse=parse, now=lambda: now)
    return result.state


def wait_s(state: FeedState) -> float:
    """Return the seconds from the last poll to the next."""
    assert state.polled_at is not None
    return (due_at(state, 60, state.polled_at, 21_600) - state.polled_at).total_seconds()


async def test_the_first_poll_learns_from_the_times_of_its_entries() -> None:
    """Thirty entries, two an hour: the feed is known at once, and its latest time remembered."""
    entries = [entry(str(n), NOW - timedelta(minutes=30 * n)) for n in range(30)]
    state = await poll(Server(), FeedState(url=SPEC.url), entries=entries)
    assert state.rhythm is not None
    assert count_moments(state.rhythm) == 30
    assert (state.entry_at, state.arrived_at, state.succeeded_at) == (NOW, NOW, NOW)
    silent = await poll(Server(), FeedState(url=SPEC.url), entries=[entry("a", None)])
    assert silent.rhythm is not None
    assert count_moments(silent.rhythm) == 0
    assert silent.entry_at is None


async def test_later_polls_believe_times_between_them_and_else_their_own() -> None:
    """An entry that was listed late, has no time or one in the future came with this poll."""
    state = await poll(Server(), FeedState(url=SPEC.url), entries=[entry("a", None)])
    later = NOW + timedelta(hours=3)
    entries = [
        entry("b", NOW + timedelta(hours=1)),
        entry("c", NOW - timedelta(days=2)),
        entry("d", None),
        entry("e", later + timedelta(hours=1)),
    ]
    state = await poll(Server(), state, later, entries)
    assert state.rhythm is not None
    assert count_moments(state.rhythm) == 2, "an hour after the first poll, and now"
    assert last_moment(state.rhythm) == later


async def test_hints_and_freshness_reach_the_schedule() -> None:
    """A feed without times waits for its ttl; a 304 keeps the hints and brings a new max-age."""
    hints = FeedHints(wait_s=1_800)
    state = await poll(Server(), FeedState(url=SPEC.url), hints=hints)
    assert 0.9 * 1_800 <= wait_s(state) <= 1.1 * 1_800
    unchanged = Server(status=304, headers={"cache-control": "max-age=600"})
    state = await poll(unchanged, state, NOW + timedelta(hours=1))
    assert state.hints == hints


async def test_a_failure_has_a_kind_and_retry_after_counts_with_any_status() -> None:
    """429, 503, a redirect without a target: the server's own word, to the second."""
    for status in (429, 503, 301, 500):
        server = Server(status=status, headers={"retry-after": "1234"})
        state = await poll(server, FeedState(url=SPEC.url))
        assert wait_s(state) == 1_234
        assert state.error_kind is not None
    state = await poll(
        Server(error=HttpError(HttpErrorKind.TLS, "news.example")), FeedState(url=SPEC.url)
    )
    assert state.error_kind == "tls"
    assert (await poll(Server(), state, NOW + timedelta(hours=1))).error_kind is None


async def test_a_permanent_redirect_is_followed_without_asking_again_after_a_day() -> None:
    """After three polls and a day; daily the feed's own address is asked, and a failure ends it."""
    server, state = Server(moved_to=NEW), FeedState(url=SPEC.url)
    for hours in (0, 8, 16):
        state = await poll(server, state, NOW + timedelta(hours=hours))
    state = await poll(server, state, NOW + timedelta(hours=23))
    assert server.asked == [SPEC.url] * 4
    state = await poll(server, state, NOW + timedelta(hours=25))
    assert server.asked[-1] == NEW
    later = NOW + timedelta(hours=48)
    assert (await poll(server, state, later)).moved is not None
    assert server.asked[-1] == SPEC.url
    broken = Server(status=404)
    failed = await poll(broken, state, NOW + timedelta(hours=26))
    assert (broken.asked, failed.moved, failed.url) == ([NEW], None, SPEC.url)
    ended = await poll(Server(), state, later)
    assert ended.moved is None, "the feed's own address answers again"


async def test_a_feed_without_validators_moves_like_others() -> None:
    """Its polls never have conditions."""
    server, state = Server(moved_to=NEW, headers={}), FeedState(url=SPEC.url)
    for hours in (0, 8, 16, 25, 48):
        state = await poll(server, state, NOW + timedelta(hours=hours))
    assert server.asked == [SPEC.url] * 3 + [NEW, SPEC.url]


async def test_secrets_stay_with_the_feed_s_own_host() -> None:
    """A feed with headers is asked at its own address, also if they were added later."""
    server, state = Server(moved_to=NEW), FeedState(url=SPEC.url)
    for hours in (0, 8, 16, 25):
        state = await poll(server, state, NOW + timedelta(hours=hours))
    secret = replace(SPEC, headers={"authorization": "Bearer s3cr3t"})
    state = await poll(server, state, NOW + timedelta(hours=26), spec=secret)
    assert server.asked[-1] == SPEC.url
    assert state.moved is None
    assert due_at(FeedState(url=SPEC.url), 60, NOW) == EPOCH
