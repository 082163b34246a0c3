"""How far a consumer group has finished a topic."""

from shared.kafka.cluster import Cluster


async def fetch_committed_offsets(cluster: Cluster, group: str, topic: str) -> dict[int, int]:
    """Return the offsets that the group has committed, by partition; names as in the tables.

    A partition without a commit is missing. KafkaError if the cluster does not answer.
    """
    admin = cluster.admin()
    await admin.start()
    try:
        offsets = await admin.list_consumer_group_offsets(cluster.name(group))
    finally:
        await admin.close()
    name = cluster.name(topic)
    return {tp.partition: meta.offset for tp, meta in offsets.items() if tp.topic == name}
