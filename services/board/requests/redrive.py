"""Answers the page's request to post what is parked for a destination."""

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

import msgspec

from services.board.questions.gate import (
    RequestRefused,
    check_headers,
    parse_json,
)
from services.board.requests.writer import Send, build_send, write_or_refuse
from services.board.state.deliveries.undelivered import Undelivered
from shared.base.log import get
from shared.kafka.cluster import Cluster
from shared.kafka.topics import DISPATCHES
from shared.messages.redrive import build_redrive

log = get(__name__)

MAX_REQUEST_BYTES: Final = 2_000


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
        await write_or_refuse(self._send, write)


def build_redrives(cluster: Cluster, undelivered: Undelivered) -> Redrives:
    """Return the answers to requests; each is written by a producer of its own."""
    return Redrives(undelivered, cluster.name(DISPATCHES.name), build_send(cluster))
