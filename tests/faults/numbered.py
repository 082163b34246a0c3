"""Numbered records for the program that copies them, and which of them have come out."""

from collections import Counter
from collections.abc import Hashable

import orjson

from shared.kafka.cluster import Cluster
from shared.kafka.topics import ARTICLES_TAGGED
from tests.faults.harness import seen_in
from tests.kafka_tools import Pair


def records(count: int) -> list[Pair]:
    """Return that many records, each with a key of its own."""
    return [(b"k%d" % number, orjson.dumps({"id": number})) for number in range(count)]


def number_of(value: bytes) -> int:
    """Read a record's number."""
    return int(orjson.loads(value)["id"])


async def copied(cluster: Cluster) -> Counter[Hashable]:
    """Count how often each number came out."""
    return await seen_in(cluster, ARTICLES_TAGGED.name, lambda record: number_of(record.value))


async def any_copied(cluster: Cluster) -> bool:
    """Return whether any record has come out."""
    return bool(await copied(cluster))
