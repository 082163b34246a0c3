"""Wait until the pipeline is idle: compare what each stage has committed with its topic's end."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Final

from aiokafka import AIOKafkaConsumer, TopicPartition

from services.console.topics.topic_reader import partitions_of
from shared.kafka.cluster import Cluster
from shared.kafka.consumer_groups import fetch_committed_offsets
from shared.kafka.stop_reader import stop_reader
from shared.kafka.topics import (
    ALERTS,
    ARTICLES_CLEAN,
    ARTICLES_RAW,
    ARTICLES_TAGGED,
    DISPATCHES,
    Topic,
)

STAGES: Final = (
    ("cleaner", ARTICLES_RAW),
    ("tagger", ARTICLES_CLEAN),
    ("alerting/match", ARTICLES_TAGGED),
    ("alerting/count", ALERTS),
    ("alerting/deliver", DISPATCHES),
)
"""Every consumer group in the order of the dataflow, with the topic that it reads."""
CHECK_INTERVAL_S: Final = 0.3


async def wait_until_idle(
    cluster: Cluster, *, deadline_s: float, stages: Sequence[tuple[str, Topic]] = STAGES
) -> bool:
    """Wait until every stage has processed its whole topic; False if ``deadline_s`` is over."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + deadline_s
    while loop.time() < deadline:
        # In dataflow order: an idle stage has nothing more to send to those that are checked later.
        if all([await _is_idle(cluster, group, topic) for group, topic in stages]):
            return True
        await asyncio.sleep(CHECK_INTERVAL_S)
    return False


async def _is_idle(cluster: Cluster, group: str, topic: Topic) -> bool:
    offsets = await fetch_committed_offsets(cluster, group, topic.name)
    partitions = await partitions_of(cluster, topic.name)
    committed = {tp: offsets.get(tp.partition, 0) for tp in partitions}
    reader = cluster.reader(keep_broken=True)  # broken records are work for a stage too
    await reader.start()
    try:
        ends = await reader.end_offsets(partitions)
        behind = [tp for tp in partitions if committed[tp] < ends[tp]]
        return not behind or not await _has_record(reader, behind, committed, ends)
    finally:
        await stop_reader(reader)


async def _has_record(
    reader: AIOKafkaConsumer,
    behind: Sequence[TopicPartition],
    committed: Mapping[TopicPartition, int],
    ends: Mapping[TopicPartition, int],
) -> bool:
    """Return whether a record lies between the committed offsets and the ends.

    There may be none: the end marker of a transaction takes an offset too.
    """
    reader.assign(behind)
    for tp in behind:
        reader.seek(tp, max(0, committed.get(tp, 0)))
    while pending := [tp for tp in behind if await reader.position(tp) < ends[tp]]:
        if await reader.getmany(*pending, timeout_ms=100):
            return True
    return False
