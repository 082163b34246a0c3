"""POST /articles on a real Kafka: 202 means committed, a key is judged once, refusals are clear."""

import asyncio
import gzip
from collections import Counter
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from shared.kafka import topic_admin
from shared.kafka.cluster import Cluster
from shared.kafka.topics import ARTICLES_RAW
from shared.messages import headers
from tests.kafka_tools import consume
from tests.push_tools import (
    SECOND_TOKEN,
    TOKEN,
    authorise,
    build_item,
    load_articles,
    push_replica,
)


@pytest.fixture
async def web() -> AsyncIterator[aiohttp.ClientSession]:
    """A client."""
    async with aiohttp.ClientSession() as session:
        yield session


async def post(
    web: aiohttp.ClientSession, base: str, content: bytes, **options: Any
) -> tuple[int, Any, Any]:
    """Return status, headers and JSON of the answer to a POST."""
    options.setdefault("headers", authorise())
    options["headers"].setdefault("Content-Type", "application/json")
    async with web.post(f"{base}/articles", data=content, **options) as response:
        return response.status, response.headers, await response.json(content_type=None)


async def test_202_means_that_the_article_is_committed(
    cluster: Cluster, web: aiohttp.ClientSession
) -> None:
    """It is readable with read_committed at once, keyed by its source, with its checkpoints."""
    await topic_admin.create(cluster, partitions=2)
    async with push_replica(cluster) as base:
        item = build_item(1, versioncreated="2018-09-11T09:30:00Z")
        status, _, answer = await post(web, base, item)
        records = await consume(cluster, ARTICLES_RAW.name)
    assert (status, answer["uri"]) == (202, "urn:wire:1")
    assert [record.key for record in records] == [b"wire"]
    names = headers.decode_headers(records[0].headers)
    assert names["t-published"] == "1536658200000"
    assert "t-fetched" in names
    assert [article.content for article in await load_articles(cluster)] == [item]


async def test_a_key_gives_the_same_answer_on_every_replica_and_after_a_restart(
    cluster: Cluster, web: aiohttp.ClientSession
) -> None:
    """Twenty posts at once with one key to two replicas: one article; another body is a 422."""
    await topic_admin.create(cluster, partitions=3)
    async with push_replica(cluster) as first, push_replica(cluster) as second:
        posts = [
            post(web, base, build_item(1), headers=authorise(token, "k-1"))
            for base in (first, second)
            for token in (TOKEN, SECOND_TOKEN)
            for _ in range(5)
        ]
        bodies = build_item(1).replace(b"{", b'{"source":"wire",', 1)
        for index in (*range(5, 10), *range(15, 20)):
            posts[index].close()
        answers = await asyncio.gather(*posts[:5], *posts[10:15])
        assert {status for status, _, _ in answers} == {202}
        assert len({answer["accepted_at"] for _, _, answer in answers}) == 1
        replayed = Counter("Idempotency-Replayed" in names for _, names, _ in answers)
        assert replayed == {False: 1, True: 9}
        status, _, problem = await post(web, second, bodies, headers=authorise(SECOND_TOKEN, "k-1"))
        assert (status, problem["type"]) == (422, "urn:summitwire:problem:key-reused")
    async with push_replica(cluster) as third:
        status, names, answer = await post(
            web, third, build_item(1), headers=authorise(key='"k-1"')
        )
    assert (status, answer) == (202, answers[0][2])
    assert names["Idempotency-Replayed"] == "true"
    assert len(await load_articles(cluster)) == 1


async def test_a_list_has_a_result_for_each_article(
    cluster: Cluster, web: aiohttp.ClientSession
) -> None:
    """A bad line does not keep the others out; the list's key covers each of them."""
    await topic_admin.create(cluster, partitions=2)
    lines = b"\n".join([build_item(1), b"{}", build_item(2)])
    sent = {"key": "k", "Content-Type": "application/x-ndjson", "Content-Encoding": "gzip"}
    async with push_replica(cluster) as base:
        for _ in range(2):
            status, _, answer = await post(
                web, base, gzip.compress(lines), headers=authorise(**sent)
            )
            assert status == 207
            assert [item["status"] for item in answer["articles"]] == [202, 422, 202]
            assert answer["articles"][1]["field"] == "body_text"
    assert sorted(a.uri for a in await load_articles(cluster)) == ["urn:wire:1", "urn:wire:2"]


async def test_a_kill_of_a_uri_and_a_status_passes_and_an_embargo_does_not(
    cluster: Cluster, web: aiohttp.ClientSession
) -> None:
    """What must not be published yet is never on the topic, also not as a line of a list."""
    await topic_admin.create(cluster, partitions=1)
    kill = b'{"uri": "urn:wire:1", "pubstatus": "canceled"}'
    held = build_item(2, embargoed="2999-01-01T00:00:00Z")
    lines = {"Content-Type": "application/x-ndjson"}
    async with push_replica(cluster) as base:
        assert (await post(web, base, kill))[0] == 202
        status, _, problem = await post(web, base, held)
        assert (status, problem["field"]) == (422, "embargoed")
        status, _, answer = await post(web, base, held, headers=authorise(**lines))
        assert status == 207
        assert [item["status"] for item in answer["articles"]] == [422]
    assert [article.content for article in await load_articles(cluster)] == [kill]


async def test_refusals(cluster: Cluster, web: aiohttp.ClientSession) -> None:
    """Each names what, where and how; nothing that is refused reaches Kafka, nor a token a log."""
    await topic_admin.create(cluster, partitions=1)
    bomb = gzip.compress(b" " * 40_000_000)
    cases: list[tuple[bytes, dict[str, str], int, str]] = [
        (build_item(1), {"Authorization": "Bearer nobody"}, 401, "bad-token"),
        (build_item(1), {}, 401, "bad-token"),
        (build_item(1), authorise(key="a b"), 400, "bad-idempotency-key"),
        (b"x" * 70_000, authorise(), 413, "too-large"),
        (bomb, authorise(**{"Content-Encoding": "gzip"}), 413, "too-large"),
        (b"\x1f\x8bx", authorise(**{"Content-Encoding": "gzip"}), 400, "bad-encoding"),
        (build_item(1), authorise(**{"Content-Encoding": "br"}), 415, "bad-encoding"),
        (build_item(1, source="blog"), authorise(), 403, "wrong-source"),
        (build_item(1), authorise(**{"Content-Type": "image/png"}), 415, "bad-type"),
    ]
    async with push_replica(cluster, push_max_kb=64) as base:
        for content, names, status, code in cases:
            got, answered, problem = await post(web, base, content, headers=names)
            assert (got, problem["type"]) == (status, f"urn:summitwire:problem:{code}")
            assert answered["Content-Type"].startswith("application/problem+json")
            assert TOKEN not in str(problem)
        async with web.get(f"{base}/articles") as response:
            assert response.status == 405
    assert await load_articles(cluster) == []


async def test_a_token_has_a_rate(cluster: Cluster, web: aiohttp.ClientSession) -> None:
    """The 101st article at once is told to wait, and the other token is not affected."""
    await topic_admin.create(cluster, partitions=1)
    lines = b"\n".join(build_item(number) for number in range(100))
    names = {"Content-Type": "application/x-ndjson"}
    async with push_replica(cluster, push_per_s=0.01) as base:
        status, _, answer = await post(web, base, lines, headers=authorise(**names))
        assert (status, len(answer["articles"])) == (202, 100)
        status, answered, problem = await post(web, base, build_item(1))
        assert (status, problem["type"]) == (429, "urn:summitwire:problem:too-fast")
        assert answered["Retry-After"] == "1"
        item = build_item(1, source="blog")
        assert (await post(web, base, item, headers=authorise(SECOND_TOKEN)))[0] == 202
