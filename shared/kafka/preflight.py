"""Before a service starts: does the cluster answer, and are its topics there, partitioned as the service needs them?"""

import asyncio
import logging
import ssl
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaConnectionError, KafkaError

from shared.base.settings import ConfigurationError
from shared.kafka import diagnose, partition_count
from shared.kafka.cluster import Cluster
from shared.kafka.topics import Topic, dead_letter_sources


async def check(
    cluster: Cluster,
    topics: Sequence[Topic],
    *,
    same_partitions: Sequence[tuple[Topic, Topic]] = (),
) -> None:
    """Raise ConfigurationError, all mistakes at once: no broker, refused, a topic missing, state and source partitioned differently.

    ``same_partitions`` are sources with their state topics, which may be one topic. State that was written under another partition count is
    refused, too: its keys would be looked for in other partitions.

    Waits for the broker, and then for the topics, as long as KAFKA_CONNECT_TIMEOUT_S says: another process may just be creating them.
    """
    deadline = asyncio.get_running_loop().time() + cluster.settings.kafka_connect_timeout_s
    while mistakes := _mistakes(
        cluster, counts := await partition_counts(cluster), topics, same_partitions
    ):
        if asyncio.get_running_loop().time() >= deadline:
            raise ConfigurationError("\n".join(mistakes))
        await asyncio.sleep(0.25)
    if refused := [
        told for pair in same_partitions for told in await _changed(cluster, counts, *pair)
    ]:
        raise ConfigurationError("\n".join(refused))


def _mistakes(
    cluster: Cluster,
    partitions: Mapping[str, int],
    topics: Sequence[Topic],
    same_partitions: Sequence[tuple[Topic, Topic]],
) -> list[str]:
    names = [cluster.name(topic.name) for topic in topics]
    names += [
        cluster.name(topic.dead_letters) for topic in topics if topic in dead_letter_sources()
    ]
    missing = [
        f"topic {name} is missing: run `summitwire topics create`"
        for name in names
        if name not in partitions
    ]
    return missing or [
        told for pair in same_partitions for told in _differs(cluster, partitions, *pair)
    ]


def _differs(
    cluster: Cluster, partitions: Mapping[str, int], source: Topic, state: Topic
) -> list[str]:
    has, needs = partitions[cluster.name(state.name)], partitions[cluster.name(source.name)]
    told = (
        f"topic {state.name} has {has} partitions and its source {source.name} has {needs}: they must be equal; stop every service, give the smaller "
        f"one {max(has, needs)}, and run `summitwire topics repartition {state.name}` (docs/operations.md, Partitions)"
    )
    return [told] if has != needs else []


async def _changed(
    cluster: Cluster, partitions: Mapping[str, int], source: Topic, state: Topic
) -> list[str]:
    has = partitions[cluster.name(state.name)]
    try:
        changed = await partition_count.peek(cluster, state.name, has) - {has}
    except (KafkaError, OSError) as error:
        raise cluster.unreachable(
            error, await diagnose.diagnose_connection(cluster.settings.kafka_bootstrap)
        ) from error
    return (
        [partition_count.mismatch_message(state.name, source.name, changed, has)] if changed else []
    )


async def partition_counts(cluster: Cluster) -> dict[str, int]:
    """How many partitions each topic of the cluster has; waits for the broker as long as the settings say."""
    deadline = asyncio.get_running_loop().time() + cluster.settings.kafka_connect_timeout_s
    while True:
        try:
            return await asyncio.wait_for(
                _describe(cluster), max(1.0, deadline - asyncio.get_running_loop().time())
            )
        except (KafkaError, OSError, TimeoutError) as error:
            if asyncio.get_running_loop().time() >= deadline or _refused(error):
                raise cluster.unreachable(
                    error, await diagnose.diagnose_connection(cluster.settings.kafka_bootstrap)
                ) from error
            await asyncio.sleep(0.25)


async def _describe(cluster: Cluster) -> dict[str, int]:
    admin = cluster.admin()
    try:
        with _quiet_clients() as heard:
            await _start(admin, heard)
        described = await admin.describe_topics()
    finally:
        await admin.close()
    return {topic["topic"]: len(topic["partitions"]) for topic in described}


async def _start(admin: AIOKafkaAdminClient, heard: "_Heard") -> None:
    try:
        await admin.start()
    except KafkaConnectionError as error:
        raise next(filter(_refused, heard.errors), error) from error


class _Heard(logging.Handler):
    """The errors that aiokafka logs; what it raises says only that no broker was of use."""

    def __init__(self) -> None:
        super().__init__()
        self.errors: list[Exception] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep the exception that a line was written about."""
        self.errors += [
            value
            for value in (record.args if isinstance(record.args, tuple) else ())
            if isinstance(value, Exception)
        ]


@contextmanager
def _quiet_clients() -> Iterator[_Heard]:
    """aiokafka logs every refused connection as an error; here a broker that is not there yet is expected, and told once."""
    clients, heard = logging.getLogger("aiokafka"), _Heard()
    clients.addHandler(heard)
    clients.propagate = False
    try:
        yield heard
    finally:
        clients.removeHandler(heard)
        # Two of these may overlap, in any order: only the last one lets aiokafka be heard again.
        clients.propagate = not any(isinstance(handler, _Heard) for handler in clients.handlers)


def _refused(error: Exception) -> bool:
    """The broker answered, and waiting longer will not change its mind."""
    told = type(error).__name__
    return isinstance(error, ssl.SSLCertVerificationError) or any(
        word in told for word in ("Authentication", "Authorization", "Sasl")
    )
