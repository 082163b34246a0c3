"""Operators' requests to poll a feed at once: records of feeds.v1 in the feed's partition. Pure.

They have keys of their own. The process with the partition reads them, and deletes each in the
transaction of the poll that answers it. So the fetcher stays the only writer of feed states, and a
request survives a crash of the fetcher.
"""

from datetime import datetime
from typing import Final

from shared.kafka.partitioner import partition_of
from shared.kafka.transaction import Write
from shared.messages.own_record import build_record
from shared.messages.schemas import FeedRevival

PREFIX: Final = b"revive "
"""No URL begins like this, because it contains a space."""


def request_key(url: str) -> bytes:
    """Return the key of a request for this feed."""
    return PREFIX + url.encode()


def parse_request_key(key: bytes | None) -> str | None:
    """Return the feed that a record requests; None if the record is not a request."""
    if key is None or not key.startswith(PREFIX):
        return None
    return key.removeprefix(PREFIX).decode("utf-8", "replace")


def build_request(topic: str, url: str, partitions: int, *, ce_source: str, now: datetime) -> Write:
    """Build the record that requests a feed.

    ``topic`` is the cluster's name of feeds.v1, and ``partitions`` the number of its partitions.
    """
    return build_record(
        topic,
        request_key(url),
        FeedRevival(url=url, asked_at=now),
        ce_source=ce_source,
        now_ms=int(now.timestamp() * 1000),
        partition=partition_of(url.encode(), partitions),
    )
