"""An original beside what was made of it, in a real Chromium."""

from dataclasses import replace
from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from services.board.live import Live
from services.board.state.board_state import BoardRecord
from services.board.state.recent_articles import RecentArticle
from services.cleaner.pipeline import clean
from services.fetcher.seeds.seed_articles import iter_articles
from shared.base.project import project_root
from shared.kafka.topics import ARTICLES_TAGGED
from shared.messages import codec
from shared.messages.schemas import Change, CleanArticle, RawArticle, Span, TaggedArticle
from tests.board_tools import served
from tests.browser_tools import BROWSER_MARKS, open_page
from tests.unit.board.board_samples import (
    START_MS,
    TEXT,
    a_tagged_record,
    an_alert,
    incoming,
    stations,
)

pytestmark = BROWSER_MARKS

SENTENCE = "The two delegations met for three hours on Tuesday and agreed to meet again before the end of the month, both sides said."
HOSTILE = "<img src=x onerror=\"document.title='pwned'\"><script>document.title='pwned'</script>"
PAGE = f"<html><body><h1>{HOSTILE} Talks</h1><p>{SENTENCE}</p><p>&lt;script&gt;document.title='pwned'&lt;/script&gt; {SENTENCE}</p></body></html>"


class Seeds:
    """The seeds on a board, with their originals."""

    def __init__(self) -> None:
        self.live = Live(alerts=500, viewers=5, epoch="run", articles=50)
        self.ids: list[str] = []
        self._raws: dict[str, bytes] = {}
        for raw in iter_articles([project_root() / "seeds" / "articles"]):
            assert isinstance(raw, RawArticle)
            article = clean(raw)
            assert isinstance(article, CleanArticle)
            record = codec.encode(TaggedArticle(article=article, tagger_revision="t"))
            self.live.take(
                [
                    BoardRecord(
                        topic=ARTICLES_TAGGED.name, value=record, headers={}, recorded_ms=START_MS
                    )
                ]
            )
            self._raws[article.article_id] = codec.encode(raw)
            self.ids.append(article.article_id)

    async def original(self, article: RecentArticle) -> bytes | None:
        """As articles.raw holds it."""
        return self._raws.get(article.id)


async def test_a_seed_stands_beside_what_was_made_of_it(chromium: Browser) -> None:
    """Every paragraph beside its line; what was left out in grey with why, long runs folded away;
    every field with whom it is from.
    """
    seeds = Seeds()
    async with (
        served(seeds.live, original=seeds.original) as at,
        open_page(chromium, at.url, f"/clean?article={seeds.ids[0]}") as watched,
    ):
        page = watched.page
        await expect(page.locator(".row[data-fate=kept]")).to_have_count(11)
        await expect(page.locator(".row[data-fate=kept] .text").first).to_contain_text(
            "WASHINGTON/SEOUL"
        )
        assert (
            await page.locator(".row[data-fate=kept] .was").all_inner_texts()
            == await page.locator(".row[data-fate=kept] .text").all_inner_texts()
        )
        await expect(page.locator(".row[data-fate=dropped]:visible .why-not")).to_have_text(
            ["icon titles", "kicker", "deck", "caption"]
        )
        await page.get_by_text("16 lines dropped: subscription ×10").click()
        await expect(page.locator(".row[data-fate=dropped]:visible")).to_have_count(20)
        await expect(page.locator(".fields dt")).to_have_text(
            ["headline", "deck", "dateline", "language", "body", "event time"]
        )


async def test_an_alert_leads_to_its_original(chromium: Browser) -> None:
    """From its card and from its explanation; without the original the article is shown alone, and
    that is said.
    """
    live = Live(alerts=500, viewers=5, epoch="run", articles=50)
    live.take([a_tagged_record(1), incoming(an_alert(1), stations())])
    async with served(live) as at, open_page(chromium, at.url) as watched:
        page = watched.page
        await page.get_by_role("link", name="Explain this alert").click()
        await page.get_by_role("link", name="Original and cleaned").click()
        await expect(page.locator("#result")).to_contain_text("The original is no longer available")
        await page.goto(at.url)
        await page.get_by_role("link", name="Original and cleaned").click()
        await expect(page.locator("#result h2.title")).to_have_text("Leaders meet")
        await page.get_by_label("its id or URL").fill("https://news.example/1")
        await page.get_by_role("button", name="Show").click()
        await expect(page).to_have_url(f"{at.url}/clean?article=https%3A%2F%2Fnews.example%2F1")
        await expect(page.locator("#result h2.title")).to_have_text("Leaders meet")


async def test_an_article_that_is_not_known_says_so(chromium: Browser) -> None:
    """And nothing of the one before stays on the page."""
    live = Live(alerts=5, viewers=5, epoch="run", articles=5)
    live.take([a_tagged_record(1)])
    async with served(live) as at:
        page = await chromium.new_page()  # a browser notes the 404 on its console
        await page.goto(f"{at.url}/clean?article=article-1")
        await expect(page.locator("#result h2.title")).to_be_visible()
        await page.get_by_label("its id or URL").fill("article-9")
        await page.get_by_role("button", name="Show").click()
        await expect(page.locator("#state")).to_contain_text("not among the recent ones")
        await expect(page.locator("#result")).to_be_empty()
        await page.close()


async def test_the_second_version_shows_what_has_changed(chromium: Browser) -> None:
    """Removed and added words, in headline and text, and what its publisher calls it."""
    changes = (
        Change(field="headline", start=0, end=7, removed="Envoys"),
        Change(field="body", start=0, end=9, removed=""),
    )
    article = replace(
        codec.decode(a_tagged_record(1).value, TaggedArticle).article,
        paragraphs=(Span(start=0, end=len(TEXT)),),
    )
    second = replace(article, version=2, replaces="r1", changes=changes, signal="correction")
    live = Live(alerts=5, viewers=5, epoch="run", articles=5)
    record = codec.encode(TaggedArticle(article=second, tagger_revision="t"))
    live.take(
        [BoardRecord(topic=ARTICLES_TAGGED.name, value=record, headers={}, recorded_ms=START_MS)]
    )
    async with (
        served(live) as at,
        open_page(chromium, at.url, "/clean?article=article-1") as watched,
    ):
        page = watched.page
        await expect(page.locator("#result .tag")).to_have_text(
            "version 2, 2 changes since the one before; its publisher calls it a correction"
        )
        await expect(page.locator("h2.title del")).to_have_text("Envoys")
        await expect(page.locator("#result ins")).to_have_text(["Leaders", "President"])


async def test_a_text_or_file_of_ones_own_is_cleaned(chromium: Browser, tmp_path: Path) -> None:
    """Hostile HTML comes back as text and does nothing; a file is read by its bytes; what is no
    article says why.
    """
    file = tmp_path / "page.html"
    file.write_bytes(PAGE.encode("utf-16"))
    async with (
        served(Live(alerts=5, viewers=5, epoch="run")) as at,
        open_page(chromium, at.url, "/clean") as watched,
    ):
        page = watched.page
        await page.get_by_label("Text, or a page's HTML").fill(PAGE)
        await page.get_by_role("button", name="Clean it").click()
        await expect(page.locator(".row[data-fate=kept] .text")).to_have_text(
            [SENTENCE, f"<script>document.title='pwned'</script> {SENTENCE}"]
        )
        await expect(page.locator("#result img, #result script")).to_have_count(0)
        await page.get_by_label("Text, or a page's HTML").fill("Menu")
        await page.get_by_role("button", name="Clean it").click()
        await expect(page.locator("#state")).to_have_text(
            "The cleaner rejects this: not an article"
        )
        await page.get_by_label("or a file").set_input_files(file)
        await page.get_by_role("button", name="Clean it").click()
        await expect(page.locator(".row[data-fate=kept] .text")).to_have_count(2)
        assert await page.title() == "Original and cleaned · summitwire"


@pytest.mark.parametrize("width", [360, 320])
async def test_a_narrow_window_shows_one_column(chromium: Browser, width: int) -> None:
    """Nothing to scroll sideways, also with words that have no place to break; a kept line stands
    there once.
    """
    live = Live(alerts=5, viewers=5, epoch="run", articles=5)
    live.take([a_tagged_record(1, headline="W" * 300)])
    seeds = Seeds()
    async with (
        served(seeds.live, original=seeds.original) as at,
        open_page(chromium, at.url, f"/clean?article={seeds.ids[0]}", width=width) as watched,
    ):
        await expect(watched.page.locator(".row[data-fate=kept] .text").first).to_be_visible()
        await expect(watched.page.locator(".row[data-fate=kept] .was").first).to_be_hidden()
        assert await watched.page.evaluate("document.documentElement.scrollWidth") <= width
    async with (
        served(live) as at,
        open_page(chromium, at.url, "/clean?article=article-1", width=width) as watched,
    ):
        await expect(watched.page.locator("#result h2.title")).to_be_visible()
        assert await watched.page.evaluate("document.documentElement.scrollWidth") <= width
