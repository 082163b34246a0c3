"""Answers the page's request to have a feed polled at once, without any back-off."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Final

import msgspec

from services.board.questions.gate import RequestRefused, check_headers, parse_json
from services.board.requests.writer import answer_or_refuse
from services.board.state.board_state import BoardState
from services.board.state.feed_rows import address_without_query, feed_id
from shared.base.log import get
from shared.kafka.cluster import Cluster
from shared.kafka.topics import FEEDS
from shared.kafka.transaction import send_all
from shared.messages.feed_revival import build_request

log = get(__name__)

MAX_REQUEST_BYTES: Final = 500


class FeedPollBody(msgspec.Struct, forbid_unknown_fields=True):
    """What the page sends: the id of a row."""

    id: str


Request = Callable[[str], Awaitable[None]]
"""Asks the fetcher to poll the feed at this address. Raises RequestRefused."""


class FeedPolls:
    """Requests polls, one at a time."""

    def __init__(self, board: BoardState, request: Request) -> None:
        self._board, self._request = board, request
        self._lock = asyncio.Lock()

    async def answer(self, headers: Mapping[str, str], body: bytes) -> dict[str, Any]:
        """Write the request, and return the feed's address. Raises RequestRefused."""
        check_headers(headers)
        identifier = parse_json(body, FeedPollBody, MAX_REQUEST_BYTES).id
        url = next((url for url in self._board.feeds if feed_id(url) == identifier), None)
        if url is None:
            raise RequestRefused(404, "this feed is not known here any more")
        if self._lock.locked():
            raise RequestRefused(429, "another request is being written: try again in a moment")
        async with self._lock:
            await self._request(url)
        address = address_without_query(url)
        log.info("a poll was requested on the board", feed=address)
        return {"address": address}


def build_feed_polls(cluster: Cluster, board: BoardState) -> FeedPolls:
    """Return the answers to requests; each is written by a producer of its own."""
    topic = cluster.name(FEEDS.name)

    async def request(url: str) -> None:
        producer = cluster.producer()
        async with answer_or_refuse(topic):
            await producer.start()
        try:
            async with answer_or_refuse(topic):
                partitions = len(await producer.partitions_for(topic))
                now = datetime.now(UTC)
                write = build_request(topic, url, partitions, ce_source="board", now=now)
                await send_all(producer, [write])
        finally:
            await producer.stop()

    return FeedPolls(board, request)
