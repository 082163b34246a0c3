"""Write numbered records exactly once, whatever happens to the broker in the meantime."""

import asyncio
import contextlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from aiokafka import AIOKafkaProducer

from shared.base.exits import ConfigurationError
from shared.kafka.cluster import CLIENT_ERRORS, Cluster
from tests.kafka_tools import Pair, consume

TRY_FOR_S: Final = 30.0
STOP_WITHIN_S: Final = 3.0
AGAIN_AFTER_S: Final = 0.5
_AWAY: Final = (*CLIENT_ERRORS, ConfigurationError, TimeoutError)


class ExactFeeder:
    """A transactional writer that checks what has arrived before it writes again.

    ``number_of`` reads a record's number from its bytes. ``sent`` holds when (clock of the event
    loop) each number was committed.
    """

    def __init__(self, cluster: Cluster, topic: str, number_of: Callable[[bytes], int]) -> None:
        self._cluster, self._topic, self._number_of = cluster, topic, number_of
        self._producer: AIOKafkaProducer | None = None
        self.sent: dict[int, float] = {}

    async def write(self, pairs: Mapping[int, Pair]) -> None:
        """Write the pairs in the order of their numbers; return when all are committed."""
        while missing := {n: pair for n, pair in sorted(pairs.items()) if n not in self.sent}:
            try:
                await asyncio.wait_for(self._commit(list(missing.values())), TRY_FOR_S)
                self._note(missing)
            except _AWAY:
                await self._look(pairs)

    async def write_evenly(
        self, pairs: Sequence[Pair], seconds: float, *, slice_s: float = 0.2
    ) -> None:
        """Write the pairs over a period; what an outage delays follows right after it."""
        clock = asyncio.get_running_loop().time
        begun, done = clock(), 0
        while done < len(pairs):
            due = min(len(pairs), 1 + int(len(pairs) * (clock() - begun) / seconds))
            await self.write(dict(enumerate(pairs[done:due], done)))
            done = due
            await asyncio.sleep(slice_s)

    async def stop(self) -> None:
        """Close the producer."""
        producer, self._producer = self._producer, None
        if producer is not None:
            with contextlib.suppress(*_AWAY):
                await asyncio.wait_for(producer.stop(), STOP_WITHIN_S)

    async def _commit(self, pairs: Sequence[Pair]) -> None:
        producer = await self._started()
        await producer.begin_transaction()
        for key, value in pairs:
            await producer.send(self._cluster.name(self._topic), key=key, value=value)
        await producer.commit_transaction()

    async def _started(self) -> AIOKafkaProducer:
        """Return the producer; a new one fences the last one and ends its open transaction."""
        if self._producer is None:
            producer: Any = self._cluster.transactional_producer("faults-feeder")
            try:
                await producer.start()
            except BaseException:
                with contextlib.suppress(*_AWAY):
                    await asyncio.wait_for(producer.stop(), STOP_WITHIN_S)
                raise
            self._producer = producer
        return self._producer

    async def _look(self, pairs: Mapping[int, Pair]) -> None:
        """Start over after an error: find out which of the pairs have arrived."""
        while True:
            await self.stop()
            await asyncio.sleep(AGAIN_AFTER_S)
            with contextlib.suppress(*_AWAY):
                # The new producer comes first: it ends the transaction that the last one left open,
                # so what is visible afterwards is all there will be.
                await asyncio.wait_for(self._started(), TRY_FOR_S)
                records = await asyncio.wait_for(consume(self._cluster, self._topic), TRY_FOR_S)
                there = {self._number_of(record.value) for record in records}
                self._note({n: pair for n, pair in pairs.items() if n in there})
                return

    def _note(self, pairs: Mapping[int, Pair]) -> None:
        now = asyncio.get_running_loop().time()
        for number in pairs:
            self.sent.setdefault(number, now)
