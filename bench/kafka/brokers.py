"""The broker of a bench: the address on the command line, or a broker of its own.

No bench leaves a topic or a broker behind.
"""

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
    """Yield ``bootstrap``; without one, the address of a new broker that is stopped at the end."""
    if bootstrap:
        yield bootstrap
        return
    with tempfile.TemporaryDirectory() as folder:
        try:
            yield kafka_broker.start(Path(folder), free_port(), owned=True).bootstrap
        finally:
            kafka_broker.stop(Path(folder))


@asynccontextmanager
async def temporary_cluster(bootstrap: str) -> AsyncIterator[Cluster]:
    """Yield the broker with a topic prefix that nobody else uses; delete its topics at the end."""
    cluster = Cluster(
        KafkaSettings(kafka_bootstrap=bootstrap, kafka_topic_prefix=f"bench{uuid4().hex[:8]}.")
    )
    try:
        yield cluster
    finally:
        await delete_all(cluster)
