"""The page's request to poll a feed."""

import asyncio

import orjson
import pytest

from services.board.questions.gate import RequestRefused
from services.board.requests.feed_polls import FeedPolls
from services.board.state.board_state import BoardState
from services.board.state.feed_rows import feed_id
from shared.messages.schemas import FeedState

URL = "https://feed.example/rss?key=secret"
HEADERS = {"Content-Type": "application/json"}


class Requests:
    """Notes what is requested, once it may."""

    def __init__(self) -> None:
        self.urls, self.may_end = list[str](), asyncio.Event()

    async def write(self, url: str) -> None:
        self.urls.append(url)
        await self.may_end.wait()


def a_board() -> BoardState:
    board = BoardState(limit=5)
    board.feeds[URL] = FeedState(url=URL)
    return board


def body(identifier: str = feed_id(URL)) -> bytes:
    return orjson.dumps({"id": identifier})


async def test_a_poll_is_requested_by_the_id_of_its_row() -> None:
    """The answer has no query."""
    requests = Requests()
    requests.may_end.set()
    answer = await FeedPolls(a_board(), requests.write).answer(HEADERS, body())
    assert requests.urls == [URL]
    assert answer == {"address": "feed.example/rss"}


@pytest.mark.parametrize(
    ("sent", "status"),
    [(body("0123456789abcdef"), 404), (b"{}", 400), (b"[", 400), (b'{"id": 1}', 400)],
)
async def test_what_cannot_be_polled_is_refused(sent: bytes, status: int) -> None:
    """An unknown feed, and what is no request."""
    requests = Requests()
    with pytest.raises(RequestRefused) as refused:
        await FeedPolls(a_board(), requests.write).answer(HEADERS, sent)
    assert refused.value.status == status
    assert requests.urls == []


async def test_one_request_is_written_at_a_time() -> None:
    """Whoever clicks on and on does not make a producer each time."""
    requests = Requests()
    polls = FeedPolls(a_board(), requests.write)
    first = asyncio.create_task(polls.answer(HEADERS, body()))
    while not (requests.urls or first.done()):
        await asyncio.sleep(0)
    with pytest.raises(RequestRefused) as refused:
        await polls.answer(HEADERS, body())
    assert refused.value.status == 429
    requests.may_end.set()
    await first
