"""The page of silences, in a real Chromium."""

from datetime import UTC, datetime, timedelta

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, expect

from services.alerting.silences.new_silence import build_silence
from services.board.live import Live
from services.board.requests.silences import Silences
from shared.kafka.topics import SILENCES
from shared.kafka.transaction import Write
from shared.messages import codec
from tests.board_tools import served
from tests.browser_tools import BROWSER_MARKS, open_page

pytestmark = BROWSER_MARKS

HOSTILE = "<img src=x onerror=alert(1)>\u202e"


def a_live(comment: str = "live page") -> Live:
    """A silence in force, and one that has ended."""
    live = Live(alerts=5, viewers=5, epoch="run")
    now = datetime.now(UTC)
    for number, hours in ((1, 2), (2, -1)):
        silence = build_silence(
            f"s{number}",
            ['source=~"Yonhap.*"', "country=prk"],
            starts_at=now - timedelta(hours=3),
            ends_at=now + timedelta(hours=hours),
            now=now - timedelta(hours=3),
            author="Ri Sol",
            comment=comment,
            destination="slack:asia",
        )
        live.board.desk.take(SILENCES.name, silence.silence_id.encode(), codec.encode(silence))
    return live


def silences_of(live: Live) -> Silences:
    """Return answers whose records come back at once."""

    async def send(write: Write) -> None:
        live.board.desk.take(SILENCES.name, write.key or b"", write.value)

    return Silences(live.board.desk, SILENCES.name, send)


@pytest.mark.parametrize("width", [1280, 390])
async def test_a_silence_is_added_and_ended_by_keyboard(chromium: Browser, width: int) -> None:
    """From the board's link to the receipt; nothing is wider than the page."""
    live = a_live()
    async with (
        served(live, silences=silences_of(live)) as at,
        open_page(chromium, at.url, width=width) as watched,
    ):
        page = watched.page
        await page.get_by_role("link", name="Silences").click()
        await expect(page.locator("#said")).to_have_text("1 silence in force")
        await expect(page.locator("#listed")).to_contain_text('country="prk"')
        await expect(page.locator("#ended li")).to_contain_text("ended")
        await page.get_by_label("Alerts with").fill("rle=a")
        await page.get_by_label("Your name").fill("Jane Doe")
        await page.get_by_label("Why").fill("told by phone")
        await page.get_by_label("Why").press("Enter")
        await expect(page.locator("#answer")).to_contain_text("did you mean rule")
        assert "422" in watched.problems.pop()  # the browser's own line about the refusal
        await page.get_by_label("Alerts with").fill("rule=a\n\nowner=asia")
        await page.get_by_label("Why").press("Enter")
        await expect(page.locator("#said")).to_have_text("2 silences in force")
        results = await Axe().run(page)
        assert [violation["id"] for violation in results.response["violations"]] == []
        assert await page.evaluate("document.documentElement.scrollWidth") <= width
        await page.get_by_role("button", name="End the silence told by phone now").press("Enter")
        await page.keyboard.press("Enter")
        ended = page.locator("#listed li", has_text="told by phone").get_by_role("status")
        await expect(ended).to_contain_text("Ended: alerts are sent again")
        await expect(page.locator("#said")).to_have_text("1 silence in force", timeout=15_000)


async def test_what_people_write_is_text(chromium: Browser) -> None:
    """A comment is neither markup nor a script."""
    async with (
        served(a_live(HOSTILE)) as at,
        open_page(chromium, at.url, "/silences") as watched,
    ):
        await expect(watched.page.locator("#listed")).to_contain_text(
            "<img src=x onerror=alert(1)>"
        )
        assert await watched.page.locator("#listed img").count() == 0
