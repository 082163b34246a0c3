"""How far a consumer group has finished a topic."""

import asyncio
from typing import Any, Final

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import GroupCoordinatorNotAvailableError, GroupLoadInProgressError

from shared.kafka.cluster import Cluster

READY_WITHIN_S: Final = 8.0
ASK_AGAIN_S: Final = 0.25
"""A new broker makes the topic of offsets for the first group that asks, and says so meanwhile."""


async def fetch_committed_offsets(cluster: Cluster, group: str, topic: str) -> dict[int, int]:
    """Return the offsets that the group has committed, by partition; names as in the tables.

    A partition without a commit is missing. KafkaError if the cluster does not answer.
    """
    admin = cluster.admin()
    await admin.start()
    try:
        offsets = await _ask(admin, cluster.name(group))
    finally:
        await admin.close()
    name = cluster.name(topic)
    return {tp.partition: meta.offset for tp, meta in offsets.items() if tp.topic == name}


async def _ask(admin: AIOKafkaAdminClient, group: str) -> dict[Any, Any]:
    """Return the group's offsets, once its coordinator is ready."""
    deadline = asyncio.get_running_loop().time() + READY_WITHIN_S
    while True:
        try:
            return dict(await admin.list_consumer_group_offsets(group))
        except (GroupCoordinatorNotAvailableError, GroupLoadInProgressError):
            if asyncio.get_running_loop().time() > deadline:
                raise
        await asyncio.sleep(ASK_AGAIN_S)
