"""Trying rules and explaining alerts at the board, in a real Chromium."""

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, expect

from services.board.live import Live
from tests.board_tools import served
from tests.browser_tools import BROWSER_MARKS, open_page
from tests.unit.board.board_samples import TEXT, a_tagged_record, an_alert, incoming, stations

pytestmark = BROWSER_MARKS

HOSTILE = "<img src=x onerror=\"document.title='pwned'\"><script>document.title='pwned'</script>"


def a_live(articles: int = 3, **changes: str) -> Live:
    live = Live(alerts=500, viewers=5, epoch="run", articles=50)
    live.update_cluster("connected", behind=0)
    live.take([a_tagged_record(number, **changes) for number in range(1, articles + 1)])
    return live


async def test_a_rule_is_tried_while_it_is_typed(chromium: Browser) -> None:
    """Errors with place and suggestion, then the articles that would fire with marked words, then
    the nearest miss; a suggestion can be taken.
    """
    async with served(a_live()) as at, open_page(chromium, at.url, "/try") as watched:
        page = watched.page
        box, verdict, results = (
            page.get_by_label("Expression"),
            page.locator("#verdict"),
            page.locator("#results"),
        )
        await box.fill("trump kim")
        await expect(verdict).to_contain_text(
            'line 1, column 7 two terms side by side need an operator between them — write "trump kim"'
        )
        await page.get_by_role("button", name="line 1, column 7").click()
        assert (
            await box.evaluate("box => box.value.slice(box.selectionStart, box.selectionEnd)")
            == "k"
        )
        await box.fill("trump AND sentosa")
        await expect(verdict).to_have_text("Read as trump AND sentosa")
        await expect(results.locator(".count")).to_have_text("3 of the last 3 articles would fire")
        await expect(results.locator(".found").first.locator("mark")).to_have_text(
            ["Trump", "Sentosa"]
        )
        await box.fill("trump W/2 sentosa")
        await expect(results.locator(".missed")).to_have_count(3)
        await expect(results.locator(".missed").first).to_contain_text(
            "the nearest two are 8 words apart"
        )
        await results.get_by_role("button", name="Try it").first.click()
        await expect(box).to_have_value("trump W/8 sentosa")
        await expect(results.locator(".count")).to_have_text("3 of the last 3 articles would fire")
        await page.reload()
        await expect(box).to_have_value("trump W/8 sentosa")


@pytest.mark.parametrize("width", [1280, 390])
async def test_messages_are_counted_once_the_matches_are_shown(
    chromium: Browser, width: int
) -> None:
    """Alike articles are one story, so one message; another severity is counted at once. Nothing is
    wider than the page, and axe has no complaint.
    """
    async with served(a_live()) as at, open_page(chromium, at.url, "/try", width=width) as watched:
        page = watched.page
        await page.get_by_label("Expression").fill("trump AND sentosa")
        count = page.locator("#messages")
        await expect(count).to_contain_text("Messages for 3 articles that fire")
        await expect(count.locator("li")).to_have_count(1)
        await expect(count.locator("li")).to_contain_text(
            "1 message to its own destination: 1 first"
        )
        async with page.expect_request(
            lambda asked: '"severity":"critical"' in (asked.post_data or "")
        ):
            await page.get_by_label("Severity").select_option("critical")
        await expect(count.locator("li")).to_contain_text("1 message to its own destination")
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        found = await Axe().run(page)
        assert found.violations_count == 0, found.generate_report()


async def test_a_rule_is_tried_on_one_article_or_on_a_pasted_text(chromium: Browser) -> None:
    """Chosen from the list, or pasted; hostile text is shown and does nothing."""
    async with (
        served(a_live(2, headline=HOSTILE)) as at,
        open_page(chromium, at.url, "/try") as watched,
    ):
        page = watched.page
        await page.get_by_label("Expression").fill("sentosa")
        await expect(page.locator("#on option")).to_have_count(4)
        await page.locator("#on").select_option("article-1")
        await expect(page.locator(".count")).to_have_text("Fires on this article")
        await expect(page.locator(".found h4")).to_have_text(HOSTILE)
        await page.locator("#on").select_option("text")
        await page.get_by_label("Text", exact=True).fill(f"{HOSTILE} Nobody sent an sentosas.")
        await expect(page.locator(".count")).to_have_text("Does not fire on this article")
        await expect(page.locator(".changed code")).to_have_text("sentosa*")
        await expect(page.locator("#results img, #results script")).to_have_count(0)
        assert await page.title() == "Try a rule · summitwire"


async def test_an_alert_links_to_its_explanation(chromium: Browser) -> None:
    """Every clause with the words and their places, and the article with the words marked."""
    live = a_live(1)
    live.take([incoming(an_alert(1), stations())])
    async with served(live) as at, open_page(chromium, at.url) as watched:
        page = watched.page
        await page.get_by_role("link", name="Explain this alert").click()
        await expect(page.locator("#explanation h2.title")).to_have_text(
            "Leaders meet on Sentosa (1)"
        )
        await expect(page.locator("#explanation .places").first).to_have_text(
            "Donald Trump body 10–22"
        )
        await expect(page.locator("#explanation p.text")).to_have_text([TEXT])
        await expect(page.locator("#explanation p.text mark")).to_have_text(
            ["Donald Trump", "Kim Jong Un"]
        )
        await page.get_by_role("link", name="Try these clauses").click()
        await expect(page.locator("#verdict")).to_contain_text(
            "Read as actor(donald-trump) AND actor(kim-jong-un)"
        )


async def test_an_explanation_without_its_article_says_so(chromium: Browser) -> None:
    """The words and their places are the alert's own."""
    live = Live(alerts=500, viewers=5, epoch="run")
    live.take([incoming(an_alert(1), stations())])
    async with (
        served(live) as at,
        open_page(chromium, at.url, f"/why/{an_alert(1).alert_id}") as watched,
    ):
        await expect(watched.page.locator("#explanation")).to_contain_text("no longer on the board")
        await expect(watched.page.locator("#explanation .places mark")).to_have_text(
            ["Donald Trump", "Kim Jong Un"]
        )


@pytest.mark.parametrize("width", [360, 320])
async def test_a_narrow_window_has_nothing_to_scroll_sideways(
    chromium: Browser, width: int
) -> None:
    """On both pages, with words that have no place to break."""
    live = a_live(1, headline="W" * 300, body=f"kim {'x' * 400}")
    live.take([incoming(an_alert(1), stations())])
    async with served(live) as at:
        async with open_page(chromium, at.url, f"/try?expression={'kim'}", width=width) as watched:
            await expect(watched.page.locator(".found")).to_have_count(1)
            assert await watched.page.evaluate("document.documentElement.scrollWidth") <= width
        async with open_page(
            chromium, at.url, f"/why/{an_alert(1).alert_id}", width=width
        ) as watched:
            await expect(watched.page.locator("#explanation")).to_be_visible()
            assert await watched.page.evaluate("document.documentElement.scrollWidth") <= width
