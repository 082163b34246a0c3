"""What a hub sees of us, after the tests of websub.rocks for subscribers, without a broker.

The numbers are theirs: 1xx discovery, 2xx subscription, 3xx distribution.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

import pytest

from services.fetcher.download import Downloader
from services.fetcher.push.server import PushServer
from services.fetcher.push.websub.callback_api import CallbackApi, HubRecords
from services.fetcher.push.websub.hub_notes import HubNotes
from services.fetcher.push.websub.subscriber import PUSHED_INTERVAL_S, Subscriber
from services.fetcher.push.websub.subscription_book import SubscriptionBook
from services.fetcher.sources.feeds_file import FeedSpec
from shared.http.clients import fetch_client
from shared.kafka.transaction import Write
from shared.messages.schemas import FeedSubscription, PushedFeed
from tests.kafka_tools import cluster_at
from tests.ports import free_port
from tests.unit.fetcher.news_site import read_robots
from tests.websub_hub import Hub, websub_hub

DEADLINE_S = 30.0


class Owner:
    """The owner of all feeds; it notes what is written."""

    def __init__(self, feeds: Sequence[FeedSpec]) -> None:
        self.feeds = feeds
        self.writes: list[Write] = []
        self.adjust: Callable[[FeedSpec], FeedSpec] = lambda spec: spec
        self.on_pushed: Callable[[str], None] = lambda _url: None

    def owns(self, url: str) -> bool:
        return bool(url)

    async def commit_for(self, url: str, writes: Sequence[Write]) -> bool:
        self.writes += writes
        return self.owns(url)


class Nothing:
    """A topic that nobody else writes."""

    async def prepare(self) -> None: ...

    async def run(self) -> None: ...

    async def stop(self) -> None: ...


class Records(HubRecords):
    """Notes what hubs say."""

    def __init__(self) -> None:
        super().__init__(cluster_at("127.0.0.1:1"))
        self.saved: list[FeedSubscription] = []
        self.pushed: list[PushedFeed] = []
        self.is_broken = False

    async def start(self) -> None:
        """Start nothing."""

    async def save(self, subscription: FeedSubscription) -> None:
        """Note it."""
        self.saved.append(subscription)

    async def push(self, pushed: PushedFeed) -> None:
        """Note it, or fail."""
        if self.is_broken:
            raise TimeoutError
        self.pushed.append(pushed)


@dataclass
class Rig:
    """A subscriber and its callbacks."""

    owner: Owner
    notes: HubNotes
    base: str
    subscriber: Subscriber
    book: SubscriptionBook = field(default_factory=SubscriptionBook)
    records: Records = field(default_factory=Records)

    async def until(self, **statuses: int) -> None:
        """Look for due requests until there are so many subscriptions of each status."""
        deadline = time.monotonic() + DEADLINE_S
        while self.book.count() != statuses:
            assert time.monotonic() < deadline, f"{self.book.count()}, not {statuses}"
            self.subscriber.look()
            await asyncio.sleep(0.02)


@asynccontextmanager
async def subscribing(hub: Hub, *specs: FeedSpec) -> AsyncIterator[Rig]:
    """Read these feeds, the hub's by default, and be ready to subscribe to them."""
    port, feeds = free_port(), specs or (hub.spec,)
    base, book, records = f"http://127.0.0.1:{port}", SubscriptionBook(), Records()
    async with fetch_client(allowed=["127.0.0.1"]) as client:
        web = Downloader(
            client, now=lambda: datetime.now(UTC), apply=read_robots, per_host_per_s=100
        )
        notes, owner = HubNotes(web), Owner(feeds)
        subscriber = Subscriber("subscriptions", Nothing(), owner, notes, client, base, book)
        callbacks = CallbackApi(
            records,
            book,
            max_bytes=100_000,
            polls=lambda url: any(spec.url == url for spec in owner.feeds),
            on_push=lambda: None,
        )
        server = PushServer("127.0.0.1", port, [callbacks])
        await server.start()
        for spec in feeds:
            await notes.fetch_feed(spec.url, {}, ignore_robots=True)
        try:
            yield Rig(owner, notes, base, subscriber, book, records)
        finally:
            await subscriber.stop()
            await server.stop()


@pytest.fixture
async def hub() -> AsyncIterator[Hub]:
    """A hub with its publisher."""
    async with websub_hub() as server:
        yield server


@pytest.mark.parametrize("discovery", ["header", "atom", "rss", "json"])
async def test_the_hub_of_a_feed_is_asked_and_verifies(hub: Hub, discovery: str) -> None:
    """100 to 104, 200: wherever it is named, for the address that the feed states itself."""
    hub.discovery = discovery
    async with subscribing(hub) as rig:
        await rig.until(active=1)
        assert hub.verified == [("subscribe", 200, True)]
        assert hub.last["hub.topic"] == hub.base + "/topic"
        assert hub.last["hub.callback"].startswith(f"{rig.base}/websub/")
        assert [each.status for each in rig.records.saved] == ["active"]
        assert len(rig.owner.writes) == 1


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_hub_that_has_moved(hub: Hub, status: int) -> None:
    """203, 204: the same request is posted to where the hub redirects."""
    hub.hub_path, hub.redirect = "/moved", status
    async with subscribing(hub) as rig:
        await rig.until(active=1)
        assert hub.last["hub.mode"] == "subscribe"


@pytest.mark.parametrize("status", [301, 302, 307, 308])
async def test_a_feed_that_redirects(hub: Hub, status: int) -> None:
    """201, 202: its links are relative to where it was found, and self is what counts."""
    hub.discovery, hub.feed_redirect = "header", status
    async with subscribing(hub, replace(hub.spec, url=f"{hub.base}/redirected")) as rig:
        await rig.until(active=1)
        assert hub.last["hub.topic"] == hub.base + "/topic"


async def test_only_our_own_requests_are_verified(hub: Hub) -> None:
    """205: another topic, mode or callback is 404, and so is what was verified already."""
    hub.verifies = False
    async with subscribing(hub) as rig:
        await rig.until(pending=1)
        while not hub.requests:
            await asyncio.sleep(0.02)
        assert await hub.verify(hub.last, topic=hub.base + "/other") == 404
        stranger = {**hub.last, "hub.callback": f"{rig.base}/websub/none"}
        assert await hub.verify(stranger) == 404
        assert rig.book.count() == {"pending": 1}
        assert await hub.verify(hub.last) == 200
        assert rig.book.count() == {"active": 1}
        assert await hub.verify(hub.last, mode="publish") == 404


async def test_a_denial_ends_a_subscription(hub: Hub) -> None:
    """What is pushed nevertheless is 410."""
    async with subscribing(hub) as rig:
        await rig.until(active=1)
        assert await hub.verify(hub.last, mode="denied", reason="closed") == 200
        assert [each.reason for each in rig.book] == ["closed"]
        assert await hub.distribute(hub.feed("x")) == 410


async def test_what_is_not_signed_is_ignored(hub: Hub) -> None:
    """300 to 302: 2xx, as the recommendation says, and nothing else; every method is understood."""
    async with subscribing(hub) as rig:
        await rig.until(active=1)
        for number, method in enumerate(("sha1", "sha256", "sha384", "sha512")):
            assert await hub.distribute(hub.feed(f"m{number}"), method=method) == 202
        assert [each.content for each in rig.records.pushed] == [
            hub.feed(f"m{number}") for number in range(4)
        ]
        assert await hub.distribute(hub.feed("x"), method="") == 202
        assert await hub.distribute(hub.feed("x"), secret="wrong") == 202
        assert await hub.distribute(hub.feed("x"), url=f"{rig.base}/websub/none") == 404
        assert await hub.distribute(b"x" * 200_000) == 413
        rig.records.is_broken = True
        assert await hub.distribute(hub.feed("x")) == 503
        assert len(rig.records.pushed) == 4


async def test_a_feed_is_polled_less_only_while_its_hub_pushes(hub: Hub) -> None:
    """Not before the first push; the same object is returned, so that due times are kept."""
    async with subscribing(hub) as rig:
        await rig.until(active=1)
        spec = rig.owner.feeds[0]
        assert rig.owner.adjust(spec) is spec
        rig.owner.on_pushed(spec.url)
        slower = rig.owner.adjust(spec)
        assert slower.interval_s == PUSHED_INTERVAL_S
        assert rig.owner.adjust(spec) is slower
        assert await hub.verify(hub.last, mode="denied") == 200
        assert rig.owner.adjust(spec) is spec


async def test_a_hub_that_refuses_is_asked_again_later(hub: Hub) -> None:
    """Each failure is remembered; a hub at an address that is not allowed is never asked."""
    hub.refusal = 500
    async with subscribing(hub) as rig:
        await rig.until(failed=1)
        assert [(each.failures, each.reason) for each in rig.book] == [(1, "the hub answers 500")]
        assert rig.owner.adjust(rig.owner.feeds[0]) is rig.owner.feeds[0]
        rig.subscriber.look()
        await asyncio.sleep(0.1)
        assert len(hub.requests) == 1


async def test_a_lease_is_renewed_and_a_feed_that_is_left_out_is_unsubscribed(hub: Hub) -> None:
    """303: with the same callback and secret; the hub verifies the end, too."""
    hub.lease_s = 2
    async with subscribing(hub) as rig:
        deadline = time.monotonic() + DEADLINE_S
        while len(hub.verified) < 2:
            assert time.monotonic() < deadline
            rig.subscriber.look()
            await asyncio.sleep(0.05)
        first, second = hub.requests[:2]
        assert first == second
        hub.lease_s = 3600
        count = len(hub.verified)
        while len(hub.verified) == count:
            rig.subscriber.look()
            await asyncio.sleep(0.05)
        await rig.until(active=1)
        rig.owner.feeds = ()
        assert await hub.distribute(hub.feed("b"), url=first["hub.callback"]) == 410
        await rig.until()
        assert hub.last["hub.mode"] == "unsubscribe"
        assert hub.verified[-1] == ("unsubscribe", 200, True)
