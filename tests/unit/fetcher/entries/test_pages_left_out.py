"""Entries whose page is no article: left out by name, or tried again if one may come."""

from dataclasses import replace
from datetime import timedelta

from services.fetcher.pages.not_article import NotArticle
from services.fetcher.polling.web import Page
from tests.feed_publisher import BEGIN, Item, Publisher, page_of

ITEM = Item(link="https://wire.example/world/leaders-arrive-in-hanoi-10234", guid="10234")
LINKS = "".join(f'<a href="/a/{n}">Headline number {n} of the day</a>' for n in range(40))


def html(title: str, body: str = "", head: str = "") -> Page:
    text = f"<html><head><title>{title}</title>{head}</head><body>{body}</body></html>"
    return Page(content=text.encode(), content_type="text/html; charset=utf-8")


CHECK = html("Just a moment...", "<p>Verifying you are human</p>")
VIDEO = html("Wire TV", "<video>", '<meta property="og:type" content="video.other">')
LIST = html("Asia", LINKS, '<script type="application/ld+json">{"@type":"ItemList"}</script>')


async def test_an_article_behind_a_check_for_robots_comes_when_the_check_lets_us_pass() -> None:
    """The check is a failed try and no version of the article."""
    wire = Publisher(pages={ITEM.link: CHECK})
    assert await wire.poll(ITEM) == []
    assert (wire.result.waiting, wire.state.etag, wire.result.abandoned) == (1, None, ())
    wire.pages[ITEM.link] = page_of("The leaders arrived.")
    assert [article.uri for article in await wire.poll(ITEM)] == [ITEM.link]


async def test_a_wall_that_stays_is_named_after_three_tries() -> None:
    """The entry is abandoned, and tried again once its publisher changes it."""
    wire = Publisher(pages={ITEM.link: CHECK})
    for _ in range(3):
        assert await wire.poll(ITEM) == []
    (given_up,) = wire.result.abandoned
    assert (given_up.kind, given_up.reason) == (
        NotArticle.BOT_CHECK,
        "it is a check for robots (try 3)",
    )
    assert await wire.poll(ITEM) == []
    assert wire.requested == []
    wire.pages[ITEM.link] = page_of("The leaders arrived.")
    assert len(await wire.poll(replace(ITEM, date=BEGIN + timedelta(hours=2)))) == 1


async def test_lists_and_videos_are_left_out_at_once_and_neighbours_are_not() -> None:
    """They cost one request each."""
    video = Item(link="https://wire.example/video/10300", guid="v", title="Wire TV")
    index = Item(link="https://wire.example/asia", guid="i", title="Asia")
    wire = Publisher(pages={video.link: VIDEO, index.link: LIST})
    assert [article.uri for article in await wire.poll(video, ITEM, index)] == [ITEM.link]
    assert [each.kind for each in wire.result.abandoned] == [
        NotArticle.VIDEO_PAGE,
        NotArticle.INDEX_PAGE,
    ]
    assert await wire.poll(video, ITEM, index) == []
    assert (wire.result.waiting, wire.requested) == (0, [])


async def test_a_live_page_that_grows_into_a_list_stays_an_article() -> None:
    """A check for robots in its place is no version of it, and costs it nothing."""
    live = Item(link="https://wire.example/asia", guid="i", title="Summit in Hanoi: live updates")
    pages = [page_of("The leaders arrived."), LIST, CHECK, page_of("The leaders left.")]
    wire = Publisher()
    for number, page in enumerate(pages):
        wire.pages[live.link] = page
        await wire.poll(replace(live, date=BEGIN + timedelta(minutes=number)))
    assert [article.content for article in wire.articles] == [
        page.content for page in (pages[0], pages[1], pages[3])
    ]


async def test_a_redirect_to_the_front_page_is_no_article() -> None:
    """Sites do that for articles that are gone, or not there yet."""
    front = replace(html("Wire: news", LINKS), final_url="https://www.wire.example/")
    wire = Publisher(pages={ITEM.link: front})
    assert await wire.poll(ITEM) == []
    wire.pages[ITEM.link] = page_of("The leaders arrived.")
    assert len(await wire.poll(ITEM)) == 1
