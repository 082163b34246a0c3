"""The board's pages of actors in a real Chromium: from an alert to its actor, through the search,
by keyboard, on a phone and in the dark.
"""

import pytest
from playwright.async_api import Browser, expect

from services.board.live import Live
from services.board.questions.actor_directory import ActorDirectory, build_directory
from services.tagger.data.entry_catalogue import load_catalogue
from tests.board_tools import SEEDS, served
from tests.browser_tools import BROWSER_MARKS, open_page
from tests.unit.board.board_samples import TEXT, a_tagged_record, an_alert, incoming, stations

pytestmark = BROWSER_MARKS

HOSTILE = "<img src=x onerror=\"document.title='pwned'\"><script>document.title='pwned'</script>"


@pytest.fixture(scope="module")
def seeds() -> ActorDirectory:
    return build_directory(load_catalogue(SEEDS / "actors", SEEDS / "keywords"))


def a_live(seeds: ActorDirectory, **changes: str) -> Live:
    live = Live(alerts=500, viewers=5, epoch="run", articles=50, directory=lambda: seeds)
    live.update_cluster("connected", behind=0)
    live.take(
        [
            a_tagged_record(1, **changes),
            incoming(an_alert(1, headline=changes.get("headline", "Leaders meet")), stations()),
        ]
    )
    return live


async def test_an_alert_leads_to_its_actor(chromium: Browser, seeds: ActorDirectory) -> None:
    """Who, the offices on a time line with what is acting or unverified, the article with the name
    marked, and the alert.
    """
    async with served(a_live(seeds)) as at, open_page(chromium, at.url) as watched:
        page = watched.page
        await page.get_by_role("link", name="Kim Jong Un").click()
        await expect(page.locator("h2.title")).to_have_text("Kim Jong Un")
        await expect(page.locator(".facts")).to_contain_text("North Korea (PRK)")
        assert (
            await page.locator(".terms li").count()
            == await page.locator(".terms svg rect.term").count()
            > 0
        )
        await expect(page.locator(".names").first).to_contain_text("김정은")
        await expect(page.locator(".found .sentence")).to_have_text(TEXT)
        await expect(page.locator(".found .sentence mark")).to_have_text("Kim Jong Un")
        await page.locator(".found.card-kicker a").click()
        await expect(page.locator("#explanation h2.title")).to_have_text("Leaders meet")


async def test_acting_and_unverified_terms_are_marked(
    chromium: Browser, seeds: ActorDirectory
) -> None:
    """In words, and in the picture; every bar lies inside its line."""
    async with (
        served(a_live(seeds)) as at,
        open_page(chromium, at.url, "/actor/john-sullivan") as watched,
    ):
        page = watched.page
        acting = page.locator(".terms li", has_text="acting")
        await expect(acting).to_have_count(1)
        await expect(acting.locator("rect.acting")).to_have_count(1)
        unverified = await page.locator(".terms li", has_text="dates not verified").count()
        assert await page.locator("rect.unverified").count() == unverified
        for bar in await page.locator("rect.term").all():
            x, width = [
                float((await bar.get_attribute(name) or "-1").rstrip("%"))
                for name in ("x", "width")
            ]
            assert 0 <= x < x + width <= 100.01


async def test_a_person_is_searched_for_by_keyboard(
    chromium: Browser, seeds: ActorDirectory
) -> None:
    """Without a pointer: type, go to the first, open it; and the search is in the address."""
    async with served(a_live(seeds)) as at, open_page(chromium, at.url, "/actors") as watched:
        page = watched.page
        await expect(page.locator("#found li")).to_have_count(1)
        await expect(page.locator("#told")).to_have_text("named in the recent articles")
        await page.get_by_label("A name").focus()
        await page.keyboard.type("pompeo")
        await expect(page.locator("#found a").first).to_have_text("Mike Pompeo")
        assert page.url.endswith("?q=pompeo")
        await page.keyboard.press("Tab")
        await page.keyboard.press("Enter")
        await expect(page.locator("h2.title")).to_have_text("Mike Pompeo")
        await expect(page.get_by_text("None of the alerts on the board.")).to_be_visible()


async def test_hostile_text_is_shown_and_does_nothing(
    chromium: Browser, seeds: ActorDirectory
) -> None:
    """In an article's headline and text, in the search and in the address."""
    async with (
        served(a_live(seeds, headline=HOSTILE, body=f"{HOSTILE} Kim Jong Un")) as at,
        open_page(chromium, at.url, "/actor/kim-jong-un") as watched,
    ):
        page = watched.page
        await expect(page.locator(".found h4").first).to_have_text(HOSTILE)
        await expect(page.locator("#actor img, #actor script")).to_have_count(0)
        await page.goto(f"{at.url}/actors?q=%3Cscript%3E")
        await expect(page.locator("#told")).to_have_text("no actor with “<script>” in a name")


async def test_who_is_unknown_is_told(chromium: Browser, seeds: ActorDirectory) -> None:
    """No blank page, and no error but the browser's own line about the status."""
    async with (
        served(a_live(seeds)) as at,
        open_page(chromium, at.url, "/actor/nobody%2Fat-all") as watched,
    ):
        await expect(watched.page.locator("#state")).to_have_text("no actor has this id")
        watched.problems.clear()


@pytest.mark.parametrize("path", ["/", "/actors?q=kim", "/actor/kim-jong-un"])
async def test_a_phone_in_the_dark_shows_all_of_it(
    chromium: Browser, seeds: ActorDirectory, path: str
) -> None:
    """Nothing reaches beyond the window's edge, and the page is dark."""
    async with served(a_live(seeds)) as at, open_page(chromium, at.url, path, width=360) as watched:
        await watched.page.emulate_media(color_scheme="dark")
        await expect(
            watched.page.locator("#list li, #found li, .terms li, article").first
        ).to_be_visible()
        assert await watched.page.evaluate("document.documentElement.scrollWidth") <= 360
        assert await watched.page.evaluate("document.querySelector('.top h1').offsetHeight") < 40
        assert (
            await watched.page.evaluate("getComputedStyle(document.body).backgroundColor")
            == "rgb(20, 24, 28)"
        )
