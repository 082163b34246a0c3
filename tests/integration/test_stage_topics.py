"""Topics on a real broker: created from the table, left alone if they exist, and compared."""

from shared.kafka import topic_admin
from shared.kafka.cluster import Cluster
from shared.kafka.preflight import partition_counts
from shared.kafka.topics import ARTICLES_CLEAN, FEEDS
from tests.kafka_tools import create_topic
from tests.stage_tools import eventually


async def _are_known(cluster: Cluster, names: list[str]) -> bool:
    """Return whether the broker lists the topics; it may take a moment after their creation."""
    return set(names) <= set(await partition_counts(cluster))


async def test_created_topics_match_the_table(cluster: Cluster) -> None:
    """The second time there is nothing to create."""
    created = await topic_admin.create(cluster)
    assert len(created) == len(topic_admin.topic_specs(cluster))
    await eventually(lambda: _are_known(cluster, created), "the broker lists the new topics")
    assert await topic_admin.differences(cluster) == []
    assert await topic_admin.create(cluster) == []


async def test_every_difference_is_reported_and_nothing_is_changed(cluster: Cluster) -> None:
    """Missing, other partitions, other configuration: an operator decides."""
    await create_topic(cluster, ARTICLES_CLEAN.name, partitions=3, cleanup_policy="compact")
    name = cluster.name(ARTICLES_CLEAN.name)
    await eventually(lambda: _are_known(cluster, [name]), "the broker lists the new topic")
    before = await topic_admin.differences(cluster)
    assert f"{name}: 3 partitions, the table says 12" in before
    assert f"{name}: cleanup.policy is compact, the table says delete" in before
    assert f"{cluster.name(FEEDS.name)}: missing; run `summitwire topics create`" in before
    created = await topic_admin.create(cluster)
    await eventually(lambda: _are_known(cluster, created), "the broker lists the new topics")
    after = await topic_admin.differences(cluster)
    assert f"{name}: 3 partitions, the table says 12" in after
    assert all(line.startswith(name) for line in after)
