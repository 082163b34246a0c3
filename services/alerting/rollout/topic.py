"""rules.v1 as one process reads and writes it.

Everything is in partition 0, because the order of the records is what makes a set.
"""

import asyncio
import time
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Final

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from services.alerting.rollout.changelog import RulesChangelog, build_change, build_records
from shared.kafka.cluster import Cluster
from shared.kafka.stop_reader import stop_reader
from shared.kafka.topics import RULES
from shared.kafka.transaction import Write, commit
from shared.messages.own_record import build_record
from shared.messages.schemas import Rule, RuleSetChange

PUBLISHER: Final = "alerting/rules"
"""The transactional id of every publisher: there is one at a time in the whole cluster."""
POLL_MS: Final = 200


class RulesTopic:
    """Keeps ``log`` up to date between ``open`` and ``close``.

    Opened again, it continues where it was.
    """

    def __init__(self, cluster: Cluster) -> None:
        self.log = RulesChangelog()
        self._cluster = cluster
        self._partition = TopicPartition(cluster.name(RULES.name), 0)
        self._next_offset = 0
        self._has_update = False
        self._reader: AIOKafkaConsumer | None = None

    @property
    def reader(self) -> AIOKafkaConsumer:
        """The open reader. RuntimeError before ``open``."""
        if self._reader is None:
            raise RuntimeError("RulesTopic.open() has not been called")
        return self._reader

    async def open(self) -> None:
        """Start to read."""
        self._reader = self._cluster.reader()
        await self.reader.start()
        self.reader.assign([self._partition])
        self.reader.seek(self._partition, self._next_offset)

    async def close(self) -> None:
        """Stop reading for now."""
        reader, self._reader = self._reader, None
        if reader is not None:
            await stop_reader(reader)

    def take_update(self) -> bool:
        """Return whether ``log`` has changed since the last call and is between two changes.

        Committed transactions become readable as a whole, up to the last stable offset.
        """
        end = self.reader.last_stable_offset(self._partition) or 0
        if not self._has_update or self._next_offset < end:
            return False
        self._has_update = False
        return True

    async def poll(self) -> None:
        """Apply new records, after a short wait at most."""
        batches = await self.reader.getmany(self._partition, timeout_ms=POLL_MS)
        for record in batches.get(self._partition, []):
            self.log.apply(record.key or b"", record.value)
            self._has_update = True
        self._next_offset = await self.reader.position(self._partition)

    async def poll_to_end(self) -> None:
        """Apply every record up to the end of the topic as of now."""
        end = (await self.reader.end_offsets([self._partition]))[self._partition]
        while self._next_offset < end:
            await self.poll()

    async def publish(self, rules: Iterable[Rule], by: str) -> RuleSetChange | None:
        """Make these rules the set, in one transaction; None if they are already.

        KafkaError if another process publishes at the same time. Starting the producer fences every
        other publisher and ends the transaction that it left open: the end that is then read is
        final.
        """
        target = {rule.rule_id: rule for rule in rules}
        if await self._build_change(target, by) is None:
            return None
        producer = self._cluster.transactional_producer(PUBLISHER)
        await producer.start()
        try:
            await self.poll_to_end()
            change = await self._build_change(target, by)
            if change is not None:
                await self._write(producer, target, change)
            return change
        finally:
            await producer.stop()

    async def _build_change(self, target: Mapping[str, Rule], by: str) -> RuleSetChange | None:
        """Build the change in a thread: 100 000 rules take 250 ms, and heartbeats must go on."""
        return await asyncio.to_thread(build_change, self.log, target, by=by, now=datetime.now(UTC))

    async def _write(
        self, producer: AIOKafkaProducer, target: Mapping[str, Rule], change: RuleSetChange
    ) -> None:
        records = build_records(self.log, target, change)
        writes = [self._to_write(key, message) for key, message in records]
        await commit(producer, writes, {}, self._cluster.name(PUBLISHER))

    def _to_write(self, key: bytes, message: Rule | RuleSetChange | None) -> Write:
        topic, partition = self._partition.topic, self._partition.partition
        now_ms = time.time_ns() // 1_000_000
        return build_record(
            topic, key, message, ce_source=PUBLISHER, now_ms=now_ms, partition=partition
        )
