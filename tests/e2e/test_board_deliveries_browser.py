"""The page of what is not delivered, in a real Chromium."""

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, expect

from services.board.live import Live, now_ms
from services.board.state.board_state import BoardRecord
from services.board.state.deliveries.reconciliation import CommittedOffsets
from shared.kafka.topics import DELIVERIES
from shared.messages import codec
from shared.messages.schemas import DeliveryState
from tests.board_tools import served
from tests.browser_tools import BROWSER_MARKS, open_page
from tests.unit.board.board_samples import a_delivery, a_notification, an_alert, incoming

pytestmark = BROWSER_MARKS

HOSTILE = "slack:x'; rm -rf ~; '<img src=x onerror=alert(1)>"


def a_live(destination: str) -> Live:
    """A parked message of that destination, and an alert that is ten minutes old and lost."""
    told = a_notification(an_alert(1), destination=destination)
    content = BoardRecord(
        topic=DELIVERIES.name,
        value=codec.encode(told),
        headers={"ce_type": "Notification.v1"},
        recorded_ms=now_ms(),
        key=f"notification/{told.notification_id}".encode(),
    )
    live = Live(alerts=500, viewers=5, epoch="run")
    live.update_cluster("connected", behind=0)
    live.take(
        [
            content,
            incoming(a_delivery(told, DeliveryState.PARKED, answer="404 no_team")),
            incoming(an_alert(2), recorded_ms=now_ms() - 600_000),
        ]
    )
    live.reconcile(CommittedOffsets())
    return live


@pytest.mark.parametrize("width", [1280, 390])
async def test_what_is_parked_is_shown_with_the_command_that_posts_it(
    chromium: Browser, width: int
) -> None:
    """And an alert without an outcome, here and beside the stories."""
    live = a_live("slack:newsroom")
    async with served(live) as at, open_page(chromium, at.url, width=width) as watched:
        page = watched.page
        await page.locator("#state").evaluate("state => { state.open = true; }")
        await expect(page.locator("#deliveries .bad")).to_have_text(["1", "1"])
        await page.get_by_role("link", name="Deliveries").click()
        place = page.locator(".destination")
        await expect(place).to_contain_text("1 parked")
        await expect(place).to_contain_text("Last answer: 404 no_team")
        await expect(place.locator("pre")).to_have_text(
            "summitwire deliveries redrive --destination slack:newsroom"
        )
        await expect(page.locator("#balance")).to_contain_text("1 alert of 1 has no outcome")
        await expect(page.locator("#balances")).to_contain_text("+ 1 without an outcome")
        results = await Axe().run(page)
        assert [violation["id"] for violation in results.response["violations"]] == []
        assert await page.evaluate("document.documentElement.scrollWidth") <= width


async def test_parked_messages_are_posted_in_two_steps(chromium: Browser) -> None:
    """By keyboard: ask, cancel, ask again, confirm; the page says what was asked for."""
    async with (
        served(a_live("slack:newsroom")) as at,
        open_page(chromium, at.url, "/deliveries") as watched,
    ):
        page = watched.page
        ask = page.get_by_role("button", name="Post 1 parked message after all")
        confirm = page.get_by_role("button", name="Yes, post 1 parked message")
        await ask.focus()
        await page.keyboard.press("Enter")
        await expect(confirm).to_be_focused()
        await page.keyboard.press("Tab")
        await page.keyboard.press("Enter")
        await expect(ask).to_be_focused()
        await page.keyboard.press("Enter")
        await page.keyboard.press("Enter")
        await expect(page.locator(".destination [role=status]")).to_contain_text(
            "Asked for 1 message: they are posted as soon as the address takes them."
        )


async def test_a_hostile_destination_is_one_argument_of_the_command(chromium: Browser) -> None:
    """Who copies the command runs that command and no other."""
    async with (
        served(a_live(HOSTILE)) as at,
        open_page(chromium, at.url, "/deliveries") as watched,
    ):
        await expect(watched.page.locator(".destination pre")).to_have_text(
            "summitwire deliveries redrive --destination "
            r"'slack:x'\''; rm -rf ~; '\''<img src=x onerror=alert(1)>'"
        )


async def test_a_page_without_arrears_says_so(chromium: Browser) -> None:
    """Before the first comparison it does not claim that all is well."""
    live = Live(alerts=5, viewers=5, epoch="run")
    live.read_until_ms = 1
    live.update_cluster("connected", behind=0)
    async with served(live) as at, open_page(chromium, at.url, "/deliveries") as watched:
        await expect(watched.page.locator("#said")).to_have_text("Everything is delivered.")
        await expect(watched.page.locator("#balance")).to_contain_text("Not compared yet")
