"""Subscribe to the hubs of this process's feeds, renew in time, and end what is no longer polled.

The owner of a feed's partition asks its hub. What it asks is written first, with the partition's
producer, so that an owner of yesterday cannot ask; the hub may then answer to any replica, and all
follow subscriptions.v1.
"""

import asyncio
import secrets
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final, Protocol

from services.fetcher.push.websub import subscription as life
from services.fetcher.push.websub.hub_client import post_to_hub
from services.fetcher.push.websub.hub_notes import HubNotes
from services.fetcher.push.websub.subscription_book import SubscriptionBook, build_subscription
from services.fetcher.sources.feeds_file import FeedSpec
from shared.base import metrics
from shared.base.log import get
from shared.http.clients import Client
from shared.kafka.transaction import Write
from shared.messages.schemas import FeedSubscription

log = get(__name__)

LOOK_EVERY_S: Final = 1.0
REQUESTS_AT_ONCE: Final = 5
STOP_S: Final = 3.0
PUSHED_INTERVAL_S: Final = 3_600.0
"""A feed whose hub pushes is still polled once an hour, because a hub may lose something."""


class FeedOwner(Protocol):
    """What the poll loop knows of feeds, and does for the subscriber.

    ``adjust`` and ``on_pushed`` are set by it (poll_loop.py says when they are called).
    """

    adjust: Callable[[FeedSpec], FeedSpec]
    on_pushed: Callable[[str], None]

    @property
    def feeds(self) -> Sequence[FeedSpec]:
        """All feeds of the feeds file."""

    def owns(self, url: str) -> bool:
        """Return whether this process polls the feed."""

    async def commit_for(self, url: str, writes: Sequence[Write]) -> bool:
        """Write records as the owner of a feed; False if this process is not its owner."""


class Followed(Protocol):
    """Keeps the book of subscriptions up to date: a FollowedTopic."""

    async def prepare(self) -> None:
        """Read all that there is."""

    async def run(self) -> None:
        """Follow until stopped."""

    async def stop(self) -> None:
        """Stop following."""


class Subscriber:
    """A component.

    ``topic`` is the cluster's name of subscriptions.v1, and ``base_url`` the public address of the
    server that hubs reach.
    """

    def __init__(
        self,
        topic: str,
        followed: Followed,
        poll_loop: FeedOwner,
        notes: HubNotes,
        client: Client,
        base_url: str,
        book: SubscriptionBook,
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._topic, self._followed = topic, followed
        self._poll_loop, self._notes = poll_loop, notes
        self._client, self._base_url, self._book, self._now = client, base_url, book, now
        self._requests: dict[str, asyncio.Task[None]] = {}
        self._pushing: set[str] = set()
        self._slower: dict[str, tuple[FeedSpec, FeedSpec]] = {}
        self._stopping = asyncio.Event()
        poll_loop.adjust, poll_loop.on_pushed = self._adjust, self._pushing.add

    async def start(self) -> None:
        """Read all subscriptions."""
        await self._followed.prepare()

    async def run(self) -> None:
        """Ask hubs until stopped."""
        following = asyncio.create_task(self._followed.run())
        try:
            while not self._stopping.is_set():
                if following.done():
                    break
                self.look()
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._stopping.wait(), LOOK_EVERY_S)
        finally:
            await self._followed.stop()
            await following

    async def stop(self) -> None:
        """Stop asking; a request that takes long is abandoned, and asked again later."""
        self._stopping.set()
        if self._requests:
            _, late = await asyncio.wait(self._requests.values(), timeout=STOP_S)
            for task in late:
                task.cancel()

    def _adjust(self, spec: FeedSpec) -> FeedSpec:
        """Return a feed with a longer interval while its hub pushes."""
        subscription = self._book.of_feed(spec.url)
        if subscription is None or spec.url not in self._pushing:
            return spec
        if not life.is_leased(subscription, self._now()):
            return spec
        before, slower = self._slower.get(spec.url, (None, None))
        if before is not spec or slower is None:
            slower = replace(
                spec,
                interval_s=max(spec.interval_s, PUSHED_INTERVAL_S),
                longest_interval_s=max(spec.longest_interval_s or 0.0, PUSHED_INTERVAL_S),
            )
            self._slower[spec.url] = (spec, slower)
        return slower

    def look(self) -> None:
        """Begin the requests that are due."""
        for feed in [feed for feed, task in self._requests.items() if task.done()]:
            self._requests.pop(feed).result()
        counts = self._book.count()
        for status in ("pending", "active", "renewing", "denied", "failed", "ending"):
            metrics.SUBSCRIPTIONS.labels(status).set(counts[status])
        feeds = {spec.url for spec in self._poll_loop.feeds}
        for feed in self._list_due(feeds)[: REQUESTS_AT_ONCE - len(self._requests)]:
            self._requests[feed] = asyncio.create_task(self._ask(feed, is_polled=feed in feeds))

    def _list_due(self, feeds: set[str]) -> list[str]:
        now = self._now()
        due = [
            feed
            for feed in feeds
            if life.is_due(self._book.of_feed(feed), self._notes.links_of(feed), now)
        ]
        ended = [
            subscription.feed
            for subscription in self._book
            if subscription.feed not in feeds
            and (subscription.status != "ending" or now >= life.next_request_at(subscription))
        ]
        return [
            feed
            for feed in sorted({*due, *ended})
            if feed not in self._requests and self._poll_loop.owns(feed)
        ]

    async def _ask(self, feed: str, *, is_polled: bool) -> None:
        """Ask the hub of a feed, after writing down what is asked."""
        asked = self._build_request(feed, is_polled=is_polled)
        if asked is None or not await self._write(asked):
            return
        if asked.status in ("ended", "failed"):
            return
        form = life.request_form(asked, self._base_url)
        reason = await post_to_hub(self._client, asked.hub, form)
        current = self._book.of_feed(feed)
        is_answered = current is None or current != asked
        if reason and not is_answered:
            log.warning("a hub has not accepted", feed=feed.partition("?")[0], because=reason)
            await self._write(life.fail(asked, reason))

    def _build_request(self, feed: str, *, is_polled: bool) -> FeedSubscription | None:
        before, now = self._book.of_feed(feed), self._now()
        if not is_polled:
            if before is None:
                return None
            is_over = before.status == "ending" or not life.is_leased(before, now)
            return replace(before, status="ended") if is_over else life.end(before, now)
        links = self._notes.links_of(feed) or (life.links_of(before) if before else None)
        if links is None:
            return None
        if before is not None and life.has_timed_out(before, now):
            return life.fail(replace(before, asked_at=now), "the hub has not verified the request")
        return life.begin(before, links, feed, now, secrets.token_hex(48))

    async def _write(self, subscription: FeedSubscription) -> bool:
        """Write a subscription as the owner of its feed; False if another process is."""
        now_ms = int(self._now().timestamp() * 1000)
        written = build_subscription(self._topic, subscription, now_ms=now_ms)
        if not await self._poll_loop.commit_for(subscription.feed, [written]):
            return False
        self._book.put(subscription)
        return True
