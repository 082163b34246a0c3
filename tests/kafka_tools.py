"""Tools for tests on a real broker: topics, records in and out, and a broker that can be killed."""

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
"""Marks tests that kill, freeze or starve a broker of their own, so that they run one at a time.

Tests that use the fixture ``faulty_broker`` are marked automatically.
"""
METADATA_TIMEOUT_S = 20.0


def cluster_at(bootstrap: str, prefix: str = "") -> Cluster:
    """Return the cluster at that address, independent of the environment."""
    return Cluster(
        KafkaSettings.model_validate({"kafka_bootstrap": bootstrap, "kafka_topic_prefix": prefix})
    )


@dataclass(slots=True)
class FaultyBroker:
    """A broker for one test: it can be killed, frozen and restarted on its folder and port."""

    folder: Path
    port: int = field(default_factory=free_port)
    more: Mapping[str, str | int] = field(default_factory=dict)
    broker: kafka_broker.Broker | None = None

    @property
    def bootstrap(self) -> str:
        """The value for KAFKA_BOOTSTRAP; a restart does not change it."""
        return f"127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start or restart the broker; return when it answers."""
        self.broker = kafka_broker.start(
            self.folder, self.port, owned=True, extra_settings=self.more
        )

    def kill(self) -> None:
        """Send SIGKILL, and wait until the process is gone."""
        self._signal(signal.SIGKILL)
        if self.broker and self.broker.child:
            self.broker.child.wait(timeout=10)

    def freeze(self) -> None:
        """Send SIGSTOP: connections stay open, but nothing answers."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Send SIGCONT."""
        self._signal(signal.SIGCONT)

    def stop(self) -> None:
        """Stop the broker for good, also if it is frozen or dead."""
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
    """Create a topic, wait until the broker announces it, and return its full name.

    In names of configuration, ``_`` stands for ``.``.
    """
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
    finally:
        await admin.close()
    await partition_count(cluster, full)
    return full


async def add_partitions(cluster: Cluster, total: int, *names: str) -> None:
    """Raise topics to ``total`` partitions, and wait until the broker announces them."""
    admin = cluster.admin()
    await admin.start()
    try:
        await admin.create_partitions({cluster.name(name): NewPartitions(total) for name in names})
    finally:
        await admin.close()
    while {(await partition_counts(cluster))[cluster.name(name)] for name in names} != {total}:
        await asyncio.sleep(0.05)


async def partition_count(cluster: Cluster, full_name: str) -> int:
    """Return a topic's number of partitions.

    Wait for a topic that was just created: a busy broker takes a while to announce it.
    """
    deadline = asyncio.get_running_loop().time() + METADATA_TIMEOUT_S
    while full_name not in (counts := await partition_counts(cluster)):
        assert asyncio.get_running_loop().time() < deadline, f"there is no topic {full_name}"
        await asyncio.sleep(0.02)
    return counts[full_name]


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
    """Write (key, value) pairs to a topic in order, and wait until the broker has them all."""
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
    """Return every committed record of a topic, ordered by partition and offset.

    Open transactions are waited for.
    """
    name = cluster.name(topic)
    partitions = [
        TopicPartition(name, number) for number in range(await partition_count(cluster, name))
    ]
    reader = cluster.reader()
    await reader.start()
    try:
        ends = await reader.end_offsets(partitions)
        reader.assign(partitions)
        await reader.seek_to_beginning(*partitions)
        return [record for tp in partitions for record in await _read_to_end(reader, tp, ends[tp])]
    finally:
        await reader.stop()


async def _read_to_end(reader: Any, tp: TopicPartition, end: int) -> list[Any]:
    records: list[Any] = []
    while await reader.position(tp) < end:
        records += (await reader.getmany(tp, timeout_ms=100)).get(tp, [])
    return records
