"""The cleaner with source memory on a real Kafka.

What comes out depends only on each source's articles in their order.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from uuid import uuid4

from services.cleaner import app
from services.cleaner.settings import CleanerSettings
from shared.kafka import topic_admin
from shared.kafka.cluster import Cluster
from shared.kafka.topics import ARTICLES_CLEAN, ARTICLES_RAW, SOURCES
from shared.messages import codec
from shared.messages.schemas import ArticleHistory, CleanArticle, RawArticle, SourceMemory
from shared.stream.watchdog import Progress
from tests.builders import build_raw_article
from tests.kafka_tools import cluster_at, consume, delete_all, produce
from tests.stage_tools import wait_for_values

MENU = "North Korea Nuclear Talks World"
OFFER = "Get the best of our coverage every morning before anybody else does."
PAGE = (
    "<html><body><article><h1>Report {0} on talks in Hanoi</h1>{1}<p>{2}</p></article></body>"
    "</html>"
)
FETCHED = datetime(2018, 9, 12, 12, tzinfo=UTC)


def raws(count: int) -> list[RawArticle]:
    """Return texts and pages of four sources, each with lines that it repeats.

    Every ninth article is a new version of an earlier one.
    """
    return [raw(number, number - 8 if number % 9 == 8 else number) for number in range(count)]


def raw(number: int, article: int) -> RawArticle:
    source = f"wire-{article % 4}"
    said = [
        f"Both sides said on Monday that item {article} of list {at} would be looked at again."
        for at in range(5)
    ] + [f"So did part {number}."]
    html = article % 4 == 3
    text = (
        PAGE.format(article, "".join(f"<p>{line}</p>" for line in said), OFFER)
        if html
        else "\n\n".join([f"Report {article}", *said, OFFER, MENU])
    )
    kind = "text/html" if html else "text/plain"
    return build_raw_article(
        text,
        source=source,
        uri=f"urn:test:{source}:{article}",
        content_type=kind,
        fetched_at=FETCHED,
    )


async def write(cluster: Cluster, articles: Sequence[RawArticle]) -> None:
    await produce(
        cluster,
        ARTICLES_RAW.name,
        [(article.source.encode(), codec.encode(article)) for article in articles],
    )


@asynccontextmanager
async def cleaner(cluster: Cluster) -> AsyncIterator[None]:
    """Run the service's own stage and child processes, as it builds them."""
    service = app.build(
        cluster, Progress(120.0, time.monotonic()), CleanerSettings(workers=2, batch_max_records=20)
    )
    for each in service.components:
        await each.start()
    running = [asyncio.create_task(each.run()) for each in service.components]
    try:
        yield
    finally:
        async with asyncio.timeout(30):
            for each in reversed(service.components):
                await each.stop()
            await asyncio.wait(running)


async def cleaned(
    bootstrap: str, partitions: int, *parts: Sequence[RawArticle]
) -> tuple[list[bytes], list[tuple[bytes, bytes]]]:
    """Run each part through a cleaner of its own, one after the other.

    Returns the values that came out, and what source memory holds in the end.
    """
    cluster = cluster_at(bootstrap, f"memory{uuid4().hex[:8]}.")
    await topic_admin.create(cluster, partitions=partitions)
    wanted = 0
    for part in parts:
        await write(cluster, part)
        wanted += len(part)
        async with cleaner(cluster):
            values = await wait_for_values(cluster, wanted, ARTICLES_CLEAN.name, deadline_s=60)
    assert len(values) == wanted
    kept = {record.key: record.value for record in await consume(cluster, SOURCES.name)}
    await delete_all(cluster)
    return values, sorted(kept.items())


async def test_the_same_articles_give_the_same_bytes_and_the_same_memory(kafka: str) -> None:
    """Partitions, restarts and replays change neither the messages nor the memory.

    There are one and three partitions, a restart in the middle, and a replay after a restart.
    """
    articles = raws(60)
    alone, memory = await cleaned(kafka, 1, articles)
    three, memory_of_three = await cleaned(kafka, 3, articles[:31], articles[31:])
    twice, memory_of_two = await cleaned(kafka, 3, articles, articles)
    assert memory == memory_of_three == memory_of_two
    assert alone == three
    assert sorted([*alone, *alone]) == twice
    shows_what_is_tested(alone, memory)


def shows_what_is_tested(values: Sequence[bytes], memory: Sequence[tuple[bytes, bytes]]) -> None:
    """Check that lines were removed and marked, that there are versions and a memory."""
    articles = [codec.decode(value, CleanArticle) for value in values]
    assert {article.version for article in articles} == {1, 2}
    assert all(
        bool(article.replaces) == bool(article.changes) == (article.version > 1)
        for article in articles
    )
    texts, pages = (
        [one for one in articles if (one.source == "wire-3") == html] for html in (False, True)
    )
    assert 0 < sum(MENU in one.body for one in texts) < len(texts) // 2
    assert len(pages) - 2 == sum(
        any(one.body[span.start : span.end] == OFFER for span in one.repeated) for one in pages
    )
    sources = [codec.decode(value, SourceMemory) for key, value in memory if b"/" not in key]
    histories = [codec.decode(value, ArticleHistory) for key, value in memory if b"/" in key]
    assert (
        sum(source.articles for source in sources)
        == len(histories)
        == len({one.article_id for one in articles})
    )
