"""Whoever reads Kafka reads past what no client can read: there is one way to do it."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
FILES = [
    path for folder in ("services", "shared") for path in sorted((ROOT / folder).rglob("*.py"))
]


def using(pattern: str) -> set[str]:
    return {
        str(path.relative_to(ROOT)) for path in FILES if re.search(pattern, path.read_text("utf-8"))
    }


def test_every_consumer_is_a_safe_one() -> None:
    """`Cluster` builds them all; a plain AIOKafkaConsumer would die of one record, again and again."""
    assert using(r"\bAIOKafkaConsumer\(") == set()
    assert using(r"\bSafeConsumer\(") == {
        "shared/record_batches/safe_consumer.py",
        "shared/kafka/cluster.py",
    }


def test_records_are_read_with_getmany_alone() -> None:
    """It is what SafeConsumer guards: getone and `async for` over a consumer raise what aiokafka raises."""
    assert using(r"\.getone\(|async for \w+ in \w*(reader|consumer)\b") == set()
