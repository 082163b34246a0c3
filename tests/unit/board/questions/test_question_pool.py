"""The board's child process starts when somebody is about to ask, and not before."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import make_mocked_request

from services.board.questions.question_pool import QuestionPool
from shared.limits.process_pool import PoolBroken


class FakePool:
    """A pool that notes what happens to it; its first starts may fail."""

    def __init__(self, failures: int = 0) -> None:
        self.events: list[str] = []
        self._failures = failures
        self.may_start = asyncio.Event()
        self.may_start.set()

    async def start(self) -> None:
        self.events.append("start")
        await self.may_start.wait()
        if self._failures:
            self._failures -= 1
            raise PoolBroken("child processes cannot start")

    async def stop(self) -> None:
        self.events.append("stop")

    async def call(self, function: Callable[..., Any], *args: Any) -> Any:
        self.events.append("call")
        return function(*args)


async def page(_request: web.Request) -> web.StreamResponse:
    return web.Response(text="a page")


async def test_a_board_that_is_asked_nothing_starts_nothing() -> None:
    """Neither when the service starts nor when it stops."""
    fake = FakePool()
    pool = QuestionPool(fake)
    await pool.start()
    await pool.run()
    await pool.stop()
    assert fake.events == []


async def test_the_first_question_starts_it_once() -> None:
    """Questions that come meanwhile wait for the same start."""
    fake = FakePool()
    pool = QuestionPool(fake)
    answers = await asyncio.gather(pool.call(len, "ab"), pool.call(len, "abc"))
    assert list(answers) == [2, 3]
    assert await pool.call(len, "a") == 1
    await pool.stop()
    assert fake.events == ["start", "call", "call", "call", "stop"]


async def test_opening_a_page_that_asks_begins_the_start() -> None:
    """The page does not wait for it."""
    fake = FakePool()
    fake.may_start.clear()
    pool = QuestionPool(fake)
    response = await pool.opening(page)(make_mocked_request("GET", "/try"))
    await asyncio.sleep(0)
    assert isinstance(response, web.Response)
    assert (response.text, fake.events) == ("a page", ["start"])
    fake.may_start.set()
    assert await pool.call(len, "ab") == 2


async def test_a_start_that_fails_is_told_and_tried_again() -> None:
    """Whoever asks gets PoolBroken; the next question tries again."""
    fake = FakePool(failures=1)
    pool = QuestionPool(fake)
    with pytest.raises(PoolBroken, match="cannot start"):
        await pool.call(len, "ab")
    assert await pool.call(len, "ab") == 2
    assert fake.events == ["start", "start", "call"]


async def test_a_question_that_is_given_up_does_not_end_the_start() -> None:
    """A visitor who leaves does not make the next one wait longer."""
    fake = FakePool()
    fake.may_start.clear()
    pool = QuestionPool(fake)
    question = asyncio.create_task(pool.call(len, "ab"))
    await asyncio.sleep(0)
    question.cancel()
    fake.may_start.set()
    assert await pool.call(len, "abc") == 3
    assert fake.events.count("start") == 1


async def test_a_service_that_stops_waits_for_no_start() -> None:
    """The child process ends with the service."""
    fake = FakePool()
    fake.may_start.clear()
    pool = QuestionPool(fake)
    start = pool.warm_up()
    await asyncio.sleep(0)
    await pool.stop()
    with pytest.raises(asyncio.CancelledError):
        await start
    assert fake.events == ["start"]
