"""The page of feeds, in a real Chromium."""

from datetime import UTC, datetime, timedelta

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, expect

from services.board.live import Live
from services.board.requests.feed_polls import FeedPolls
from services.board.state.board_state import BoardRecord
from shared.kafka.topics import FEEDS
from shared.messages.codec import encode
from shared.messages.schemas import FeedState
from tests.board_tools import served
from tests.browser_tools import BROWSER_MARKS, open_page

pytestmark = BROWSER_MARKS

HOSTILE = "<img src=x onerror=alert(1)> \u202egpj.exe"
FAILING = "https://wire.example/rss?key=secret"


def a_live() -> Live:
    """A feed that works, with a hostile name, and one that fails."""
    now = datetime.now(UTC)
    states = [
        FeedState(
            url="https://news.example/rss",
            name=HOSTILE,
            source="news",
            polled_at=now - timedelta(minutes=1),
            succeeded_at=now - timedelta(minutes=1),
            next_at=now + timedelta(minutes=4),
        ),
        FeedState(
            url=FAILING,
            name="Example Wire",
            source="wire",
            polled_at=now - timedelta(minutes=2),
            succeeded_at=now - timedelta(hours=3),
            next_at=now + timedelta(minutes=9),
            failures=3,
            last_error="HTTP 503",
            error_kind="status",
        ),
    ]
    live = Live(alerts=5, viewers=5, epoch="run")
    live.take(
        [
            BoardRecord(
                topic=FEEDS.name,
                value=encode(state),
                headers={},
                recorded_ms=1,
                key=state.url.encode(),
            )
            for state in states
        ]
    )
    return live


@pytest.mark.parametrize("width", [1280, 390])
async def test_feeds_are_shown_and_polled_at_once(chromium: Browser, width: int) -> None:
    """The failing one first, as text; a click on it requests a poll, and says so."""
    live, urls = a_live(), list[str]()

    async def request(url: str) -> None:
        urls.append(url)

    async with (
        served(live, feed_polls=FeedPolls(live.board, request)) as at,
        open_page(chromium, at.url, width=width) as watched,
    ):
        page = watched.page
        await page.get_by_role("link", name="Feeds").click()
        await expect(page.locator("#said")).to_contain_text("1 failing of 2 feeds")
        rows = page.locator("#feeds > li")
        await expect(rows.nth(0)).to_contain_text("3 failures, status: HTTP 503")
        await expect(rows.nth(0)).to_contain_text("last success 3 hours ago")
        await expect(rows.nth(1)).to_contain_text("<img src=x onerror=alert(1)>")
        assert "secret" not in await page.content()
        results = await Axe().run(page)
        assert [violation["id"] for violation in results.response["violations"]] == []
        assert await page.evaluate("document.documentElement.scrollWidth") <= width
        await page.get_by_role("button", name="Poll Example Wire now").press("Enter")
        await expect(rows.nth(0).get_by_role("status")).to_contain_text("within seconds")
        assert urls == [FAILING]


async def test_a_board_without_feeds_says_so(chromium: Browser) -> None:
    """It does not claim that all is well."""
    live = Live(alerts=5, viewers=5, epoch="run")
    async with served(live) as at, open_page(chromium, at.url, "/feeds") as watched:
        await expect(watched.page.locator("#said")).to_have_text("No feed has been polled yet.")
