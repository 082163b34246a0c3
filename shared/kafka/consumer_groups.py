"""Ask about a consumer group: how far it has finished a topic, and whether it has members."""

import asyncio
from typing import Final

from aiokafka import TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import GroupCoordinatorNotAvailableError, GroupLoadInProgressError
from aiokafka.structs import OffsetAndMetadata

from shared.kafka.cluster import Cluster

READY_WITHIN_S: Final = 8.0
_STATES_WITHOUT_MEMBERS: Final = ("Empty", "Dead")
ASK_AGAIN_S: Final = 0.25
"""A new broker makes the topic of offsets for the first group that asks, and says so meanwhile."""


async def fetch_committed_offsets(cluster: Cluster, group: str, topic: str) -> dict[int, int]:
    """Return the offsets that the group has committed, by partition; names as in the tables.

    A partition without a commit is missing. KafkaError if the cluster does not answer.
    """
    committed = await fetch_commits(cluster, group, topic)
    return {partition: commit.offset for partition, commit in committed.items()}


async def fetch_commits(cluster: Cluster, group: str, topic: str) -> dict[int, OffsetAndMetadata]:
    """Return what the group has committed, with its metadata; otherwise as above."""
    admin = cluster.admin()
    await admin.start()
    try:
        offsets = await ask_for_offsets(admin, cluster.name(group))
    finally:
        await admin.close()
    name = cluster.name(topic)
    return {tp.partition: meta for tp, meta in offsets.items() if tp.topic == name}


async def ask_for_offsets(
    admin: AIOKafkaAdminClient, group: str
) -> dict[TopicPartition, OffsetAndMetadata]:
    """Return the group's offsets, once its coordinator is ready; ``group``: the cluster's name."""
    deadline = asyncio.get_running_loop().time() + READY_WITHIN_S
    while True:
        try:
            return dict(await admin.list_consumer_group_offsets(group))
        except (GroupCoordinatorNotAvailableError, GroupLoadInProgressError):
            if asyncio.get_running_loop().time() > deadline:
                raise
        await asyncio.sleep(ASK_AGAIN_S)


async def has_members(admin: AIOKafkaAdminClient, group: str) -> bool:
    """Return whether the group of that name on the cluster has members; there may be no group."""
    (answer,) = await admin.describe_consumer_groups([group])
    return answer.groups[0][2] not in _STATES_WITHOUT_MEMBERS
