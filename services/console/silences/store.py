"""silences.v1 as the command reads and writes it."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Final

from services.alerting.silences.silence_book import SilenceBook
from services.console.topics.topic_reader import iter_retained
from shared.kafka.cluster import Cluster
from shared.kafka.topics import SILENCES
from shared.kafka.transaction import Write, send_all
from shared.messages.desk_records import build_silence_record
from shared.messages.schemas import Silence

_SOURCE: Final = "console/silence"


async def load_silences(cluster: Cluster) -> SilenceBook:
    """Return all silences."""
    book = SilenceBook()
    async for record in iter_retained(cluster, SILENCES.name):
        book.apply(record.key or b"", record.value)
    return book


async def write_silences(
    cluster: Cluster, silences: Iterable[Silence], forgotten: Iterable[str]
) -> None:
    """Write silences, and delete the forgotten ones by their ids."""
    topic, now = cluster.name(SILENCES.name), datetime.now(UTC)
    producer = cluster.producer()
    await producer.start()
    try:
        writes = [
            build_silence_record(topic, silence, ce_source=_SOURCE, now=now) for silence in silences
        ]
        writes += [Write(topic, name.encode(), None, partition=0) for name in forgotten]
        await send_all(producer, writes)
    finally:
        await producer.stop()
