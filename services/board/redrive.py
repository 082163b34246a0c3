"""Answers the page's request to post what is parked for a destination."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from functools import partial
from typing import Any, Final

import msgspec

from services.board.questions.gate import (
    RequestRefused,
    check_headers,
    parse_json,
)
from services.board.state.deliveries.undelivered import Undelivered
from shared.base.log import get
from shared.kafka.cluster import CLIENT_ERRORS, Cluster
from shared.kafka.topics import DISPATCHES
from shared.kafka.transaction import Write, send_all
from shared.messages.redrive import build_redrive

log = get(__name__)

MAX_REQUEST_BYTES: Final = 2_000
ANSWER_S: Final = 15.0

Send = Callable[[Write], Awaitable[None]]
"""Writes a record, and returns once the broker has it."""


class RedriveBody(msgspec.Struct, forbid_unknown_fields=True):
    """What the page sends."""

    destination: str


class Redrives:
    """Requests the parked messages of one destination at a time."""

    def __init__(self, undelivered: Undelivered, topic: str, send: Send) -> None:
        self._undelivered, self._topic, self._send = undelivered, topic, send
        self._lock = asyncio.Lock()

    async def answer(self, headers: Mapping[str, str], body: bytes) -> dict[str, Any]:
        """Write the request, and return how many messages it is about. Raises RequestRefused."""
        check_headers(headers)
        destination = parse_json(body, RedriveBody, MAX_REQUEST_BYTES).destination
        parked = self._undelivered.count_parked(destination)
        if not parked:
            raise RequestRefused(404, "nothing is parked for this destination any more")
        if self._lock.locked():
            raise RequestRefused(429, "another request is being written: try again in a moment")
        async with self._lock:
            await self._write(destination)
        log.warning("a redrive was requested on the board", destination=destination, parked=parked)
        return {"parked": parked}

    async def _write(self, destination: str) -> None:
        now = datetime.now(UTC)
        write = build_redrive(self._topic, destination, ce_source="board", now=now)
        try:
            async with asyncio.timeout(ANSWER_S):
                await self._send(write)
        except (*CLIENT_ERRORS, TimeoutError) as error:
            log.warning("a redrive could not be requested", error=str(error)[:200])
            raise RequestRefused(503, "Kafka does not answer: try again later") from error


def build_redrives(cluster: Cluster, undelivered: Undelivered) -> Redrives:
    """Return the answers to requests; each is written by a producer of its own."""

    send = partial(write_alone, cluster)
    return Redrives(undelivered, cluster.name(DISPATCHES.name), send)


async def write_alone(cluster: Cluster, write: Write) -> None:
    """Write one record with a producer of its own; return once the broker has it."""
    producer = cluster.producer()
    await producer.start()
    try:
        await send_all(producer, [write])
    finally:
        await producer.stop()
