"""What tests do with a real broker: topics of their own, records in, committed records out, and a broker that can be killed."""

import asyncio
import os
import signal
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from aiokafka import TopicPartition
from aiokafka.admin import NewPartitions, NewTopic

from services.console.local import kafka_broker
from shared.base.settings import KafkaSettings
from shared.kafka.cluster import Cluster
from shared.kafka.preflight import partition_counts
from tests.ports import free_port

Pair = tuple[bytes | None, bytes | None]
BREAKS_A_BROKER = pytest.mark.xdist_group("breaks a broker")
"""The mark of tests that kill, freeze or starve a broker of their own: one of them runs at a time. ``faulty_broker`` gives it by itself."""


def cluster_at(bootstrap: str, prefix: str = "") -> Cluster:
    """The cluster at that address, whatever the environment says."""
    return Cluster(
        KafkaSettings.model_validate({"kafka_bootstrap": bootstrap, "kafka_topic_prefix": prefix})
    )


@dataclass(slots=True)
class FaultyBroker:
    """A broker of a test's own that may be killed, frozen and started again in the same folder and on the same port."""

    folder: Path
    port: int = field(default_factory=free_port)
    more: Mapping[str, str | int] = field(default_factory=dict)
    broker: kafka_broker.Broker | None = None

    @property
    def bootstrap(self) -> str:
        """What KAFKA_BOOTSTRAP takes; the same before and after a restart."""
        return f"127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start it, or start it again; returns when it answers."""
        self.broker = kafka_broker.start(self.folder, self.port, owned=True, more=self.more)

    def kill(self) -> None:
        """kill -9, and wait until it is gone."""
        self._signal(signal.SIGKILL)
        if self.broker and self.broker.child:
            self.broker.child.wait(timeout=10)

    def freeze(self) -> None:
        """SIGSTOP: its connections stay open and nothing answers."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """SIGCONT."""
        self._signal(signal.SIGCONT)

    def stop(self) -> None:
        """End it for good; fine where it is dead already."""
        if kafka_broker.status(self.folder):
            self.thaw()
        kafka_broker.stop(self.folder)

    def _signal(self, number: int) -> None:
        if self.broker is None:
            raise AssertionError("start the broker first")
        os.kill(self.broker.pid, number)


async def create_topic(
    cluster: Cluster, name: str, *, partitions: int = 1, **configuration: str
) -> str:
    """Create ``cluster.name(name)``; configuration names have ``_`` for ``.``. Gives the full name."""
    admin = cluster.admin()
    await admin.start()
    try:
        full = cluster.name(name)
        topic = NewTopic(
            full,
            partitions,
            1,
            topic_configs={key.replace("_", "."): value for key, value in configuration.items()},
        )
        await admin.create_topics([topic])
        return full
    finally:
        await admin.close()


async def add_partitions(cluster: Cluster, total: int, *names: str) -> None:
    """Raise topics to so many partitions, as an operator does with kafka-topics --alter; returns when the broker tells of them."""
    admin = cluster.admin()
    await admin.start()
    try:
        await admin.create_partitions({cluster.name(name): NewPartitions(total) for name in names})
    finally:
        await admin.close()
    while {(await partition_counts(cluster))[cluster.name(name)] for name in names} != {total}:
        await asyncio.sleep(0.05)


async def delete_all(cluster: Cluster) -> None:
    """Delete every topic under the cluster's prefix."""
    admin = cluster.admin()
    await admin.start()
    try:
        ours = [
            name
            for name in await admin.list_topics()
            if name.startswith(cluster.settings.kafka_topic_prefix)
        ]
        if ours and cluster.settings.kafka_topic_prefix:
            await admin.delete_topics(ours)
    finally:
        await admin.close()


async def produce(
    cluster: Cluster,
    topic: str,
    pairs: Iterable[Pair],
    *,
    partition: int | None = None,
    headers: Sequence[Any] = (),
) -> None:
    """Write (key, value) pairs to ``cluster.name(topic)`` in order; returns when the broker has them all."""
    producer = cluster.producer()
    await producer.start()
    try:
        for key, value in pairs:
            await producer.send(
                cluster.name(topic), key=key, value=value, partition=partition, headers=headers
            )
        await producer.flush()
    finally:
        await producer.stop()


async def consume(cluster: Cluster, topic: str) -> list[Any]:
    """Every committed record of ``cluster.name(topic)``, ordered by partition and offset; open transactions are waited for, not read."""
    name = cluster.name(topic)
    partitions = [
        TopicPartition(name, number) for number in range((await partition_counts(cluster))[name])
    ]
    reader = cluster.reader()
    await reader.start()
    try:
        ends = await reader.end_offsets(partitions)
        reader.assign(partitions)
        await reader.seek_to_beginning(*partitions)
        return [record for tp in partitions for record in await _to_the_end(reader, tp, ends[tp])]
    finally:
        await reader.stop()


async def _to_the_end(reader: Any, tp: TopicPartition, end: int) -> list[Any]:
    found: list[Any] = []
    while await reader.position(tp) < end:
        found += (await reader.getmany(tp, timeout_ms=100)).get(tp, [])
    return found
