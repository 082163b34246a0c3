"""The page of the stand-in for Slack in a real Chromium."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page, expect
from slack_sdk.web.async_client import AsyncWebClient

from services.console.fake_slack.server import FakeSlack
from tests.browser_tools import BROWSER_MARKS, launch_chromium, open_page
from tests.unit.console.fake_slack.slack_texts import HOSTILE

pytestmark = BROWSER_MARKS

BLOCKS: list[dict[str, Any]] = [
    {"type": "header", "text": {"type": "plain_text", "text": "Critical · A second summit"}},
    {
        "type": "section",
        "text": {
            "type": "mrkdwn",
            "text": "*<https://wire.example/1|They met>*\n`a` :eyes: <!here>\n&gt; said",
        },
    },
    {"type": "section", "fields": [{"type": "mrkdwn", "text": "*Place*\nHanoi"}] * 2},
    {"type": "divider"},
    {
        "type": "context",
        "elements": [{"type": "mrkdwn", "text": "<https://wire.example/1|Open> · 1.8 s"}],
    },
]
WIDTHS = (1280, 390)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    """Yield a Chromium."""
    async with launch_chromium() as chromium:
        yield chromium


@pytest_asyncio.fixture(loop_scope="session")
async def slack() -> AsyncIterator[FakeSlack]:
    """Yield a stand-in that takes many messages at once."""
    async with FakeSlack(per_second=100_000) as stand_in:
        yield stand_in


def bot_of(slack: FakeSlack) -> AsyncWebClient:
    return AsyncWebClient(token=slack.token, base_url=f"{slack.base_url}api/")


async def assert_accessible(page: Page) -> None:
    """Fail if axe objects to something, or if the page is wider than the window."""
    results = await Axe().run(page)
    assert results.generate_snapshot() == ""
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("width", WIDTHS)
async def test_a_desk_reads_and_acknowledges(
    browser: Browser, slack: FakeSlack, width: int
) -> None:
    """What is posted appears by itself, with its thread; the bot sees who acknowledged it."""
    bot, url = bot_of(slack), slack.base_url.removesuffix("/")
    posted = await bot.chat_postMessage(channel="newsroom", text="A summit", blocks=BLOCKS)
    channel, ts = posted["channel"], posted["ts"]
    async with open_page(browser, url, width=width) as watched:
        page = watched.page
        message = page.locator(f"#p{ts.replace('.', '')}")
        await expect(message.locator("h2")).to_have_text("Critical · A second summit")
        await page.get_by_label("You are").select_option("Editor")
        await expect(page).to_have_url(f"{url}/?user=U0EDITOR")
        button = message.locator("> form").get_by_role("button", name="Acknowledge")
        await button.focus()
        await page.keyboard.press("Enter")
        await expect(button).to_have_attribute("aria-pressed", "true")
        await expect(button).to_be_focused()
        await bot.chat_postMessage(channel=channel, text="It goes on", thread_ts=ts)
        await bot.chat_update(channel=channel, ts=ts, text="A summit, edited")
        await expect(message.locator("article")).to_contain_text("It goes on")
        await expect(message).to_contain_text("(edited")
        await expect(button).to_be_focused()
        await assert_accessible(page)
        await message.locator("summary").click()
        await bot.chat_postMessage(channel=channel, text="And on", thread_ts=ts)
        await expect(message.locator("summary")).to_have_text("2 replies")
        await expect(message.locator("article").first).not_to_be_visible()
    reactions = (await bot.reactions_get(channel=channel, timestamp=ts))["message"]["reactions"]
    assert reactions == [{"name": "white_check_mark", "users": ["U0EDITOR"], "count": 1}]


@pytest.mark.parametrize("width", WIDTHS)
async def test_hostile_texts_do_nothing(browser: Browser, slack: FakeSlack, width: int) -> None:
    """No script runs, nothing is loaded, no dialog opens, and the page stays readable."""
    bot, url = bot_of(slack), slack.base_url.removesuffix("/")
    for text in HOSTILE:
        blocks: list[dict[str, Any]] = [
            {"type": "section", "text": {"type": "mrkdwn", "text": text}},
            {"type": "context", "elements": [{"type": "plain_text", "text": text}]},
        ]
        await bot.chat_postMessage(channel="newsroom", text=text, blocks=blocks)
    await bot.chat_postMessage(channel="newsroom", text="x" * 40_000)
    async with open_page(browser, url, width=width) as watched:
        page = watched.page
        await expect(page.locator("article")).to_have_count(len(HOSTILE) + 1)
        assert await page.title() == "#newsroom · Slack stand-in"
        assert await page.locator("main img, main script, main iframe, main style").count() == 0
        await assert_accessible(page)


async def test_says_that_it_is_not_up_to_date(browser: Browser) -> None:
    """When the stand-in has ended, its page says so instead of seeming quiet."""
    async with FakeSlack() as slack:
        page = await (await browser.new_context()).new_page()
        await page.goto(slack.base_url)
        await expect(page.get_by_role("status")).to_have_text("up to date")
    await expect(page.get_by_role("status")).to_have_text("the stand-in does not answer")
    await page.context.close()


async def test_reacts_without_scripts(browser: Browser, slack: FakeSlack) -> None:
    """Forms do what scripts do, but with another page."""
    await bot_of(slack).chat_postMessage(channel="newsroom", text="hello")
    context = await browser.new_context(java_script_enabled=False)
    page = await context.new_page()
    await page.goto(slack.base_url)
    await page.get_by_role("button", name="Looking").click()
    await expect(page.get_by_role("button", name="Looking: Reader")).to_be_visible()
    assert page.url.startswith(f"{slack.base_url}archives/C")
    await context.close()
