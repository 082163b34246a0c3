"""Operators' requests to poll a feed at once: records of feeds.v1 in the feed's partition. Pure.

They have keys of their own. The process with the partition reads them, and deletes each in the
transaction of the poll that answers it. So the fetcher stays the only writer of feed states, and a
request survives a crash of the fetcher.
"""

from datetime import datetime
from typing import Final

from shared.kafka.partitioner import partition_of
from shared.kafka.transaction import Write
from shared.messages import codec, headers
from shared.messages.schemas import FeedRevival

PREFIX: Final = b"revive "
"""No URL begins like this, because it contains a space."""
CE_TYPE: Final = "FeedRevival.v1"


def request_key(url: str) -> bytes:
    """Return the key of a request for this feed."""
    return PREFIX + url.encode()


def parse_request_key(key: bytes | None) -> str | None:
    """Return the feed that a record requests; None if the record is not a request."""
    if key is None or not key.startswith(PREFIX):
        return None
    return key.removeprefix(PREFIX).decode("utf-8", "replace")


def build_request(topic: str, url: str, partitions: int, *, now: datetime) -> Write:
    """Build the record that requests a feed.

    ``topic`` is the cluster's name of feeds.v1, and ``partitions`` the number of its partitions.
    """
    value = codec.encode(FeedRevival(url=url, asked_at=now))
    now_ms = int(now.timestamp() * 1000)
    outgoing = headers.build_outgoing(
        (), value=value, ce_type=CE_TYPE, ce_source="console", checkpoint=None, now_ms=now_ms
    )
    return Write(
        topic, request_key(url), value, outgoing, partition=partition_of(url.encode(), partitions)
    )
