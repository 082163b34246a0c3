"""Manage topics on a cluster: create them from the table, list how the cluster differs from it."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import KafkaError, TopicAlreadyExistsError, for_code

from shared.kafka.cluster import Cluster
from shared.kafka.preflight import partition_counts
from shared.kafka.topics import (
    DEAD_LETTER_MAX_BYTES,
    DEAD_LETTER_RETENTION_MS,
    MIB,
    TOPICS,
    Topic,
    dead_letter_sources,
)

STATE_SEGMENT_BYTES: Final = 16 * MIB
"""Kafka compacts all but the active segment, 1 GB by default, and a new owner of a partition reads
everything that is there."""
KNOWN_WITHIN_S: Final = 30.0
ASK_AGAIN_S: Final = 0.1
"""A broker answers that it has created a topic before it names it to clients."""
TOPIC_ALREADY_EXISTS: Final = TopicAlreadyExistsError.errno


@dataclass(frozen=True, slots=True)
class TopicSpec:
    """One topic as the cluster should have it."""

    name: str
    partitions: int
    configuration: Mapping[str, str]


def topic_specs(cluster: Cluster, partitions: int | None = None) -> list[TopicSpec]:
    """Return every topic in use and every dead-letter topic.

    ``partitions`` replaces the table's partition counts (for tests and small clusters).
    """
    specs = [
        TopicSpec(cluster.name(topic.name), partitions or topic.partitions, _configuration(topic))
        for topic in TOPICS
    ]
    return specs + [
        TopicSpec(cluster.name(topic.dead_letters), 1, _dead_letter_configuration())
        for topic in dead_letter_sources()
    ]


def _configuration(topic: Topic) -> dict[str, str]:
    configuration = {
        "cleanup.policy": topic.cleanup,
        "max.message.bytes": str(topic.max_message_bytes),
        "retention.ms": str(-1 if topic.retention_ms is None else topic.retention_ms),
    }
    if topic.cleanup != "delete":
        configuration["segment.bytes"] = str(STATE_SEGMENT_BYTES)
    return configuration


def _dead_letter_configuration() -> dict[str, str]:
    return {
        "cleanup.policy": "delete",
        "max.message.bytes": str(DEAD_LETTER_MAX_BYTES),
        "retention.ms": str(DEAD_LETTER_RETENTION_MS),
    }


async def create(
    cluster: Cluster, *, partitions: int | None = None, replication: int = 1
) -> list[str]:
    """Create missing topics and return their names; existing ones stay as they are.

    Once it returns, every broker that is asked knows them. TimeoutError if that takes too long.
    """
    existing = await partition_counts(cluster)
    missing = [spec for spec in topic_specs(cluster, partitions) if spec.name not in existing]
    admin = cluster.admin()
    await admin.start()
    try:
        created = await _create(admin, missing, replication)
    finally:
        await admin.close()
    async with asyncio.timeout(KNOWN_WITHIN_S):
        while True:
            if not set(created) - (await partition_counts(cluster)).keys():
                return created
            await asyncio.sleep(ASK_AGAIN_S)


async def _create(
    admin: AIOKafkaAdminClient, missing: Sequence[TopicSpec], replication: int
) -> list[str]:
    if not missing:
        return []
    topics = [
        NewTopic(spec.name, spec.partitions, replication, topic_configs=dict(spec.configuration))
        for spec in missing
    ]
    answer = await admin.create_topics(topics)
    for name, code, *message in answer.topic_errors:
        # another process may create them at the same time
        if code not in (0, TOPIC_ALREADY_EXISTS):
            reason = (message or [None])[0] or for_code(code).__name__
            raise KafkaError(f"topic {name} cannot be created: {reason}")
    return [spec.name for spec in missing]


async def differences(cluster: Cluster) -> list[str]:
    """Return where the cluster differs from the table, one line for each difference."""
    existing = await partition_counts(cluster)
    specs = topic_specs(cluster)
    names = [spec.name for spec in specs if spec.name in existing]
    configurations = await _fetch_configurations(cluster, names)
    lines: list[str] = []
    for spec in specs:
        name = spec.name
        if name not in existing:
            lines.append(f"{name}: missing; run `summitwire topics create`")
            continue
        if existing[name] != spec.partitions:
            lines.append(f"{name}: {existing[name]} partitions, the table says {spec.partitions}")
        actual = configurations.get(name, {})
        lines += [
            f"{name}: {key} is {actual.get(key)}, the table says {value}"
            for key, value in spec.configuration.items()
            if _normalise(actual.get(key)) != _normalise(value)
        ]
    return lines


def _normalise(value: str | None) -> list[str]:
    """Split a list value, so that the order of its items does not matter."""
    return sorted((value or "").split(","))


async def _fetch_configurations(
    cluster: Cluster, names: Sequence[str]
) -> dict[str, dict[str, str]]:
    if not names:
        return {}
    resources = [ConfigResource(ConfigResourceType.TOPIC, name) for name in names]
    admin = cluster.admin()
    await admin.start()
    try:
        answers = await admin.describe_configs(resources)
    finally:
        await admin.close()
    return {
        resource[3]: {entry[0]: entry[1] for entry in resource[4]}
        for answer in answers
        for resource in answer.resources
    }
