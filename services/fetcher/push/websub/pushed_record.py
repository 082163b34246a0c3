"""Documents that hubs pushed: records of feeds.v1 in the feed's partition, like revivals. Pure.

Any process takes them; the one with the partition reads them, and deletes each in the transaction
that writes its articles.
"""

from typing import Final

from shared.kafka.partitioner import partition_of
from shared.kafka.transaction import Write
from shared.messages.own_record import build_record
from shared.messages.schemas import PushedFeed

PREFIX: Final = b"push "
"""No URL begins like this, because it contains a space."""
MAX_DOCUMENT: Final = 700 * 1024
"""A record of feeds.v1 has a larger one without its body: the feed is polled instead."""


def push_key(url: str, push: str) -> bytes:
    """Return the key of a pushed document; ``push`` is its id."""
    return PREFIX + push.encode() + b" " + url.encode()


def parse_push_key(key: bytes | None) -> str | None:
    """Return the feed that was pushed; None if the record is no pushed document."""
    if key is None or not key.startswith(PREFIX):
        return None
    return key.removeprefix(PREFIX).partition(b" ")[2].decode("utf-8", "replace")


def build_push(topic: str, pushed: PushedFeed, push: str, partitions: int) -> Write:
    """Build the record of a pushed document, in the partition of its feed.

    ``topic`` is the cluster's name of feeds.v1, ``partitions`` the number of its partitions.
    """
    return build_record(
        topic,
        push_key(pushed.feed, push),
        pushed,
        ce_source="fetcher/push",
        now_ms=int(pushed.received_at.timestamp() * 1000),
        partition=partition_of(pushed.feed.encode(), partitions),
    )
