"""Topics on a real broker: created from the table, left alone where they exist, and compared with it."""

from shared.kafka import topic_admin
from shared.kafka.cluster import Cluster
from shared.kafka.preflight import partition_counts
from shared.kafka.topics import ARTICLES_CLEAN, FEEDS
from tests.kafka_tools import create_topic, partition_count
from tests.stage_tools import eventually


async def _is_known(cluster: Cluster, name: str) -> bool:
    return name in await partition_counts(cluster)


async def test_what_was_created_is_as_the_table_says(cluster: Cluster) -> None:
    """And a second time there is nothing to create."""
    created = await topic_admin.create(cluster)
    assert len(created) == len(topic_admin.topic_specs(cluster))
    for name in created:
        await partition_count(cluster, name)
    assert await topic_admin.differences(cluster) == []
    assert await topic_admin.create(cluster) == []


async def test_every_difference_is_told_and_nothing_is_changed(cluster: Cluster) -> None:
    """Missing, partitioned differently, kept differently: an operator decides."""
    await create_topic(cluster, ARTICLES_CLEAN.name, partitions=3, cleanup_policy="compact")
    name = cluster.name(ARTICLES_CLEAN.name)
    await eventually(lambda: _is_known(cluster, name), "the broker tells of the new topic")
    before = await topic_admin.differences(cluster)
    assert f"{name}: 3 partitions, the table says 12" in before
    assert f"{name}: cleanup.policy is compact, the table says delete" in before
    assert f"{cluster.name(FEEDS.name)}: missing; run `summitwire topics create`" in before
    await topic_admin.create(cluster)
    after = await topic_admin.differences(cluster)
    assert f"{name}: 3 partitions, the table says 12" in after
    assert all(line.startswith(name) for line in after)
