"""Topics on a cluster: create them from the table, and say where the cluster differs from it."""

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
"""Kafka compacts all but the segment that is written to, a GB by default: and whoever is assigned a partition reads all that is there."""
TOPIC_ALREADY_EXISTS: Final = TopicAlreadyExistsError.errno


@dataclass(frozen=True, slots=True)
class TopicSpec:
    """One topic as the broker should keep it."""

    name: str
    partitions: int
    configuration: Mapping[str, str]


def topic_specs(cluster: Cluster, partitions: int | None = None) -> list[TopicSpec]:
    """Every topic that is in use and every dead-letter topic; ``partitions`` replaces the table's numbers (tests, small clusters)."""
    topics = [
        TopicSpec(cluster.name(topic.name), partitions or topic.partitions, _configuration(topic))
        for topic in TOPICS
    ]
    return topics + [
        TopicSpec(cluster.name(topic.dead_letters), 1, _dead_letter_configuration())
        for topic in dead_letter_sources()
    ]


def _configuration(topic: Topic) -> dict[str, str]:
    kept = {"cleanup.policy": topic.cleanup, "max.message.bytes": str(topic.max_message_bytes)}
    if topic.cleanup != "delete":
        kept["segment.bytes"] = str(STATE_SEGMENT_BYTES)
    return kept | {"retention.ms": str(-1 if topic.retention_ms is None else topic.retention_ms)}


def _dead_letter_configuration() -> dict[str, str]:
    return {
        "cleanup.policy": "delete",
        "max.message.bytes": str(DEAD_LETTER_MAX_BYTES),
        "retention.ms": str(DEAD_LETTER_RETENTION_MS),
    }


async def create(
    cluster: Cluster, *, partitions: int | None = None, replication: int = 1
) -> list[str]:
    """Create what is missing; the names of what was created. Topics that exist are left as they are (see ``differences``)."""
    existing = await partition_counts(cluster)
    missing = [topic for topic in topic_specs(cluster, partitions) if topic.name not in existing]
    admin = cluster.admin()
    await admin.start()
    try:
        return await _create(admin, missing, replication)
    finally:
        await admin.close()


async def _create(
    admin: AIOKafkaAdminClient, missing: Sequence[TopicSpec], replication: int
) -> list[str]:
    if not missing:
        return []
    answer = await admin.create_topics(
        [
            NewTopic(t.name, t.partitions, replication, topic_configs=dict(t.configuration))
            for t in missing
        ]
    )
    for name, code, *message in answer.topic_errors:
        if code not in (0, TOPIC_ALREADY_EXISTS):  # somebody else may create them at the same time
            raise KafkaError(
                f"topic {name} cannot be created: {(message or [None])[0] or for_code(code).__name__}"
            )
    return [topic.name for topic in missing]


async def differences(cluster: Cluster) -> list[str]:
    """Where the cluster differs from the table, one line a difference."""
    existing = await partition_counts(cluster)
    configured = await _configured(
        cluster, [topic.name for topic in topic_specs(cluster) if topic.name in existing]
    )
    found: list[str] = []
    for topic in topic_specs(cluster):
        if topic.name not in existing:
            found.append(f"{topic.name}: missing; run `summitwire topics create`")
            continue
        if existing[topic.name] != topic.partitions:
            found.append(
                f"{topic.name}: {existing[topic.name]} partitions, the table says {topic.partitions}"
            )
        has = configured.get(topic.name, {})
        wrong = [
            (key, value)
            for key, value in topic.configuration.items()
            if _normal(has.get(key)) != _normal(value)
        ]
        found += [
            f"{topic.name}: {key} is {has.get(key)}, the table says {value}" for key, value in wrong
        ]
    return found


def _normal(value: str | None) -> list[str]:
    return sorted((value or "").split(","))


async def _configured(cluster: Cluster, names: Sequence[str]) -> dict[str, dict[str, str]]:
    admin = cluster.admin()
    await admin.start()
    try:
        answers = (
            await admin.describe_configs(
                [ConfigResource(ConfigResourceType.TOPIC, name) for name in names]
            )
            if names
            else []
        )
    finally:
        await admin.close()
    return {
        resource[3]: {entry[0]: entry[1] for entry in resource[4]}
        for answer in answers
        for resource in answer.resources
    }
