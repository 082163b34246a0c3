"""The pages behind the links in messages, in a real Chromium, with and without scripts."""

from datetime import UTC, datetime, timedelta

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, expect

from services.board.feedback.pages import FeedbackPages
from services.board.live import Live
from services.board.state.board_state import BoardRecord
from shared.feedback.message_links import MessageLinks, reference
from shared.kafka.topics import FEEDBACK, SILENCES
from shared.kafka.transaction import Write
from shared.messages.codec import decode
from shared.messages.schemas import Feedback
from tests.board_tools import served
from tests.browser_tools import BROWSER_MARKS, open_page
from tests.unit.board.board_samples import a_story_notification, an_alert, incoming

pytestmark = BROWSER_MARKS

LINKS = MessageLinks(["k" * 32], timedelta(days=7))
HOSTILE = '<img src=x onerror=alert(1)> "Leaders" & \u202eothers ' + "meet" * 60


class Desk:
    """A board that knows one message, and what people have sent about it."""

    def __init__(self) -> None:
        alerts = [an_alert(1, rule_id=f"rule-{n}", headline=HOSTILE) for n in range(2)]
        notification = a_story_notification(*alerts)
        self.live = Live(alerts=5, viewers=5, epoch="run")
        self.live.update_cluster("connected", behind=0)
        self.live.take([*map(incoming, alerts), incoming(notification)])
        self.token = LINKS.sign(reference(notification), datetime.now(UTC))
        self.pages = FeedbackPages(
            LINKS, self.live.board, (FEEDBACK.name, SILENCES.name), self._send
        )
        self.written: list[Write] = []

    async def _send(self, write: Write) -> None:
        self.written.append(write)
        self.live.take(
            [
                BoardRecord(
                    topic=write.topic,
                    value=write.value,
                    headers={},
                    recorded_ms=0,
                    key=write.key or b"",
                )
            ]
        )


@pytest.mark.parametrize(
    ("action", "width"), [("acknowledge", 320), ("wrong", 320), ("silence", 1280)]
)
async def test_every_form_is_accessible(chromium: Browser, action: str, width: int) -> None:
    """Labels, contrast and keyboard, before and after it is sent; nothing is cut off on a phone."""
    desk = Desk()
    async with (
        served(desk.live, feedback=desk.pages) as at,
        open_page(chromium, at.url, f"/feedback/{action}/{desk.token}", width=width) as watched,
    ):
        page = watched.page
        await expect(page.locator("h3")).to_contain_text("<img src=x onerror=alert(1)>")
        results = await Axe().run(page)
        assert [violation["id"] for violation in results.response["violations"]] == []
        assert await page.evaluate("document.documentElement.scrollWidth") <= width
        await page.get_by_label("Your name").fill("Ana Kim")
        if action == "wrong":
            await page.get_by_label("old news").check()
            await page.get_by_label("rule-0").uncheck()
        await page.get_by_label("Comment (optional)").fill(HOSTILE)
        await page.keyboard.press("Enter")
        await expect(page.locator("[role=status]")).to_contain_text("Ana Kim")
        results = await Axe().run(page)
        assert [violation["id"] for violation in results.response["violations"]] == []
        assert await page.evaluate("document.documentElement.scrollWidth") <= width
        assert len(desk.written) == 1


async def test_a_form_needs_no_script_and_can_be_taken_back(chromium: Browser) -> None:
    """As in the browser inside a chat program that runs none."""
    desk = Desk()
    async with served(desk.live, feedback=desk.pages) as at:
        context = await chromium.new_context(java_script_enabled=False)
        try:
            page = await context.new_page()
            await page.goto(f"{at.url}/feedback/wrong/{desk.token}")
            await page.get_by_label("Your name").fill("Ana")
            await page.get_by_label("off topic").check()
            await page.get_by_role("button", name="Send").click()
            await expect(page.locator("[role=status]")).to_contain_text("Noted as wrong, Ana")
            await page.get_by_role("button", name="Take it back").click()
            await expect(page.locator("h2.title")).to_have_text("Taken back")
        finally:
            await context.close()
    first, second = [decode(write.value, Feedback) for write in desk.written]
    assert (first.wrong_reason, first.rules) == ("off_topic", ("rule-0", "rule-1"))
    assert (first.feedback_id, second.withdrawn_at is not None) == (second.feedback_id, True)


async def test_the_story_shows_what_people_said(chromium: Browser) -> None:
    """At once, as text, beside what became of it."""
    desk = Desk()
    async with (
        served(desk.live, feedback=desk.pages) as at,
        open_page(chromium, at.url) as watched,
    ):
        async with open_page(chromium, at.url, f"/feedback/wrong/{desk.token}") as other:
            await other.page.get_by_label("Your name").fill("<b>Ana</b>")
            await other.page.get_by_label("denied").check()
            await other.page.get_by_role("button", name="Send").click()
            await expect(other.page.locator("[role=status]")).to_be_visible()
        said = watched.page.get_by_label("What people said")
        await expect(said).to_contain_text("Wrong (denied) by <b>Ana</b>")
        await watched.page.locator("details.articles summary").click()
        results = await Axe().run(watched.page)
        assert [violation["id"] for violation in results.response["violations"]] == []


async def test_a_page_of_another_site_cannot_send_the_form(chromium: Browser) -> None:
    """Even one that knows the link: the browser says where the form comes from."""
    desk, evil = Desk(), Desk()
    async with (
        served(desk.live, feedback=desk.pages) as at,
        served(evil.live, feedback=evil.pages) as foreign,
    ):
        context = await chromium.new_context(bypass_csp=True)
        try:
            page = await context.new_page()
            await page.goto(foreign.url.replace("127.0.0.1", "localhost"))
            target = f"{at.url}/feedback/acknowledge/{desk.token}"
            async with page.expect_navigation():
                await page.evaluate(
                    """target => {
                        document.body.innerHTML = `<form method=post action="${target}"><input name=author value=Eve></form>`;
                        document.forms[0].submit();
                    }""",
                    target,
                )
            await expect(page.locator("body")).to_contain_text("Only this server's own page")
        finally:
            await context.close()
    assert desk.written == []
