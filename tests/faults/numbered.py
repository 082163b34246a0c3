"""Numbered records for the program that copies them, and which of them came out."""

from collections import Counter
from collections.abc import Hashable

import orjson

from shared.kafka.cluster import Cluster
from shared.kafka.topics import ARTICLES_TAGGED
from tests.faults.harness import seen_in
from tests.kafka_tools import Pair


def records(count: int) -> list[Pair]:
    """Make the records, each under a key of its own."""
    return [(b"k%d" % number, orjson.dumps({"id": number})) for number in range(count)]


def number_of(value: bytes) -> int:
    """Read a record's number."""
    return int(orjson.loads(value)["id"])


async def copied(cluster: Cluster) -> Counter[Hashable]:
    """Count how often each number came out."""
    return await seen_in(cluster, ARTICLES_TAGGED.name, lambda record: number_of(record.value))


async def any_copied(cluster: Cluster) -> bool:
    """Whether anything came out."""
    return bool(await copied(cluster))
