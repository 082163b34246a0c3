"""The page of sources, in a real Chromium."""

from datetime import UTC, datetime, timedelta

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, expect

from services.alerting.watch.watch_memory import WatchMemory
from services.board.live import Live
from services.board.state.board_state import BoardRecord
from shared.kafka.topics import WATCH
from shared.messages.codec import encode
from shared.messages.schemas import OpenTrouble
from tests.board_tools import served
from tests.browser_tools import BROWSER_MARKS, open_page

pytestmark = BROWSER_MARKS

HOSTILE = "<img src=x onerror=alert(1)> \u202egpj.exe"
LINE = "Since Sun 29 Nov 07:00: 214 articles read, 0 matched."


def a_live(*, troubles: bool = False) -> Live:
    """Two sources of five days, one of which stopped half a day ago, and a daily line."""
    now = datetime.now(UTC)
    memory = WatchMemory(began_at=now)
    for hour in range(12, 6 * 24):
        memory.arrivals.add(HOSTILE, now - timedelta(hours=hour))
    for hour in range(6 * 24):
        memory.arrivals.add("Yonhap", now - timedelta(hours=hour))
    memory.tallies.follow({"slack:asia"}, now, 0)
    memory.tallies.begin_next("slack:asia", now, LINE, 0)
    if troubles:
        memory.troubles = (OpenTrouble(kind="tagger", since=now - timedelta(minutes=9)),)
    live = Live(alerts=5, viewers=5, epoch="run")
    records = [
        BoardRecord(
            topic=WATCH.name,
            value=None if message is None else encode(message),
            headers={},
            recorded_ms=1,
            key=key,
        )
        for key, message in memory.take_changes(now)
    ]
    live.take(records)
    return live


@pytest.mark.parametrize("width", [1280, 390])
async def test_quiet_sources_and_daily_lines_are_shown(chromium: Browser, width: int) -> None:
    """The quiet one first, as text, whatever it is called."""
    async with served(a_live()) as at, open_page(chromium, at.url, width=width) as watched:
        page = watched.page
        await page.get_by_role("link", name="Sources").click()
        await expect(page.locator("#said")).to_contain_text("1 source quiet of 2")
        rows = page.locator("#sources > li")
        await expect(rows).to_have_count(2)
        await expect(rows.first).to_contain_text("<img src=x onerror=alert(1)>")
        await expect(rows.first).to_contain_text("usually quiet for 60 min at most")
        await expect(rows.first.locator(".bad")).to_have_text(" quiet")
        await expect(page.locator("#lines")).to_contain_text(LINE)
        results = await Axe().run(page)
        assert [violation["id"] for violation in results.response["violations"]] == []
        assert await page.evaluate("document.documentElement.scrollWidth") <= width


async def test_a_trouble_is_said_first(chromium: Browser) -> None:
    """With the stage's name."""
    async with (
        served(a_live(troubles=True)) as at,
        open_page(chromium, at.url, "/sources") as watched,
    ):
        await expect(watched.page.locator("#said")).to_contain_text("tagger lags, since 9 minutes")


async def test_a_board_that_knows_nothing_says_so(chromium: Browser) -> None:
    """It does not claim that all sources are well."""
    live = Live(alerts=5, viewers=5, epoch="run")
    async with served(live) as at, open_page(chromium, at.url, "/sources") as watched:
        await expect(watched.page.locator("#said")).to_contain_text("Nothing is known yet")
        await expect(watched.page.locator("#sources")).to_contain_text("No article was read")
