"""The board's originals on a real Kafka, and cleaning over real HTTP in a real child process with
limits.
"""

import time
from base64 import b64encode
from typing import Any

import aiohttp

from services.board.app import PRELOAD
from services.board.live import Live
from services.board.questions.gate import MEMORY_LIMIT_MB, TIME_LIMIT_S
from services.board.questions.originals import Originals
from services.board.state.recent_articles import RecentArticle, RecentArticles
from services.cleaner.pipeline import clean
from services.fetcher.record import raw_record
from services.fetcher.seeds.seed_articles import iter_articles
from shared.base.project import project_root
from shared.kafka import topic_admin
from shared.kafka.cluster import Cluster
from shared.kafka.transaction import send_all
from shared.limits.process_pool import ProcessPool
from shared.messages import codec
from shared.messages.schemas import CleanArticle, RawArticle, TaggedArticle
from tests.board_tools import served

BOMB = b"<html><body>" + b"<div>" * 120_000 + b"x" * 100


def seeds() -> list[RawArticle]:
    return [
        each
        for each in iter_articles([project_root() / "seeds" / "articles"])
        if isinstance(each, RawArticle)
    ]


def kept(raw: RawArticle, fetched_ms: int) -> RecentArticle:
    article = clean(raw)
    assert isinstance(article, CleanArticle)
    recent = RecentArticles(limit=1)
    recent.take(codec.encode(TaggedArticle(article=article, tagger_revision="t")), fetched_ms)
    return next(iter(recent.newest_first()))


async def test_an_original_is_found_among_others_of_its_time(cluster: Cluster) -> None:
    """By source, the millisecond of its fetching and its bytes; what articles.raw does not hold is
    not found.
    """
    await topic_admin.create(cluster, partitions=3)
    one, other = seeds()[:2]
    now_ms = time.time_ns() // 1_000_000
    producer = cluster.producer()
    await producer.start()
    await send_all(
        producer,
        [raw_record(cluster, article, now_ms=now_ms) for article in (other, one, other, one)],
    )
    await producer.stop()
    originals = Originals(cluster)
    for raw in (one, other):
        assert await originals.find(kept(raw, now_ms)) == codec.encode(raw)
    assert await originals.find(kept(one, now_ms - 3)) is None
    assert await originals.find(kept(one, now_ms + 3_600_000)) is None


async def test_a_text_is_cleaned_in_a_child_process() -> None:
    """A seed is cleaned; a page that no parser gets through is answered, in time; the next one is
    served.
    """
    children = ProcessPool(
        workers=1, time_limit_s=TIME_LIMIT_S, memory_limit_mb=MEMORY_LIMIT_MB, preload=PRELOAD
    )
    await children.start()
    try:
        async with (
            served(Live(alerts=5, viewers=5, epoch="run"), call=children.call) as at,
            aiohttp.ClientSession() as session,
        ):

            async def asked(content: bytes, **headers: str) -> tuple[int, Any]:
                told = {"content": b64encode(content).decode()}
                async with session.post(
                    f"{at.url}/api/clean", json=told, headers=headers
                ) as answer:
                    return answer.status, await answer.json()

            assert (await asked(seeds()[0].content))[1]["article"]["language"] == "en"
            assert set((await asked(BOMB))[1]) & {"rejected", "refused"}
            assert (await asked(b"x", Origin="https://evil.example"))[0] == 403
            assert (await asked(b"x" * 1_000_000))[0] == 413
            assert (await asked(seeds()[0].content))[0] == 200
    finally:
        await children.stop()
