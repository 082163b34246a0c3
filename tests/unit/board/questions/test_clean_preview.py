import asyncio
import json
from base64 import b64encode
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from services.board.questions.clean_preview import MAX_UPLOAD_BYTES, CleanPreviews
from services.board.questions.gate import WAITING, RequestGate, RequestRefused
from services.board.state.recent_articles import RecentArticle, RecentArticles
from tests.unit.board.board_samples import a_tagged

OURS = {
    "Host": "board.example:6105",
    "Origin": "http://board.example:6105",
    "Content-Type": "application/json",
}


class Called:
    """Stands for the child process; remembers what it was asked."""

    def __init__(self) -> None:
        self.calls: list[tuple[Any, ...]] = []

    async def __call__(self, _function: Callable[..., Any], *args: Any) -> dict[str, Any]:
        self.calls.append(args)
        return {}


def cleanings(called: Called) -> CleanPreviews:
    recent = RecentArticles(limit=5)
    recent.take(a_tagged(1), 1_000)

    async def original(article: RecentArticle) -> bytes | None:
        return b"raw" if article.fetched_ms == 1_000 else None

    return CleanPreviews(
        recent, RequestGate(called), original, now=lambda: datetime(2018, 9, 12, tzinfo=UTC)
    )


async def test_few_originals_are_looked_for_at_once() -> None:
    """Each look is a reader of Kafka: more than a few are told to come back."""
    go = asyncio.Event()
    recent = RecentArticles(limit=5)
    recent.take(a_tagged(1), 1_000)

    async def slow(_article: RecentArticle) -> bytes | None:
        await go.wait()
        return None

    at = CleanPreviews(recent, RequestGate(Called()), slow)
    running = [asyncio.create_task(at.of_article({}, "article-1")) for _ in range(WAITING + 1)]
    await asyncio.sleep(0)
    with pytest.raises(RequestRefused) as refused:
        await at.of_article({}, "article-1")
    assert refused.value.status == 429
    go.set()
    assert await asyncio.gather(*running) == [{}] * (WAITING + 1)


@pytest.mark.parametrize("asked", ["article-1", "https://news.example/1", " article-1 "])
async def test_an_article_is_found_by_id_or_address(asked: str) -> None:
    """Its record and its original reach the child."""
    called = Called()
    await cleanings(called).of_article({}, asked)
    assert called.calls == [(a_tagged(1), b"raw")]


async def test_an_article_that_is_not_known_says_so() -> None:
    """Nothing reaches the child; nor where another site's page asks."""
    called = Called()
    for headers, asked, status in (
        ({}, "article-9", 404),
        ({}, "", 404),
        ({"Sec-Fetch-Site": "cross-site"}, "article-1", 403),
    ):
        with pytest.raises(RequestRefused) as refused:
            await cleanings(called).of_article(headers, asked)
        assert refused.value.status == status
    assert called.calls == []


def brought(content: bytes, name: str = "") -> bytes:
    return json.dumps({"content": b64encode(content).decode(), "name": name}).encode()


@pytest.mark.parametrize(
    ("name", "kind"),
    [("", ""), ("page.HTML.gz", "text/html"), ("item.json", "application/json"), ("story.txt", "")],
)
async def test_what_is_brought_reaches_the_child(name: str, kind: str) -> None:
    """The bytes as they are, with the type that the name says."""
    called = Called()
    await cleanings(called).of_content(OURS, brought(b"\xff Kim wrote.", name))
    assert called.calls == [
        (b"\xff Kim wrote.", kind, name or "pasted", "2018-09-12T00:00:00+00:00")
    ]


@pytest.mark.parametrize(
    ("headers", "body", "status"),
    [
        ({"Origin": "https://evil.example"}, brought(b"a"), 403),
        ({"Content-Type": "text/plain"}, brought(b"a"), 415),
        ({}, b"{", 400),
        ({}, brought(b" \n"), 400),
        ({}, b'{"content": "***"}', 400),
        ({}, b'{"content": "YQ==", "path": "/etc/passwd"}', 400),
        ({}, b" " * (MAX_UPLOAD_BYTES + 1), 413),
    ],
)
async def test_a_bad_question_is_refused(headers: dict[str, str], body: bytes, status: int) -> None:
    """With its reason; nothing of it reaches the child."""
    called = Called()
    with pytest.raises(RequestRefused) as refused:
        await cleanings(called).of_content(OURS | headers, body)
    assert (refused.value.status, bool(refused.value.message), called.calls) == (status, True, [])
