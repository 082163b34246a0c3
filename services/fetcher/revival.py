"""Requests to ask a feed at once: records of feeds.v1, under keys of their own in the feed's partition. Pure.

The feed's owner reads them, and deletes each in the transaction of the poll that it brought about: so the fetcher stays the only writer of
feed states, and a request outlives a crash of whoever was to answer it.
"""

from datetime import datetime
from typing import Final

from shared.kafka.partitioner import partition_of
from shared.kafka.transaction import Write
from shared.messages import codec, headers
from shared.messages.schemas import FeedRevival

PREFIX: Final = b"revive "
"""No URL begins like this: it holds a space."""
CE_TYPE: Final = "FeedRevival.v1"


def request_key(url: str) -> bytes:
    """Return the key of a request for this feed."""
    return PREFIX + url.encode()


def parse_request_key(key: bytes | None) -> str | None:
    """Return the feed that a record's key requests; None where the record is no request."""
    return (
        key.removeprefix(PREFIX).decode("utf-8", "replace")
        if key is not None and key.startswith(PREFIX)
        else None
    )


def build_request(topic: str, url: str, partitions: int, *, now: datetime) -> Write:
    """Return the record that requests a feed. ``topic``: the cluster's name of feeds.v1, which has so many ``partitions``."""
    value = codec.encode(FeedRevival(url=url, asked_at=now))
    now_ms = int(now.timestamp() * 1000)
    told = headers.build_outgoing(
        (), value=value, ce_type=CE_TYPE, ce_source="console", checkpoint=None, now_ms=now_ms
    )
    return Write(
        topic, request_key(url), value, told, partition=partition_of(url.encode(), partitions)
    )
