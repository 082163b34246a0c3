"""Finds an article's original in articles.raw, for as long as the topic keeps it.

Raw articles are keyed by source, and both records carry the time of the fetch in milliseconds. So
one partition is read from about that time, on demand and without a consumer group, and only records
with that very time are decoded.
"""

import asyncio
import hashlib
from typing import Any, Final

from aiokafka import AIOKafkaConsumer, TopicPartition

from services.board.state.recent_articles import RecentArticle
from shared.base.exits import ConfigurationError
from shared.base.log import get
from shared.base.outcomes import InvalidMessage
from shared.kafka.cluster import CLIENT_ERRORS, Cluster
from shared.kafka.partitioner import partition_of
from shared.kafka.preflight import partition_counts
from shared.kafka.stop_reader import stop_reader
from shared.kafka.topics import ARTICLES_RAW
from shared.messages.codec import decode
from shared.messages.headers import decode_headers, latency_record
from shared.messages.schemas import RawArticle, TaggedArticle

log = get(__name__)

SPREAD_MS: Final = 10_000
"""A record is written so soon after its article was fetched, and clocks differ by so much."""
LOOK_S: Final = 4.0
POLL_MS: Final = 200
FETCH_BYTES: Final = 1024 * 1024
_LOST: Final = (*CLIENT_ERRORS, ConfigurationError, TimeoutError)


class Originals:
    """Finds the record of articles.raw that an article was made from."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster

    async def find(self, article: RecentArticle) -> bytes | None:
        """Return the record; None if it is not retained, ambiguous, or takes too long to find."""
        if article.fetched_ms is None:
            return None
        reader = self._cluster.reader(max_partition_fetch_bytes=FETCH_BYTES)
        try:
            async with asyncio.timeout(LOOK_S):
                await reader.start()
                return await self._scan(reader, article, article.fetched_ms)
        except _LOST as error:
            log.warning(
                "the original was not found",
                article=article.id,
                error=str(error) or type(error).__name__,
            )
            return None
        finally:
            await stop_reader(reader)

    async def _scan(
        self, reader: AIOKafkaConsumer, article: RecentArticle, fetched_ms: int
    ) -> bytes | None:
        clean = decode(article.record, TaggedArticle).article
        topic = self._cluster.name(ARTICLES_RAW.name)
        counts = await partition_counts(self._cluster)
        tp = TopicPartition(topic, partition_of(clean.source.encode(), counts[topic]))
        reader.assign([tp])
        start = (await reader.offsets_for_times({tp: fetched_ms - SPREAD_MS})).get(tp)
        if start is None:
            return None
        reader.seek(tp, start.offset)
        end = (await reader.end_offsets([tp]))[tp]
        while await reader.position(tp) < end:
            for record in (await reader.getmany(tp, timeout_ms=POLL_MS)).get(tp, ()):
                if record.timestamp > fetched_ms + SPREAD_MS:
                    return None
                if latency_record(decode_headers(record.headers)).get(
                    "t-fetched"
                ) == fetched_ms and _is_original(record.value, clean.content_sha256):
                    return bytes(record.value)
        return None


def _is_original(value: Any, content_sha256: str) -> bool:
    try:
        return hashlib.sha256(decode(value, RawArticle).content).hexdigest() == content_sha256
    except InvalidMessage:
        return False
