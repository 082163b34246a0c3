"""Writes the few records that people decide at the board, each with a producer of its own."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Final

from services.board.questions.gate import RequestRefused
from shared.base.log import get
from shared.kafka.cluster import CLIENT_ERRORS, Cluster
from shared.kafka.transaction import Write, send_all

log = get(__name__)

ANSWER_S: Final = 15.0

Send = Callable[[Write], Awaitable[None]]
"""Writes a record, and returns once the broker has it."""


def build_send(cluster: Cluster) -> Send:
    """Return what writes to a cluster."""

    async def send(write: Write) -> None:
        producer = cluster.producer()
        await producer.start()
        try:
            await send_all(producer, [write])
        finally:
            await producer.stop()

    return send


async def write_or_refuse(send: Send, write: Write) -> None:
    """Write a record. Raises RequestRefused if Kafka does not answer in time."""
    async with answer_or_refuse(write.topic):
        await send(write)


@asynccontextmanager
async def answer_or_refuse(topic: str) -> AsyncIterator[None]:
    """Raise RequestRefused for the page if Kafka does not answer in time."""
    try:
        async with asyncio.timeout(ANSWER_S):
            yield
    except (*CLIENT_ERRORS, TimeoutError) as error:
        log.warning("a record could not be written", topic=topic, error=str(error)[:200])
        raise RequestRefused(503, "Kafka does not answer: try again later") from error
