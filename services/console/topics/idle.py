"""Is there anything left to do? Compares what each stage has committed with what its topic holds."""

import asyncio
from collections.abc import Sequence
from typing import Final

from aiokafka import AIOKafkaConsumer, TopicPartition

from services.console.topics.topic_reader import partitions_of
from shared.kafka.cluster import Cluster
from shared.kafka.topics import (
    ALERTS,
    ARTICLES_CLEAN,
    ARTICLES_RAW,
    ARTICLES_TAGGED,
    NOTIFICATIONS,
    Topic,
)

STAGES: Final = (
    ("cleaner", ARTICLES_RAW),
    ("tagger", ARTICLES_CLEAN),
    ("alerting/match", ARTICLES_TAGGED),
    ("alerting/notify", ALERTS),
    ("alerting/deliver", NOTIFICATIONS),
)
"""Every consumer group of the dataflow, in its order, with what it reads."""
CHECK_INTERVAL_S: Final = 0.3


async def wait_until_idle(
    cluster: Cluster, *, deadline_s: float, stages: Sequence[tuple[str, Topic]] = STAGES
) -> bool:
    """Wait until every stage has processed all there is; False where the deadline came first."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + deadline_s
    while loop.time() < deadline:
        # In the dataflow's order: when a later stage is looked at, the earlier ones have nothing more to send it.
        if all([await _has_done_all(cluster, group, topic) for group, topic in stages]):
            return True
        await asyncio.sleep(CHECK_INTERVAL_S)
    return False


async def _has_done_all(cluster: Cluster, group: str, topic: Topic) -> bool:
    committed, partitions = (
        await _committed(cluster, group),
        await partitions_of(cluster, topic.name),
    )
    reader = cluster.reader(keep_broken=True)  # a stage has those to do, too
    await reader.start()
    try:
        ends = await reader.end_offsets(partitions)
        behind = [tp for tp in partitions if committed.get(tp, 0) < ends[tp]]
        return not behind or not await _any_record(reader, behind, committed, ends)
    finally:
        await reader.stop()


async def _committed(cluster: Cluster, group: str) -> dict[TopicPartition, int]:
    admin = cluster.admin()
    await admin.start()
    try:
        offsets = await admin.list_consumer_group_offsets(cluster.name(group))
    finally:
        await admin.close()
    return {tp: meta.offset for tp, meta in offsets.items()}


async def _any_record(
    reader: AIOKafkaConsumer,
    behind: Sequence[TopicPartition],
    committed: dict[TopicPartition, int],
    ends: dict[TopicPartition, int],
) -> bool:
    """Whether a record lies between the committed offsets and the ends: a transaction's end marker takes an offset, too, but is none."""
    reader.assign(behind)
    for tp in behind:
        reader.seek(tp, max(0, committed.get(tp, 0)))
    while pending := [tp for tp in behind if await reader.position(tp) < ends[tp]]:
        if await reader.getmany(*pending, timeout_ms=100):
            return True
    return False
