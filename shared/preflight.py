"""Before a service starts: does the cluster answer, and are its topics there, partitioned as the service needs them?"""

import asyncio
from collections.abc import Sequence

from aiokafka.errors import KafkaError

from shared.kafka import Cluster
from shared.settings import ConfigurationError
from shared.topics import Topic


async def check(cluster: Cluster, topics: Sequence[Topic], *, same_partitions: Sequence[tuple[Topic, Topic]] = ()) -> None:
    """Raise ConfigurationError, all mistakes at once: no broker, refused, a topic missing, state and source partitioned differently."""
    partitions = await partition_counts(cluster)
    missing = [cluster.name(topic.name) for topic in topics if cluster.name(topic.name) not in partitions]
    mistakes = [f"topic {name} is missing: run `summitwire topics create`" for name in missing]
    for source, state in same_partitions if not mistakes else ():
        counts = partitions[cluster.name(source.name)], partitions[cluster.name(state.name)]
        if counts[0] != counts[1]:
            mistakes.append(
                f"topic {state.name} has {counts[1]} partitions and its source {source.name} has {counts[0]}: "
                f"they must be equal; create {state.name} anew with {counts[0]}"
            )
    if mistakes:
        raise ConfigurationError("\n".join(mistakes))


async def partition_counts(cluster: Cluster) -> dict[str, int]:
    """How many partitions each topic of the cluster has; waits for the broker as long as the settings say."""
    deadline = asyncio.get_running_loop().time() + cluster.settings.kafka_connect_timeout_s
    while True:
        try:
            return await asyncio.wait_for(_describe(cluster), max(1.0, deadline - asyncio.get_running_loop().time()))
        except (KafkaError, OSError, TimeoutError) as error:
            if asyncio.get_running_loop().time() >= deadline or _refused(error):
                raise cluster.unreachable(error) from error
            await asyncio.sleep(0.25)


async def _describe(cluster: Cluster) -> dict[str, int]:
    admin = cluster.admin()
    await admin.start()
    try:
        described = await admin.describe_topics()
    finally:
        await admin.close()
    return {topic["topic"]: len(topic["partitions"]) for topic in described}


def _refused(error: Exception) -> bool:
    """The broker answered, and waiting longer will not change its mind."""
    return "Authentication" in type(error).__name__ or "Authorization" in type(error).__name__
