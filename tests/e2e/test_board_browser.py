"""The board's page in a real Chromium: what a person sees, and what a hostile headline cannot
do.
"""

from collections.abc import Callable
from typing import Final

import pytest
from playwright.async_api import Browser, Page, expect

from services.board.live import Live
from shared.kafka import topic_admin
from shared.kafka.cluster import Cluster
from shared.messages.schemas import Alert, Excerpt, Severity, Span
from tests.board_tools import board, served, tell
from tests.browser_tools import BROWSER_MARKS, open_page
from tests.unit.board.board_samples import a_delivery, a_notification, an_alert, incoming, stations

pytestmark = BROWSER_MARKS

HOSTILE: Final = (
    "<img src=x onerror=\"document.title='pwned'\"><script>document.title='pwned'</script>"
    "<a href=\"javascript:document.title='pwned'\">x</a>{{constructor.constructor('1')()}} \u202egnp.exe"
)


def a_live(*alerts: Alert) -> Live:
    live = Live(alerts=500, viewers=5, epoch="run")
    live.update_cluster("connected", behind=0)
    live.take([incoming(alert, stations()) for alert in alerts])
    return live


async def test_an_alert_appears_without_a_reload(chromium: Browser, cluster: Cluster) -> None:
    """From Kafka to the open page: headline, marked words, offices; then what became of it, on the
    same card.
    """
    await topic_admin.create(cluster, partitions=1)
    alert = an_alert()
    told = a_notification(alert)
    async with board(cluster) as at, open_page(chromium, at.url) as watched:
        page = watched.page
        await expect(page.locator("#connection")).to_have_text("live")
        await expect(page.locator("#empty")).to_contain_text("summitwire replay seeds/articles")
        await tell(cluster, alert, said=stations())
        card = page.locator(".card")
        await expect(card.locator("h3 a")).to_have_text(alert.headline)
        await expect(card.locator("h3 a")).to_have_attribute("href", "https://www.news.example/1")
        await expect(card.locator("h3 a")).to_have_attribute("rel", "noopener noreferrer")
        await expect(card.locator("mark")).to_have_text(["Donald Trump", "Kim Jong Un"])
        await expect(card.locator(".actors")).to_contain_text(
            "acting Chairman of the State Affairs Commission (dates unverified)"
        )
        await expect(card.locator(".figures li")).to_have_count(5)
        await expect(card.locator(".lines")).to_contain_text("slack:newsroom pending")
        await card.locator("summary").click()
        await tell(cluster, told, a_delivery(told))
        await expect(card.locator(".lines")).to_contain_text("slack:newsroom delivered")
        await expect(card.locator(".why li").first).to_contain_text(
            "actor(donald-trump) ← “Donald Trump”"
        )
        await expect(page.locator("#empty")).to_be_hidden()


async def test_hostile_text_is_shown_and_does_nothing(chromium: Browser) -> None:
    """In every place a message's text reaches the page: it is read, not run."""
    excerpt = Excerpt(
        field="body", text=HOSTILE, marks=(Span(start=0, end=4), Span(start=2, end=30))
    )
    hostile = an_alert(
        headline=HOSTILE,
        source=HOSTILE,
        rule_title=HOSTILE,
        rule_id=HOSTILE,
        language='"><script>',
        excerpts=(excerpt,),
        destinations=(HOSTILE,),
        url="javascript:document.title='pwned'",
        uri="data:text/html,<script>1</script>",
    )
    async with served(a_live(hostile)) as at, open_page(chromium, at.url) as watched:
        page = watched.page
        await expect(page.locator(".card h3")).to_have_text(HOSTILE)
        await expect(page.locator(".card h3 a")).to_have_count(0)
        await expect(page.locator(".card mark")).to_have_text([HOSTILE[:30]])
        await page.locator("select[name=rule]").select_option(index=1)
        await expect(
            page.locator(".card img, .card script, .card a:not(.explain):not(.actors a)")
        ).to_have_count(0)
        assert await page.title() == "summitwire"


async def test_filters_narrow_the_list_and_are_in_the_address(chromium: Browser) -> None:
    """By severity, rule and text; the address can be shared; clearing shows all again."""
    live = a_live(
        an_alert(1, severity=Severity.HIGH, headline="Handshake"),
        an_alert(
            2,
            severity=Severity.LOW,
            headline="Menu of the dinner",
            rule_id="food",
            rule_title="Food",
        ),
        an_alert(3, severity=Severity.CRITICAL, headline="Statement signed"),
    )
    async with served(live) as at, open_page(chromium, at.url) as watched:
        page = watched.page
        visible = page.locator(".card:visible h3")
        await expect(visible).to_have_count(3)
        await page.get_by_label("critical").check()
        await page.get_by_label("high").check()
        await expect(visible).to_have_count(2)
        await expect(page.locator("#tally")).to_have_text("2 of 3 stories")
        await page.get_by_label("Text").fill("SIGNED")
        await expect(visible).to_have_text(["Statement signed"])
        await page.reload()
        await expect(visible).to_have_text(["Statement signed"])
        await page.get_by_role("button", name="Clear the filters").click()
        await expect(visible).to_have_count(3)
        await page.locator("select[name=rule]").select_option("food")
        await expect(visible).to_have_text(["Menu of the dinner"])
        await page.get_by_label("Text").fill("no such words")
        await expect(page.locator("#nothing")).to_be_visible()


async def test_an_empty_board_says_so_only_when_it_knows(chromium: Browser) -> None:
    """While Kafka does not answer, nobody can say that nothing has matched."""
    live = a_live()
    live.update_cluster("lost", "no answer")
    async with served(live) as at, open_page(chromium, at.url) as watched:
        await expect(watched.page.locator("#connection")).to_contain_text(
            "Kafka does not answer, since"
        )
        await expect(watched.page.locator("#empty")).to_be_hidden()
        live.update_cluster("connected", behind=0)
        await expect(watched.page.locator("#empty")).to_be_visible()


async def test_a_paused_page_holds_what_comes(chromium: Browser) -> None:
    """Nothing moves under a reader's eyes until the reader wants it."""
    live = a_live(an_alert(1))
    async with served(live) as at, open_page(chromium, at.url) as watched:
        page = watched.page
        await expect(page.locator(".card")).to_have_count(1)
        await page.get_by_role("button", name="Pause").click()
        live.take([incoming(an_alert(2), stations())])
        await expect(page.locator("#held")).to_have_text("Show 1 new story")
        await expect(page.locator(".card")).to_have_count(1)
        await page.get_by_role("button", name="Resume").click()
        await expect(page.locator(".card")).to_have_count(2)


async def test_the_page_comes_back_by_itself(chromium: Browser) -> None:
    """The stream ends: the page says so, connects again, and gets what it missed."""
    live = a_live(an_alert(1))
    async with served(live) as at, open_page(chromium, at.url) as watched:
        await expect(watched.page.locator("#connection")).to_have_text("live")
        for viewer in live.hub.viewers:
            viewer.put(None)
        await expect(watched.page.locator("#connection")).to_contain_text("connection lost")
        live.take([incoming(an_alert(2), stations())])
        await expect(watched.page.locator(".card")).to_have_count(2)
        await expect(watched.page.locator("#connection")).to_have_text("live")


@pytest.mark.parametrize("width", [360, 320])
async def test_a_narrow_window_has_nothing_to_scroll_sideways(
    chromium: Browser, width: int
) -> None:
    """Also with words that have no place to break."""
    wide = an_alert(
        1,
        headline="W" * 300,
        source="s" * 120,
        rule_title="r" * 120,
        excerpts=(Excerpt(field="body", text="x" * 400, marks=()),),
    )
    async with (
        served(a_live(wide, an_alert(2))) as at,
        open_page(chromium, at.url, width=width) as watched,
    ):
        await expect(watched.page.locator(".card")).to_have_count(2)
        await watched.page.locator("#state summary").click()
        assert await watched.page.evaluate("document.documentElement.scrollWidth") <= width


async def test_everything_can_be_reached_by_keyboard(chromium: Browser) -> None:
    """From the skip link on; a severity is switched with the space bar, and focus is seen."""
    async with served(a_live(an_alert(1))) as at, open_page(chromium, at.url) as watched:
        page = watched.page
        await expect(page.locator(".card")).to_have_count(1)
        reached = await _tabbed(page, lambda name: name == "SUMMARY 1 article, and why")
        wanted = [
            "A Skip to the stories",
            "BUTTON Pause",
            "INPUT critical",
            "SELECT rule",
            "INPUT text",
            "A Leaders meet on Sentosa (1)",
        ]
        assert [name for name in reached if name in wanted] == wanted
        await page.get_by_label("low").focus()
        await page.keyboard.press("Space")
        await expect(page.locator(".card:visible")).to_have_count(0)


async def _tabbed(page: Page, last: Callable[[str], bool]) -> list[str]:
    """What has the focus after each press of Tab, up to the last one wanted."""
    reached: list[str] = []
    for _ in range(40):
        await page.keyboard.press("Tab")
        told = "(e => `${e.tagName} ${e.value && e.type === 'checkbox' ? e.value : e.name || e.textContent.trim()}`)(document.activeElement)"
        reached.append(await page.evaluate(told))
        if last(reached[-1]):
            break
    return reached
