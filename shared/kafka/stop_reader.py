"""Stop a reader, whatever has become of its cluster."""

import asyncio
from typing import Final

from aiokafka import AIOKafkaConsumer

from shared.base.log import get

log = get(__name__)

STOP_S: Final = 3.0
"""aiokafka may wait for ever for a fetch, of a partition that was left or a broker that is gone."""


async def stop_reader(reader: AIOKafkaConsumer) -> None:
    """Stop a reader, and leave it if that takes longer than three seconds.

    Its tasks may end by cancellation, which must not cancel us: so we wait for it, but do not await
    it.
    """
    stopping = asyncio.create_task(reader.stop())
    finished, _ = await asyncio.wait([stopping], timeout=STOP_S)
    if not finished:
        stopping.cancel()
    elif stopping.cancelled() or stopping.exception():
        log.debug("the reader did not stop in order")
