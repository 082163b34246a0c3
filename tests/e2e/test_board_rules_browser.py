"""The page of rules in a real Chromium: precision, rate, dead rules."""

from dataclasses import replace

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, expect

from services.board.live import Live, now_ms
from services.board.state.board_state import BoardRecord
from shared.feedback.rule_measures import DAY_MS
from shared.kafka.topics import FEEDBACK, RULES
from shared.messages import codec
from shared.messages.schemas import Rule, Severity
from tests.board_tools import served
from tests.browser_tools import BROWSER_MARKS, open_page
from tests.unit.shared.feedback.test_rule_measures import said

pytestmark = BROWSER_MARKS

RULE = Rule(
    rule_id="r",
    revision="1",
    title="<img src=x onerror=alert(1)> A rule",
    severity=Severity.HIGH,
    when="summit",
    destinations=(),
)


def a_live() -> Live:
    """Two rules: one with verdicts, one that has been dead for a month."""
    live = Live(alerts=5, viewers=5, epoch="run")
    records = [
        BoardRecord(
            topic=RULES.name,
            value=codec.encode(replace(RULE, rule_id=rule)),
            headers={"ce_type": "Rule.v1"},
            recorded_ms=0,
            key=rule.encode(),
        )
        for rule in ("r", "silent")
    ]
    facts = [said(1, "acknowledged"), said(2, "acknowledged"), said(3, "old_news")]
    records += [
        BoardRecord(
            topic=FEEDBACK.name,
            value=codec.encode(fact),
            headers={},
            recorded_ms=0,
            key=fact.feedback_id.encode(),
        )
        for fact in facts
    ]
    live.take(records)
    live.activity.take_alert("r", now_ms() - DAY_MS)
    live.activity.take_message(["r"], now_ms() - DAY_MS)
    live.activity.take_alert("silent", now_ms() - 40 * DAY_MS)
    return live


@pytest.mark.parametrize("width", [1280, 320])
async def test_each_rule_shows_what_is_measured(chromium: Browser, width: int) -> None:
    """With its interval; a dead rule says so. It is reached from the board."""
    async with served(a_live()) as at, open_page(chromium, at.url, width=width) as watched:
        page = watched.page
        await page.get_by_role("link", name="Rules").click()
        await expect(page.locator("#said")).to_have_text("2 rules, 1 dead")
        first, second = page.locator("#rules > li").nth(0), page.locator("#rules > li").nth(1)
        await expect(first).to_contain_text("67 % right (21 % to 94 %), 3 verdicts · 1 old news")
        await expect(first).to_contain_text("<img src=x onerror=alert(1)> A rule")
        await expect(second.locator(".tag")).to_have_text("dead")
        await expect(second).to_contain_text("no verdict yet")
        results = await Axe().run(page)
        assert [violation["id"] for violation in results.response["violations"]] == []
        assert await page.evaluate("document.documentElement.scrollWidth") <= width
