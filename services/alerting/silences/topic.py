"""silences.v1 as a process reads it: whole at the start, then record by record."""

from typing import Final

from aiokafka import AIOKafkaConsumer, TopicPartition

from services.alerting.silences.silence_book import SilenceBook
from shared.base import metrics
from shared.base.log import get
from shared.kafka.cluster import Cluster
from shared.kafka.topics import SILENCES

log = get(__name__)

POLL_MS: Final = 200


class SilencesTopic:
    """A component that keeps ``book`` up to date. Call ``prepare`` first."""

    def __init__(self, cluster: Cluster) -> None:
        self.book = SilenceBook()
        self._cluster = cluster
        self._partition = TopicPartition(cluster.name(SILENCES.name), 0)
        self._next_offset = 0
        self._stopping = False

    async def prepare(self) -> None:
        """Read every silence, so that nothing is told that somebody has silenced."""
        reader = await self._open()
        try:
            end = (await reader.end_offsets([self._partition]))[self._partition]
            while self._next_offset < end:
                await self._poll(reader)
        finally:
            await reader.stop()

    async def start(self) -> None:
        """Do nothing: ``run`` opens the reader."""

    async def run(self) -> None:
        """Follow the topic until stopped."""
        reader = await self._open()
        try:
            while not self._stopping:
                await self._poll(reader)
        finally:
            await reader.stop()

    async def stop(self) -> None:
        """Stop following."""
        self._stopping = True

    async def _open(self) -> AIOKafkaConsumer:
        reader = self._cluster.reader()
        await reader.start()
        reader.assign([self._partition])
        reader.seek(self._partition, self._next_offset)
        return reader

    async def _poll(self, reader: AIOKafkaConsumer) -> None:
        """Apply new records, after a short wait at most."""
        batches = await reader.getmany(self._partition, timeout_ms=POLL_MS)
        for record in batches.get(self._partition, []):
            key = record.key or b""
            self.book.apply(key, record.value)
            if because := self.book.unreadable.get(key):
                log.error("a silence cannot be read", silence=key.decode(), because=because)
        self._next_offset = await reader.position(self._partition)
        metrics.SILENCES.set(len(self.book.silences))
