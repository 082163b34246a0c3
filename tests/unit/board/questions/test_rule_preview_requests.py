import asyncio
import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from services.alerting.routes.routes import Routes
from services.board.questions.gate import WAITING, Call, RequestGate, run_request
from services.board.questions.rule_preview_requests import (
    MAX_EXPRESSION_CHARACTERS,
    MAX_REQUEST_BYTES,
    MAX_TEXT_CHARACTERS,
    RulePreviews,
    preview_messages,
    preview_on_article,
    preview_on_text,
    preview_rule,
)
from services.board.state.recent_articles import RecentArticles
from shared.base.outcomes import InvalidMessage
from shared.limits.process_pool import PoolBroken
from tests.unit.board.board_samples import a_tagged

OURS = {
    "Host": "board.example:6105",
    "Origin": "http://board.example:6105",
    "Content-Type": "application/json; charset=utf-8",
}
FOLDERS = ("actors", "keywords", "7")


def trials(call: Call) -> RulePreviews:
    recent = RecentArticles(limit=5)
    recent.take(a_tagged(1))
    recent.take(a_tagged(2))
    return RulePreviews(
        recent, RequestGate(call), lambda: FOLDERS, now=lambda: datetime(2018, 9, 12, tzinfo=UTC)
    )


class Called:
    """Stands for the child process; remembers what it was asked."""

    def __init__(self, ending: Exception | None = None) -> None:
        self.calls: list[tuple[Callable[..., Any], tuple[Any, ...]]] = []
        self.ending = ending

    async def __call__(self, function: Callable[..., Any], *args: Any) -> dict[str, Any]:
        self.calls.append((function, args))
        if self.ending:
            raise self.ending
        return {"rule": "kim"}


async def asked(
    at: RulePreviews, headers: dict[str, str] | None = None, **told: Any
) -> tuple[int, dict[str, Any]]:
    question = json.dumps({"expression": "kim"} | told).encode()
    status, body = await run_request(at.answer(OURS if headers is None else headers, question))
    return status, json.loads(body)


async def test_what_is_asked_reaches_the_child() -> None:
    """The recent articles newest first, one of them, or a pasted text with today's date."""
    called = Called()
    at = trials(called)
    assert (await asked(at))[0] == 200
    assert (await asked(at, article="article-1"))[0] == 200
    assert (await asked(at, text="Kim wrote.", headline="H"))[0] == 200
    assert called.calls == [
        (preview_rule, ("kim", (a_tagged(2), a_tagged(1)), FOLDERS)),
        (preview_on_article, ("kim", a_tagged(1), FOLDERS)),
        (preview_on_text, ("kim", "H", "Kim wrote.", "2018-09-12T00:00:00+00:00", FOLDERS)),
    ]


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "http://board.example:6106"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "http://[::1"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Content-Type": "text/plain"}, 415),
        ({"Content-Type": "application/x-www-form-urlencoded"}, 415),
        ({"Sec-Fetch-Site": "same-origin"}, 200),
    ],
)
async def test_only_the_boards_own_page_may_ask(changes: dict[str, str], status: int) -> None:
    """Another site's page can neither name our origin nor send JSON without asking first; the child
    is not troubled.
    """
    called = Called()
    assert (await asked(trials(called), OURS | changes))[0] == status
    assert bool(called.calls) == (status == 200)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"{", 400),
        (b"[]", 400),
        (b'{"expression": 1}', 400),
        (b'{"expression": "a", "eval": "1"}', 400),
        (b'{"expression": "\xff"}', 400),
        (b"[" * 100_000, 400),
        (json.dumps({"expression": "a" * (MAX_EXPRESSION_CHARACTERS + 1)}).encode(), 413),
        (json.dumps({"expression": "a", "text": "b" * (MAX_TEXT_CHARACTERS + 1)}).encode(), 413),
        (b" " * (MAX_REQUEST_BYTES + 1), 413),
        (b'{"expression": "a", "article": "nothing"}', 404),
    ],
)
async def test_a_bad_question_is_refused_with_its_reason(body: bytes, status: int) -> None:
    """Nothing of it reaches the child."""
    called = Called()
    found, answer = await run_request(trials(called).answer(OURS, body))
    assert (found, called.calls) == (status, [])
    assert json.loads(answer)["refused"]


@pytest.mark.parametrize(
    ("ending", "status", "told"),
    [
        (
            InvalidMessage("took more than 5 s of CPU time and was stopped"),
            422,
            "try something simpler",
        ),
        (PoolBroken("gone"), 503, "see the board's log"),
    ],
)
async def test_a_trial_that_is_stopped_says_so(ending: Exception, status: int, told: str) -> None:
    """And the next one is served."""
    called = Called(ending)
    at = trials(called)
    found, answer = await asked(at)
    assert (found, told in answer["refused"]) == (status, True)
    called.ending = None
    assert (await asked(at))[0] == 200


async def test_more_than_a_few_at_once_are_told_to_come_back() -> None:
    """The one that runs, and those that wait, are served."""
    go = asyncio.Event()

    async def slow(_function: Callable[..., Any], *_args: Any) -> dict[str, Any]:
        await go.wait()
        return {}

    at = trials(slow)
    running = [asyncio.create_task(asked(at)) for _ in range(WAITING + 1)]
    await asyncio.sleep(0)
    assert (await asked(at))[0] == 429
    go.set()
    assert [status for status, _ in await asyncio.gather(*running)] == [200] * (WAITING + 1)


async def test_messages_are_counted_on_the_recent_articles() -> None:
    """With the severity that is asked for, medium by default, along the routes of now."""
    called = Called()
    assert (await asked(trials(called), count=True, severity="high"))[0] == 200
    assert (await asked(trials(called), count=True))[0] == 200
    assert [(function, args[1], args[3], args[4]) for function, args in called.calls] == [
        (preview_messages, "high", Routes(), FOLDERS),
        (preview_messages, "medium", Routes(), FOLDERS),
    ]
    status, answer = await asked(trials(called), count=True, severity="urgent")
    assert (status, "urgent" in answer["refused"]) == (400, True)
