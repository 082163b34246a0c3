"""Answer hubs: is this request yours, and here is content. Every replica does.

https://www.w3.org/TR/websub/#hub-verifies-intent, #content-distribution
"""

import asyncio
import re
import secrets
import time
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Final

from aiohttp import web
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from services.fetcher.push.article_api import load_body
from services.fetcher.push.problem import PushProblem
from services.fetcher.push.websub.pushed_record import MAX_DOCUMENT, build_push
from services.fetcher.push.websub.signature import is_signed
from services.fetcher.push.websub.subscription import answer_intent, takes_content
from services.fetcher.push.websub.subscription_book import SubscriptionBook, build_subscription
from shared.base import metrics
from shared.base.log import get
from shared.kafka.cluster import Cluster
from shared.kafka.preflight import partition_counts
from shared.kafka.topics import FEEDS, SUBSCRIPTIONS
from shared.kafka.transaction import Write, send_record
from shared.messages.schemas import FeedSubscription, PushedFeed
from shared.service.web_server import Route

log = get(__name__)

SEEN_WITHIN_S: Final = 3.0
"""A hub may ask another replica than the one that subscribed, before that one has read of it."""
LOOK_EVERY_S: Final = 0.05
SEND_S: Final = 10.0
_PATH: Final = re.compile(r"[0-9a-f]{32}")


class HubRecords:
    """Writes what hubs say, whichever process polls the feed."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._producer: AIOKafkaProducer | None = None
        self._partitions = 0

    async def start(self) -> None:
        """Start the producer."""
        counts = await partition_counts(self._cluster)
        self._partitions = counts[self._cluster.name(FEEDS.name)]
        self._producer = self._cluster.producer(linger_ms=0)
        await self._producer.start()

    async def stop(self) -> None:
        """Stop the producer."""
        if self._producer is not None:
            await self._producer.stop()

    async def save(self, subscription: FeedSubscription) -> None:
        """Write a subscription; KafkaError or TimeoutError if that is not possible now."""
        now_ms = time.time_ns() // 1_000_000
        topic = self._cluster.name(SUBSCRIPTIONS.name)
        await self._send(build_subscription(topic, subscription, now_ms=now_ms))

    async def push(self, pushed: PushedFeed) -> None:
        """Write a document for the owner of its feed; errors as above."""
        topic = self._cluster.name(FEEDS.name)
        await self._send(build_push(topic, pushed, secrets.token_hex(8), self._partitions))

    async def _send(self, record: Write) -> None:
        if self._producer is None:
            raise TimeoutError
        async with asyncio.timeout(SEND_S):
            await send_record(self._producer, record)


class CallbackApi:
    """The callbacks. ``book`` is kept up to date by the Subscriber.

    ``polls``: whether a feed is still in the feeds file. ``on_push`` is called once a document is
    in Kafka.
    """

    def __init__(
        self,
        records: HubRecords,
        book: SubscriptionBook,
        *,
        max_bytes: int,
        polls: Callable[[str], bool],
        on_push: Callable[[], None],
    ) -> None:
        self._records, self._book, self._max_bytes = records, book, max_bytes
        self._polls, self._on_push = polls, on_push
        self._stopping = asyncio.Event()

    def routes(self) -> list[Route]:
        """Return the routes of the server."""
        return [
            ("GET /websub/{path}", self.answer_intent),
            ("POST /websub/{path}", self.take_content),
        ]

    async def start(self) -> None:
        """Get ready to write."""
        await self._records.start()

    async def run(self) -> None:
        """Do nothing until stopped: the server calls the handlers."""
        await self._stopping.wait()

    async def stop(self) -> None:
        """Write no more."""
        self._stopping.set()
        await self._records.stop()

    async def answer_intent(self, request: web.Request) -> web.StreamResponse:
        """Echo the challenge of a request that is ours; 404 for any other."""
        path = request.match_info["path"]
        subscription = await self._wait_for_answer(path, dict(request.query))
        if subscription is None:
            return web.Response(status=HTTPStatus.NOT_FOUND, text="no such request\n")
        await _or_unavailable(self._records.save(subscription))
        self._book.put(subscription)
        log.info(
            "a hub has answered",
            feed=subscription.feed.partition("?")[0],
            status=subscription.status,
            because=subscription.reason,
        )
        return web.Response(text=request.query.get("hub.challenge", ""))

    async def _wait_for_answer(
        self, path: str, query: Mapping[str, str]
    ) -> FeedSubscription | None:
        deadline = asyncio.get_running_loop().time() + SEEN_WITHIN_S
        while True:
            before = self._book.at_path(path)
            answer = answer_intent(before, query, datetime.now(UTC)) if before else None
            is_other = before is not None and before.topic != query.get("hub.topic")
            is_over = asyncio.get_running_loop().time() > deadline or not _PATH.fullmatch(path)
            if answer is not None or is_over or is_other:
                return answer
            await asyncio.sleep(LOOK_EVERY_S)

    async def take_content(self, request: web.Request) -> web.StreamResponse:
        """Take a document: 2xx once Kafka has it, or if it is not signed, and so ignored."""
        try:
            subscription = self._find(request.match_info["path"])
            body = await load_body(request, self._max_bytes)
        except PushProblem as problem:
            metrics.PUSHED_DOCUMENTS.labels(problem.code).inc()
            return web.Response(status=problem.status, text=problem.detail + "\n")
        signature = request.headers.get("X-Hub-Signature", "")
        if not is_signed(signature, subscription.secret, body):
            metrics.PUSHED_DOCUMENTS.labels("unsigned").inc()
            log.warning(
                "a pushed document was ignored: its signature is missing or wrong",
                feed=subscription.feed.partition("?")[0],
            )
            return web.Response(status=HTTPStatus.ACCEPTED)
        pushed = PushedFeed(
            feed=subscription.feed,
            topic=subscription.topic,
            content_type=request.headers.get("Content-Type", "")[:200],
            content=body if len(body) <= MAX_DOCUMENT else b"",
            received_at=datetime.now(UTC),
        )
        await _or_unavailable(self._records.push(pushed))
        self._on_push()
        metrics.PUSHED_DOCUMENTS.labels("accepted").inc()
        return web.Response(status=HTTPStatus.ACCEPTED)

    def _find(self, path: str) -> FeedSubscription:
        subscription = self._book.at_path(path)
        if subscription is None:
            raise PushProblem(HTTPStatus.NOT_FOUND, "unknown", "there is no such callback")
        if not self._polls(subscription.feed) or not takes_content(subscription):
            raise PushProblem(HTTPStatus.GONE, "unknown", "this subscription has ended")
        return subscription


async def _or_unavailable(writing: Awaitable[None]) -> None:
    """Wait until something is written; 503 if that is not possible now: hubs try again."""
    try:
        await writing
    except (KafkaError, TimeoutError):
        raise web.HTTPServiceUnavailable from None
