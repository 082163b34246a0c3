"""The broker of a bench: the one that was named, or one of its own for as long as it takes. No bench leaves a topic or a broker behind."""

import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from uuid import uuid4

from services.console.local import kafka_broker
from shared.base.settings import KafkaSettings
from shared.kafka.cluster import Cluster
from tests.kafka_tools import delete_all
from tests.ports import free_port


@contextmanager
def broker(bootstrap: str | None) -> Iterator[str]:
    """The bootstrap address of the broker that was named; otherwise of a fresh one."""
    if bootstrap:
        yield bootstrap
        return
    with tempfile.TemporaryDirectory() as folder:
        try:
            yield kafka_broker.start(Path(folder), free_port(), owned=True).bootstrap
        finally:
            kafka_broker.stop(Path(folder))


@asynccontextmanager
async def apart(bootstrap: str) -> AsyncIterator[Cluster]:
    """A prefix of its own on the broker; its topics are deleted afterwards."""
    cluster = Cluster(
        KafkaSettings(kafka_bootstrap=bootstrap, kafka_topic_prefix=f"bench{uuid4().hex[:8]}.")
    )
    try:
        yield cluster
    finally:
        await delete_all(cluster)
