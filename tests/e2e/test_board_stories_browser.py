"""Stories on the board's page in a real Chromium: one card each, its timeline, its articles."""

from dataclasses import replace

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page, expect

from services.board.live import Live
from shared.messages.schemas import AlertOutcome, DeliveryState, Severity, TextChange
from tests.board_tools import served
from tests.browser_tools import BROWSER_MARKS, open_page
from tests.unit.board.board_samples import (
    START_MS,
    a_delivery,
    a_story_notification,
    an_alert,
    an_article,
    incoming,
    stations,
)

pytestmark = BROWSER_MARKS

ONE = an_alert(1)
LAUNCH = replace(
    ONE,
    alert_id="launch-1",
    rule_id="launch",
    rule_title="A launch",
    severity=Severity.CRITICAL,
    headline="Two missiles are launched",
)
TWO = an_alert(2, source="Yonhap")


def a_live() -> Live:
    live = Live(alerts=500, viewers=5, epoch="run")
    live.update_cluster("connected", behind=0)
    live.take([incoming(ONE, stations()), incoming(LAUNCH, stations())])
    return live


async def assert_accessible(page: Page, width: int) -> None:
    """No violation that axe finds, and nothing to scroll sideways."""
    results = await Axe().run(page)
    assert [violation["id"] for violation in results.response["violations"]] == []
    assert await page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("width", [1280, 390])
async def test_a_story_grows_on_its_card(chromium: Browser, width: int) -> None:
    """Two rules on an article, an update by another source, a correction: one card, in place."""
    live = a_live()
    first = a_story_notification(LAUNCH, ONE)
    update = a_story_notification(
        TWO, kind="update", sources=("Example Wire", "Yonhap"), new_sentences=("They flew 450 km.",)
    )
    correction = a_story_notification(
        kind="correction",
        notification_id="correction",
        articles=(an_article(ONE),),
        changes=(TextChange(field="body", before="450 km", after="380 km"),),
    )
    async with served(live) as at, open_page(chromium, at.url, width=width) as watched:
        page = watched.page
        card = page.locator(".card")
        await expect(card).to_have_attribute("data-severity", "critical")
        await expect(card.locator(".fired .rule")).to_have_text(["A launch", "The summit"])
        await expect(card.locator(".timeline")).to_contain_text("slack:newsroom pending")
        await card.locator("summary").focus()
        await page.keyboard.press("Enter")
        await expect(card.locator(".article")).to_be_visible()
        live.take([incoming(first), incoming(a_delivery(first)), incoming(TWO, stations())])
        live.take([incoming(update, recorded_ms=START_MS + 60_000)])
        await expect(card).to_have_count(1)
        await expect(card.locator(".gathered")).to_contain_text(
            "2 articles · 2 independent sources: Example Wire, Yonhap"
        )
        await expect(card.locator("summary")).to_be_focused()
        await expect(card.locator(".article")).to_have_count(2)
        live.take([incoming(correction, recorded_ms=START_MS + 90_000)])
        await expect(card.locator(".timeline > li > p > b")).to_have_text(
            ["First message", "Update", "Correction"]
        )
        await expect(card.locator(".tag")).to_have_text("corrected")
        await expect(card.locator(".change")).to_have_text("450 km → 380 km")
        await expect(card.locator(".said")).to_have_text("They flew 450 km.")
        await assert_accessible(page, width)


async def test_what_was_not_sent_is_shown_with_its_reason(chromium: Browser) -> None:
    """Folded and retrying are as visible as delivered."""
    live = a_live()
    first = a_story_notification(LAUNCH, ONE)
    folded = a_story_notification(
        TWO, outcome=AlertOutcome.FOLDED, reason="says nothing new", kind="update", folded=1
    )
    retry = a_delivery(first, DeliveryState.RETRY, answer="503 Service Unavailable", attempts=4)
    live.take([incoming(each) for each in (TWO, first, folded, retry)])
    async with served(live) as at, open_page(chromium, at.url) as watched:
        card = watched.page.locator(".card")
        await expect(card.locator(".lines").first).to_contain_text("503 Service Unavailable")
        await expect(card.locator("[data-outcome=folded]")).to_contain_text("says nothing new")
        await expect(card.locator(".gathered")).to_contain_text("1 folded: nothing new")


async def test_more_than_four_rules_are_folded(chromium: Browser) -> None:
    """The most urgent stay in sight; whoever opened the others keeps them open."""
    live = a_live()
    severities = (Severity.LOW, Severity.INFO, Severity.MEDIUM, Severity.LOW)
    live.take(
        [
            incoming(
                replace(
                    ONE,
                    alert_id=f"more-{number}",
                    rule_id=f"rule-{number}",
                    rule_title=f"Rule {number}",
                    severity=severity,
                ),
                stations(),
            )
            for number, severity in enumerate(severities)
        ]
    )
    async with served(live) as at, open_page(chromium, at.url) as watched:
        page = watched.page
        visible = page.locator(".fired .rule:visible")
        await expect(visible).to_have_count(4)
        await expect(visible.first).to_have_text("A launch")
        await page.get_by_text("and 2 more rules").click()
        await expect(visible).to_have_count(6)
        live.take([incoming(a_story_notification(LAUNCH, ONE))])
        await expect(page.locator(".timeline")).to_contain_text("First message")
        await expect(visible).to_have_count(6)
        await assert_accessible(page, 1280)
