"""silences.v1 as the command reads and writes it."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Final

from services.alerting.silences.silence_book import SilenceBook
from services.console.topics.topic_reader import iter_retained
from shared.kafka.cluster import Cluster
from shared.kafka.topics import SILENCES
from shared.kafka.transaction import Write, send_all
from shared.messages import codec, headers
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
    topic = cluster.name(SILENCES.name)
    producer = cluster.producer()
    await producer.start()
    try:
        writes = [_to_write(topic, silence) for silence in silences]
        writes += [Write(topic, name.encode(), None, partition=0) for name in forgotten]
        await send_all(producer, writes)
    finally:
        await producer.stop()


def _to_write(topic: str, silence: Silence) -> Write:
    value = codec.encode(silence)
    outgoing = headers.build_outgoing(
        (),
        value=value,
        ce_type=f"{Silence.__name__}.v1",
        ce_source=_SOURCE,
        checkpoint=None,
        now_ms=int(datetime.now(UTC).timestamp() * 1000),
    )
    return Write(topic, silence.silence_id.encode(), value, outgoing, partition=0)
