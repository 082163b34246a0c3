"""rules.v1 as one process reads and writes it: always in partition 0, because the order of its records is what makes a set."""

import asyncio
import time
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Final

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from services.alerting.rollout.changelog import RulesChangelog, build_change, build_records
from shared.kafka.cluster import Cluster
from shared.kafka.topics import RULES
from shared.kafka.transaction import Write, commit
from shared.messages import codec, headers
from shared.messages.schemas import Rule, RuleSetChange

PUBLISHER: Final = "alerting/rules"
"""The transactional id of whoever changes the set: one at a time, on the whole cluster."""
POLL_MS: Final = 200


class RulesTopic:
    """Between ``open`` and ``close`` it keeps ``log`` in step with the topic; opened again, it goes on where it was."""

    def __init__(self, cluster: Cluster) -> None:
        self.log = RulesChangelog()
        self._cluster, self._partition, self._next = (
            cluster,
            TopicPartition(cluster.name(RULES.name), 0),
            0,
        )
        self._unseen = False
        self._reader: AIOKafkaConsumer | None = None

    @property
    def reader(self) -> AIOKafkaConsumer:
        """The reader; RuntimeError before ``open``."""
        if self._reader is None:
            raise RuntimeError("RulesTopic.open() has not been called")
        return self._reader

    async def open(self) -> None:
        """Begin to read."""
        self._reader = self._cluster.reader()
        await self.reader.start()
        self.reader.assign([self._partition])
        self.reader.seek(self._partition, self._next)

    async def close(self) -> None:
        """Read no more for now."""
        reader, self._reader = self._reader, None
        if reader is not None:
            await reader.stop()

    def news(self) -> bool:
        """Whether something was folded in since this was last asked, and all of it: then the log stands between two changes.

        Committed transactions become readable whole, up to the last stable offset.
        """
        complete = self._next >= (self.reader.last_stable_offset(self._partition) or 0)
        found, self._unseen = self._unseen and complete, self._unseen and not complete
        return found

    async def poll(self) -> None:
        """Fold in what has come, after a short wait at most."""
        found = (await self.reader.getmany(self._partition, timeout_ms=POLL_MS)).get(
            self._partition, []
        )
        for record in found:
            self.log.take(record.key or b"", record.value)
        self._unseen = self._unseen or bool(found)
        self._next = await self.reader.position(self._partition)

    async def poll_to_end(self) -> None:
        """Fold in everything that is there now."""
        end = (await self.reader.end_offsets([self._partition]))[self._partition]
        while self._next < end:
            await self.poll()

    async def publish(self, rules: Iterable[Rule], by: str) -> RuleSetChange | None:
        """Make these rules the set, in one transaction; None where they are it already. KafkaError where somebody else was at it, too.

        Starting the producer fences every other publisher and ends what it left open: what is then read to the end stays the end.
        """
        wanted = {rule.rule_id: rule for rule in rules}
        if await self._change(wanted, by) is None:
            return None
        producer = self._cluster.transactional_producer(PUBLISHER)
        await producer.start()
        try:
            await self.poll_to_end()
            made = await self._change(wanted, by)
            if made is not None:
                await self._write(producer, wanted, made)
            return made
        finally:
            await producer.stop()

    async def _change(self, wanted: Mapping[str, Rule], by: str) -> RuleSetChange | None:
        """In a thread: with 100 000 rules it takes a quarter of a second, and heartbeats must go on."""
        return await asyncio.to_thread(build_change, self.log, wanted, by=by, at=datetime.now(UTC))

    async def _write(
        self, producer: AIOKafkaProducer, wanted: Mapping[str, Rule], made: RuleSetChange
    ) -> None:
        writes = [
            self._record(key, message) for key, message in build_records(self.log, wanted, made)
        ]
        await commit(producer, writes, {}, self._cluster.name(PUBLISHER))

    def _record(self, key: bytes, message: Rule | RuleSetChange | None) -> Write:
        if message is None:
            return Write(self._partition.topic, key, None, partition=self._partition.partition)
        value, ce_type = codec.encode(message), f"{type(message).__name__}.v1"
        told = headers.build_outgoing(
            (),
            value=value,
            ce_type=ce_type,
            ce_source=PUBLISHER,
            checkpoint=None,
            now_ms=time.time_ns() // 1_000_000,
        )
        return Write(self._partition.topic, key, value, told, partition=self._partition.partition)
