"""Every reader of Kafka gets past records that no client can read, in one and the same way."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
FILES = [
    path for folder in ("services", "shared") for path in sorted((ROOT / folder).rglob("*.py"))
]


def using(pattern: str) -> set[str]:
    """Return the files in which the pattern is found."""
    return {
        str(path.relative_to(ROOT)) for path in FILES if re.search(pattern, path.read_text("utf-8"))
    }


def test_every_consumer_is_a_safe_one() -> None:
    """`Cluster` builds them all; one bad record would stop a plain AIOKafkaConsumer for good."""
    assert using(r"\bAIOKafkaConsumer\(") == set()
    assert using(r"\bSafeConsumer\(") == {
        "shared/record_batches/safe_consumer.py",
        "shared/kafka/cluster.py",
    }


def test_records_are_read_only_with_getmany() -> None:
    """SafeConsumer guards it; getone and `async for` over a consumer raise what aiokafka raises."""
    assert using(r"\.getone\(|async for \w+ in \w*(reader|consumer)\b") == set()
