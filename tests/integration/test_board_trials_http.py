"""Trials at the board over real HTTP, in a real child process with limits."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp

from services.board.live import Live
from services.board.questions import rule_preview
from services.board.questions.gate import TIME_LIMIT_S
from shared.limits.process_pool import ProcessPool
from tests.board_tools import ABoard, served
from tests.unit.board.board_samples import a_tagged_record, an_alert, incoming, stations


@asynccontextmanager
async def a_board(
    *, time_limit_s: float = TIME_LIMIT_S, body: str = "Kim wrote to Trump."
) -> AsyncIterator[ABoard]:
    live = Live(alerts=500, viewers=5, epoch="run", articles=200)
    live.take(
        [a_tagged_record(number, body=body) for number in range(1, 31)]
        + [incoming(an_alert(1), stations())]
    )
    children = ProcessPool(
        workers=1, time_limit_s=time_limit_s, memory_limit_mb=512, preload=rule_preview.__name__
    )
    await children.start()
    try:
        async with served(live, call=children.call) as at:
            yield at
    finally:
        await children.stop()


async def tried(at: ABoard, expression: str, **headers: str) -> tuple[int, Any, Any]:
    async with (
        aiohttp.ClientSession() as session,
        session.post(
            f"{at.url}/api/try", json={"expression": expression}, headers=headers
        ) as answer,
    ):
        return answer.status, await answer.json(), answer.headers


async def test_a_trial_runs_in_a_child_process() -> None:
    """The answer comes back with the board's security headers; another site's page gets none."""
    async with a_board() as at:
        status, found, headers = await tried(at, "kim W/3 trump")
        assert (status, found["firing"], found["tried"]) == (200, 30, 30)
        assert "default-src 'none'" in headers["Content-Security-Policy"]
        assert (await tried(at, "kim", Origin=at.url))[0] == 200
        assert (await tried(at, "kim", Origin="https://evil.example"))[0] == 403
        assert (await tried(at, "kim", **{"Sec-Fetch-Site": "cross-site"}))[0] == 403


async def test_a_trial_that_takes_too_long_is_stopped() -> None:
    """Hundreds of words as written on long articles; the next trial is served.

    It runs in a new child, which loads the names of the data first: half a second.
    """
    costly = " OR ".join(f"exact(W{number})" for number in range(140))
    async with a_board(time_limit_s=1.5, body="word " * 20_000) as at:
        status, found, _ = await tried(at, costly)
        assert status == 422
        assert "took more than 1.5 s of CPU time" in found["refused"]
        assert (await tried(at, "trump kim"))[0] == 200


async def test_the_recent_articles_and_an_explanation_are_served_as_json() -> None:
    """What the pages read; an alert that is not there is a 404 in JSON."""
    async with a_board() as at, aiohttp.ClientSession() as session:
        async with session.get(f"{at.url}/api/articles") as answer:
            assert [article["id"] for article in await answer.json()][:2] == [
                "article-30",
                "article-29",
            ]
        async with session.get(f"{at.url}/api/why/{an_alert(1).alert_id}") as answer:
            found = await answer.json()
            assert found["reasons"]["article_id"] == "article-1"
            assert [paragraph["field"] for paragraph in found["text"]] == ["headline", "body"]
        async with session.get(f"{at.url}/api/why/nothing") as answer:
            assert (answer.status, "error" in await answer.json()) == (404, True)
        for page in ("/try", "/why/anything"):
            async with session.get(f"{at.url}{page}") as answer:
                assert (answer.status, answer.content_type) == (200, "text/html")
                assert "script-src 'self'" in answer.headers["Content-Security-Policy"]
