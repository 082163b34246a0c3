"""DNS rebinding in a real Chromium: only pages under an allowed host name can read alerts."""

from collections.abc import AsyncIterator

import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from services.board.live import Live
from services.console.fake_slack.server import FakeSlack
from tests.board_tools import served
from tests.browser_tools import BROWSER_MARKS, launch_chromium
from tests.unit.board.board_samples import an_alert, incoming

pytestmark = BROWSER_MARKS

EVIL, OWN = "evil.example", "board.example"
NO_GUARD = "--disable-features=LocalNetworkAccessChecks,BlockInsecurePrivateNetworkRequests"
"""Recent Chromiums protect this machine from pages elsewhere; older and other browsers do not."""
READ = """async path => {
    const answer = await fetch(path);
    return [answer.status, await answer.text()];
}"""


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def fooled() -> AsyncIterator[Browser]:
    """Yield a browser that resolves both names to this machine, as an attacker's DNS would do."""
    async with launch_chromium(
        NO_GUARD, f"--host-resolver-rules=MAP {EVIL} 127.0.0.1,MAP {OWN} 127.0.0.1"
    ) as browser:
        yield browser


@pytest_asyncio.fixture(loop_scope="session")
async def page(fooled: Browser) -> AsyncIterator[Page]:
    """Yield a page of that browser, in a context of its own."""
    context = await fooled.new_context()
    yield await context.new_page()
    await context.close()


def a_live() -> Live:
    live = Live(alerts=10, viewers=5, epoch="run")
    live.update_cluster("connected", behind=0)
    live.take([incoming(an_alert())])
    return live


async def attack(page: Page, port: str) -> None:
    """Open the attacker's page, whose name resolves to this port of ours from now on."""
    address = f"http://{EVIL}:{port}/attack"
    await page.route(
        address, lambda route: route.fulfill(body="<title>attack</title>", content_type="text/html")
    )
    await page.goto(address)


async def test_a_page_that_rebinds_its_name_reads_no_alert(page: Page) -> None:
    """For the browser, board and page are the same site: only the Host header differs."""
    async with served(a_live(), hosts=OWN) as board:
        port, headline = board.url.rpartition(":")[2], an_alert().headline
        await attack(page, port)
        for path in ("/", "/api/alerts", "/api/articles", "/api/status"):
            status, text = await page.evaluate(READ, path)
            assert status == 421
            assert headline not in text
            assert "BOARD_HOSTS" in text
        watched = """new Promise(end => {
            const events = new EventSource('/events');
            events.onerror = () => end('refused');
            events.onopen = end;
        })"""
        assert await page.evaluate(watched) == "refused"


async def test_the_attack_is_a_real_one(page: Page) -> None:
    """The same page reads everything from a board that allows the attacker's name."""
    async with served(a_live(), hosts=EVIL) as board:
        await attack(page, board.url.rpartition(":")[2])
        status, text = await page.evaluate(READ, "/api/alerts")
        assert status == 200
        assert an_alert().headline in text


async def test_by_an_allowed_name_the_board_works(page: Page) -> None:
    """With the name in BOARD_HOSTS the page opens, shows the alert, and its scripts work."""
    async with served(a_live(), hosts=OWN) as board:
        port = board.url.rpartition(":")[2]
        await page.goto(f"http://{OWN}:{port}/")
        await expect(page.locator(".card h3")).to_have_text(an_alert().headline)
        status, text = await page.evaluate(READ, "/api/alerts")
        assert status == 200
        assert an_alert().headline in text


async def test_a_page_of_another_site_cannot_ask_by_the_boards_own_name(page: Page) -> None:
    """Without rebinding: it cannot read what it fetches, nor post to the fake Slack."""
    async with served(a_live()) as board, FakeSlack() as sink:
        await attack(page, board.url.rpartition(":")[2])
        for mode in ("cors", "no-cors"):
            request = f"fetch('{board.url}/api/alerts', {{mode: '{mode}'}})"
            asked = f"{request}.then(answer => answer.text(), () => '')"
            assert an_alert().headline not in await page.evaluate(asked)
        options = "{method: 'POST', mode: 'no-cors', body: JSON.stringify({text: 'x'})}"
        async with page.expect_event("requestfailed") as failed:
            await page.evaluate(f"fetch('{sink.url('x')}', {options}).catch(() => 0)")
        assert "BLOCKED_BY_RESPONSE" in ((await failed.value).failure or ""), (
            "it reached the stand-in, which answered"
        )
        assert sink.posts == []
