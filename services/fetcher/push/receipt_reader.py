"""Wait for the receipts of the articles that this process was posted."""

import asyncio
from typing import Final

from aiokafka import AIOKafkaConsumer, TopicPartition

from services.fetcher.push.receipts import answered_request
from shared.base.outcomes import InvalidMessage
from shared.kafka.cluster import Cluster
from shared.kafka.preflight import partition_counts
from shared.kafka.stop_reader import stop_reader
from shared.kafka.topics import RECEIPTS
from shared.messages import codec
from shared.messages.schemas import PushReceipt

POLL_MS: Final = 200


class ReceiptReader:
    """A component that follows receipts.v1 from its end, whichever process writes them."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._waiting: dict[str, asyncio.Future[PushReceipt]] = {}
        self._reader: AIOKafkaConsumer | None = None
        self._stopping = False

    @property
    def is_reading(self) -> bool:
        """Whether no receipt that is written from now on can be missed."""
        return self._reader is not None and not self._stopping

    def expect(self, request: str) -> "asyncio.Future[PushReceipt]":
        """Return the receipt of a request that is about to be written; ``forget`` it at the end."""
        future = asyncio.get_running_loop().create_future()
        self._waiting[request] = future
        return future

    def forget(self, request: str) -> None:
        """Wait for the receipt of this request no longer."""
        self._waiting.pop(request, None)

    async def start(self) -> None:
        """Open the reader at the end of every partition."""
        name = self._cluster.name(RECEIPTS.name)
        count = (await partition_counts(self._cluster))[name]
        tps = [TopicPartition(name, number) for number in range(count)]
        reader = self._cluster.reader()
        await reader.start()
        reader.assign(tps)
        for tp, end in (await reader.end_offsets(tps)).items():
            reader.seek(tp, end)
        self._reader = reader

    async def run(self) -> None:
        """Read receipts until stopped."""
        reader = self._reader
        if reader is None:
            raise RuntimeError("ReceiptReader.start() has not been called")
        try:
            while not self._stopping:
                batches = await reader.getmany(timeout_ms=POLL_MS)
                for records in batches.values():
                    for record in records:
                        self._resolve(record.key, record.value)
        finally:
            await stop_reader(reader)

    async def stop(self) -> None:
        """Stop reading."""
        self._stopping = True

    def _resolve(self, key: bytes | None, value: bytes | None) -> None:
        request = answered_request(key)
        future = self._waiting.get(request) if request else None
        if future is None or future.done() or value is None:
            return
        try:
            future.set_result(codec.decode(value, PushReceipt))
        except InvalidMessage:
            return  # a later version wrote it: the request ends with its time limit
