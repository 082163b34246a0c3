"""Check whether a cluster keeps consumer offsets and transactional ids for long enough.

``fetch_settings`` asks the brokers; the rest is pure.
"""

from collections.abc import Iterator, Mapping
from typing import Final

from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType

from shared.kafka.cluster import Cluster
from shared.kafka.preflight import partition_counts
from shared.kafka.topics import DAY_MS, LONGEST_READ_MS, OFFSETS_RETENTION_MS

OFFSETS: Final = "offsets.retention.minutes"
TRANSACTIONAL_IDS: Final = "transactional.id.expiration.ms"
DEFAULT_EXPIRATION_MS: Final = 7 * DAY_MS
"""Kafka's default for transactional ids. An expired one costs a restart of the process, nothing
else."""


async def fetch_settings(cluster: Cluster) -> dict[int, dict[str, str]]:
    """Return each broker's settings by its id, empty for a broker that does not let us read them.

    ConfigurationError if no broker answers.
    """
    await partition_counts(cluster)
    admin = cluster.admin()
    await admin.start()
    try:
        brokers = [broker["node_id"] for broker in (await admin.describe_cluster())["brokers"]]
        resources = [ConfigResource(ConfigResourceType.BROKER, str(broker)) for broker in brokers]
        answers = await admin.describe_configs(resources)
    finally:
        await admin.close()
    return {
        int(resource[3]): {entry[0]: entry[1] for entry in resource[4]}
        for answer in answers
        for resource in answer.resources
    }


def mistakes(brokers: Mapping[int, Mapping[str, str]]) -> list[str]:
    """Return which brokers forget too early, what follows from it, and how to correct it."""
    return [
        line for broker, settings in sorted(brokers.items()) for line in _mistakes(broker, settings)
    ]


def _mistakes(broker: int, settings: Mapping[str, str]) -> Iterator[str]:
    minutes, expiration = settings.get(OFFSETS), settings.get(TRANSACTIONAL_IDS)
    if minutes and int(minutes) * 60_000 < LONGEST_READ_MS:
        yield (
            f"broker {broker}: {OFFSETS} is {minutes} ({_days(int(minutes) * 60_000)}): "
            "a stage that is down for longer reads again everything that its topics hold "
            f"(up to {_days(LONGEST_READ_MS)}); "
            f"set it to {OFFSETS_RETENTION_MS // 60_000} on every broker"
        )
    if expiration and int(expiration) < DEFAULT_EXPIRATION_MS:
        yield (
            f"broker {broker}: {TRANSACTIONAL_IDS} is {expiration} ({_days(int(expiration))}): "
            "a stage that is idle for longer has to start again; "
            f"set it to {DEFAULT_EXPIRATION_MS} or more on every broker"
        )


def summary(brokers: Mapping[int, Mapping[str, str]]) -> str:
    """Return in words for how long offsets are kept; the shortest of all brokers counts."""
    retentions_ms = [
        int(settings[OFFSETS]) * 60_000 for settings in brokers.values() if settings.get(OFFSETS)
    ]
    if not retentions_ms:
        return "the brokers do not let us read their settings"
    return f"kept for {_days(min(retentions_ms))} without a reader"


def _days(milliseconds: int) -> str:
    return f"{milliseconds / DAY_MS:g} days"
