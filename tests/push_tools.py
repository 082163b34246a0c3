"""Tools for tests of the push server: a running one on a real Kafka, and what is posted to it."""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import orjson

from services.fetcher.push import wiring
from services.fetcher.push.server import PushServer
from services.fetcher.push.tokens import PushToken, hash_token, new_token
from services.fetcher.settings import FetcherSettings
from shared.kafka.cluster import Cluster
from shared.kafka.topics import ARTICLES_RAW
from shared.messages import codec
from shared.messages.schemas import RawArticle
from shared.stream.watchdog import Progress
from tests.kafka_tools import consume
from tests.ports import free_port

TOKEN = new_token(bytes(range(32)))
SECOND_TOKEN = new_token(bytes(32))
TOKENS = (
    PushToken(id="desk", sha256=hash_token(TOKEN), sources=("wire",)),
    PushToken(id="both", sha256=hash_token(SECOND_TOKEN), sources=("wire", "blog")),
)


def authorise(token: str = TOKEN, key: str | None = None, **more: str) -> dict[str, str]:
    """Return the headers of a POST."""
    headers = {"Authorization": f"Bearer {token}", **more}
    return headers if key is None else headers | {"Idempotency-Key": key}


def build_item(number: int, **fields: Any) -> bytes:
    """Return an item in JSON; equal numbers give equal items."""
    item = {"uri": f"urn:wire:{number}", "headline": f"Report {number}", "body_text": "They met."}
    return orjson.dumps(item | fields)


@asynccontextmanager
async def push_replica(
    cluster: Cluster, tokens: Sequence[PushToken] = TOKENS, **settings: Any
) -> AsyncIterator[str]:
    """Run the stage and the server of one fetcher; yield its address once both are ready."""
    port = free_port()
    chosen = FetcherSettings.model_validate({"push_port": port, **settings})
    stage = wiring.build_push_stage(cluster, Progress(60, time.monotonic()), chosen)
    api = wiring.build_article_api(cluster, chosen, lambda: tokens)
    server = PushServer("127.0.0.1", port, [api])
    await asyncio.gather(stage.start(), server.start())
    tasks = [asyncio.create_task(stage.run()), asyncio.create_task(server.run())]
    try:
        while not stage.assignment.has_joined:
            await asyncio.sleep(0.02)
        yield f"http://127.0.0.1:{port}"
    finally:
        await server.stop()
        await stage.stop()
        await asyncio.gather(*tasks)


async def load_articles(cluster: Cluster) -> list[RawArticle]:
    """Return the committed articles of articles.raw, by partition."""
    records = await consume(cluster, ARTICLES_RAW.name)
    return [codec.decode(record.value, RawArticle) for record in records]
