"""Checks before a service starts: the cluster answers, and its topics are as the service needs."""

import asyncio
import logging
import ssl
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaConnectionError, KafkaError

from shared.base.exits import ConfigurationError
from shared.kafka import diagnose, partition_count
from shared.kafka.cluster import Cluster
from shared.kafka.topics import Topic, dead_letter_sources

RETRY_INTERVAL_S = 0.25


async def check(
    cluster: Cluster,
    topics: Sequence[Topic],
    *,
    same_partitions: Sequence[tuple[Topic, Topic]] = (),
) -> None:
    """Raise ConfigurationError with all mistakes: no broker, refused, missing or mismatched topics.

    ``same_partitions`` are source topics with their state topics (which may be the source itself):
    they must be co-partitioned. State that was written under another partition count is refused
    too: its keys would be looked for in other partitions.

    Wait for the broker, and then for the topics, for KAFKA_CONNECT_TIMEOUT_S: another process may
    be creating them.
    """
    deadline = asyncio.get_running_loop().time() + cluster.settings.kafka_connect_timeout_s
    while True:
        counts = await partition_counts(cluster)
        mistakes = _mistakes(cluster, counts, topics, same_partitions)
        if not mistakes:
            break
        if asyncio.get_running_loop().time() >= deadline:
            raise ConfigurationError("\n".join(mistakes))
        await asyncio.sleep(RETRY_INTERVAL_S)
    changes = [await _count_mismatch(cluster, counts, *pair) for pair in same_partitions]
    if any(changes):
        raise ConfigurationError("\n".join(filter(None, changes)))


def _mistakes(
    cluster: Cluster,
    counts: Mapping[str, int],
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
        if name not in counts
    ]
    if missing:
        return missing
    mismatches = [_mismatch(cluster, counts, *pair) for pair in same_partitions]
    return [mismatch for mismatch in mismatches if mismatch]


def _mismatch(cluster: Cluster, counts: Mapping[str, int], source: Topic, state: Topic) -> str:
    has, needs = counts[cluster.name(state.name)], counts[cluster.name(source.name)]
    if has == needs:
        return ""
    return (
        f"topic {state.name} has {has} partitions and its source {source.name} has {needs}: "
        f"they must be equal; stop every service, give the smaller one {max(has, needs)}, "
        f"and run `summitwire topics repartition {state.name}` (docs/operations.md, Partitions)"
    )


async def _count_mismatch(
    cluster: Cluster, counts: Mapping[str, int], source: Topic, state: Topic
) -> str:
    count = counts[cluster.name(state.name)]
    try:
        changed = await partition_count.peek(cluster, state.name, count) - {count}
    except (KafkaError, OSError) as error:
        raise await _unreachable(cluster, error) from error
    if not changed:
        return ""
    return partition_count.mismatch_message(state.name, source.name, changed, count)


async def partition_counts(cluster: Cluster) -> dict[str, int]:
    """Return the partition count of every topic of the cluster.

    Wait for the broker as long as the settings say; ConfigurationError if none answers.
    """
    loop = asyncio.get_running_loop()
    deadline = loop.time() + cluster.settings.kafka_connect_timeout_s
    while True:
        try:
            return await asyncio.wait_for(_describe(cluster), max(1.0, deadline - loop.time()))
        except (KafkaError, OSError, TimeoutError) as error:
            if loop.time() >= deadline or _is_refusal(error):
                raise await _unreachable(cluster, error) from error
            await asyncio.sleep(RETRY_INTERVAL_S)


async def _unreachable(cluster: Cluster, error: Exception) -> ConfigurationError:
    diagnosis = await diagnose.diagnose_connection(cluster.settings.kafka_bootstrap)
    return cluster.unreachable(error, diagnosis)


async def _describe(cluster: Cluster) -> dict[str, int]:
    admin = cluster.admin()
    try:
        with _capture_client_errors() as captured:
            await _start(admin, captured)
        topics = await admin.describe_topics()
    finally:
        await admin.close()
    return {topic["topic"]: len(topic["partitions"]) for topic in topics}


async def _start(admin: AIOKafkaAdminClient, captured: "_ErrorCapture") -> None:
    """Start the client.

    If aiokafka logged a refusal by the broker, raise that rather than its own error.
    """
    try:
        await admin.start()
    except KafkaConnectionError as error:
        raise next(filter(_is_refusal, captured.errors), error) from error


class _ErrorCapture(logging.Handler):
    """Collects the errors that aiokafka logs.

    What it raises says only that no broker was usable.
    """

    def __init__(self) -> None:
        super().__init__()
        self.errors: list[Exception] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep the exceptions among a line's arguments."""
        arguments = record.args if isinstance(record.args, tuple) else ()
        self.errors += [value for value in arguments if isinstance(value, Exception)]


@contextmanager
def _capture_client_errors() -> Iterator[_ErrorCapture]:
    """Capture aiokafka's log lines instead of writing them.

    It logs every refused connection as an error. Here a broker that is not up yet is expected, and
    is reported once.
    """
    clients, capture = logging.getLogger("aiokafka"), _ErrorCapture()
    clients.addHandler(capture)
    clients.propagate = False
    try:
        yield capture
    finally:
        clients.removeHandler(capture)
        # Two of these may overlap, in any order: only the last one lets aiokafka log again.
        clients.propagate = not any(
            isinstance(handler, _ErrorCapture) for handler in clients.handlers
        )


def _is_refusal(error: Exception) -> bool:
    """Return whether the broker answered with a refusal that waiting will not change."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return True
    name = type(error).__name__
    return any(word in name for word in ("Authentication", "Authorization", "Sasl"))
