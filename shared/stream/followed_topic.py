"""A small topic of one partition, read whole at the start and then record by record."""

from collections.abc import Callable
from typing import Final

from aiokafka import AIOKafkaConsumer, TopicPartition

from shared.kafka.cluster import Cluster
from shared.kafka.stop_reader import stop_reader

POLL_MS: Final = 200

Apply = Callable[[bytes, bytes | None], None]
"""Applies one record: its key, and its value or None for a tombstone."""


class FollowedTopic:
    """A component that passes every record to ``apply``. Call ``prepare`` first."""

    def __init__(self, cluster: Cluster, topic: str, apply: Apply) -> None:
        self._cluster, self._apply = cluster, apply
        self._partition = TopicPartition(cluster.name(topic), 0)
        self._next_offset = 0
        self._stopping = False

    async def prepare(self) -> None:
        """Read all that the topic holds now."""
        reader = await self._open()
        try:
            end = (await reader.end_offsets([self._partition]))[self._partition]
            while self._next_offset < end:
                await self._poll(reader)
        finally:
            await stop_reader(reader)

    async def start(self) -> None:
        """Do nothing: ``run`` opens the reader."""

    async def run(self) -> None:
        """Follow the topic until stopped."""
        reader = await self._open()
        try:
            while not self._stopping:
                await self._poll(reader)
        finally:
            await stop_reader(reader)

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
            self._apply(record.key or b"", record.value)
        self._next_offset = await reader.position(self._partition)
