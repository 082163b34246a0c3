"""Which article an entry is: what publishers do to feeds makes no new ones, and loses none."""

from dataclasses import replace
from datetime import timedelta

import pytest

from services.fetcher.entries.entry_identity import IdentityReason
from services.fetcher.polling.web import NoPage
from tests.feed_publisher import BEGIN, Item, Publisher, page_of

URL = "https://wire.example/world/2018/09/12/leaders-arrive-in-hanoi-10234"
TITLE = "Leaders arrive in Hanoi for a second summit"
FIRST = Item(link=URL, guid="wire:10234", title=TITLE)
TEXT = page_of("The leaders arrived in Hanoi on Tuesday.")
SECOND = Item(
    link="https://wire.example/world/2018/09/12/minister-resigns-over-budget-10240",
    guid="wire:10240",
    title="Finance minister resigns over the budget",
    date=BEGIN + timedelta(minutes=5),
)
HOUR = timedelta(hours=1)

SAME_ARTICLE = {
    "a date that moves": replace(FIRST, date=BEGIN + HOUR),
    "a date that is gone": replace(FIRST, date=None),
    "another guid": replace(FIRST, guid="https://cms.example/node/881"),
    "no guid any more": replace(FIRST, guid=""),
    "another guid and date": replace(FIRST, guid="tag:cms,2018:881", date=BEGIN + HOUR),
    "http": replace(FIRST, link=URL.replace("https", "http")),
    "www": replace(FIRST, link=URL.replace("//wire", "//www.wire")),
    "http and www": replace(FIRST, link=URL.replace("https://", "http://www.")),
    "a mobile host": replace(FIRST, link=URL.replace("//wire", "//m.wire")),
    "www, another guid and date": replace(
        FIRST, link=URL.replace("//wire", "//www.wire"), guid="n1", date=BEGIN + HOUR
    ),
    "a slash at the end": replace(FIRST, link=URL + "/"),
    "tracking": replace(FIRST, link=URL + "?utm_source=rss&fbclid=1#top"),
    "an unknown parameter": replace(FIRST, link=URL + "?src=feed7"),
    "an unknown parameter, no guid": replace(FIRST, link=URL + "?src=feed8", guid=""),
    "an unknown parameter, another guid and date": replace(
        FIRST, link=URL + "?session=a81", guid=URL + "?session=a81", date=BEGIN + HOUR
    ),
    "a slug edit": replace(FIRST, link=URL.replace("arrive-in-hanoi", "land-in-hanoi")),
    "a slug edit, a date that moves": replace(
        FIRST, link=URL.replace("arrive-in-hanoi", "land-in-hanoi"), date=BEGIN + HOUR
    ),
    "another section": replace(FIRST, link=URL.replace("/world/", "/asia/")),
    "another section under another guid": replace(
        FIRST, link=URL.replace("/world/", "/asia/"), guid="asia:1"
    ),
    "a live label": replace(FIRST, title=f"LIVE: {TITLE}"),
    "a counter": replace(FIRST, title=f"{TITLE} – 12 updates"),
    "a label and a counter": replace(FIRST, title=f"LIVE | (3) {TITLE}"),
    "guid with another scheme": replace(FIRST, guid="http://wire.example/?p=10234"),
}

WITH_AN_EDIT = {
    "a slug edit and a headline": replace(
        FIRST,
        link=URL.replace("leaders-arrive-in-hanoi", "talks-begin-after-handshake"),
        title="Talks begin after a handshake",
    ),
}


@pytest.mark.parametrize("case", SAME_ARTICLE)
async def test_the_same_article_in_other_clothes_is_no_new_one(case: str) -> None:
    """Its page is as it was, so there is no record; neither now nor when the entry goes back."""
    again = SAME_ARTICLE[case]
    wire = Publisher(pages={FIRST.link: TEXT, again.link.partition("#")[0]: TEXT})
    wire.pages |= {url.replace("?utm_source=rss&fbclid=1", ""): TEXT for url in list(wire.pages)}
    assert [article.uri for article in await wire.poll(FIRST)] == [URL]
    assert await wire.poll(again, SECOND) == wire.articles[-1:], "the other article alone"
    assert wire.articles[-1].uri == SECOND.link
    assert await wire.poll(SECOND, FIRST) == []
    assert await wire.poll(again) == []
    assert wire.result.waiting == 0


@pytest.mark.parametrize("case", [*SAME_ARTICLE, *WITH_AN_EDIT])
async def test_an_edit_in_other_clothes_is_a_version_of_the_same_article(case: str) -> None:
    """With a later date and another text it comes under the uri that the article has."""
    again = (SAME_ARTICLE | WITH_AN_EDIT)[case]
    edited = replace(again, date=(again.date or BEGIN) + timedelta(minutes=7))
    if again.link != URL and "?" not in again.link:
        edited = replace(edited, date=again.date)  # the address is the sign of the change
    wire = Publisher(pages={FIRST.link: TEXT})
    await wire.poll(FIRST)
    text = page_of("The leaders arrived in Hanoi on Tuesday, and met at once.")
    wire.pages = dict.fromkeys(
        [FIRST.link, again.link, again.link.partition("#")[0], again.link.partition("?")[0]], text
    )
    versions = await wire.poll(edited)
    if not versions:  # the move itself was no announcement of an edit: the date is
        versions = await wire.poll(replace(edited, date=BEGIN + timedelta(hours=3)))
    assert [(article.uri, article.content) for article in versions] == [(URL, text.content)]


NEW_ARTICLE = {
    "a guid that is used again": replace(SECOND, guid=FIRST.guid),
    "a guid that is used again, at the same hour": replace(
        SECOND, guid=FIRST.guid, date=BEGIN + timedelta(seconds=1)
    ),
    "a guid that is used again without dates": replace(SECOND, guid=FIRST.guid, date=None),
    "the headline of a series": replace(SECOND, title=TITLE, guid="wire:10240"),
    "a series with one guid": Item(
        link=URL.replace("12/leaders", "13/leaders"), guid=FIRST.guid, date=BEGIN + 24 * HOUR
    ),
    "a weekly series with one guid": Item(
        link="https://wire.example/week-in-pictures-late-september",
        guid=FIRST.guid,
        title=TITLE,
        date=BEGIN + 7 * 24 * HOUR,
    ),
    "a weekly series by number": Item(
        link=f"{URL}?issue=38", title=TITLE, date=BEGIN + 7 * 24 * HOUR
    ),
    "an article by number": Item(link="https://wire.example/story.php?id=2", title=TITLE),
    "another site": Item(link=URL.replace("wire.example", "other.example"), date=BEGIN + HOUR),
}


@pytest.mark.parametrize("case", NEW_ARTICLE)
async def test_another_article_that_looks_like_one_is_new(case: str) -> None:
    """Losing a report is worse than repeating one."""
    wire = Publisher()
    await wire.poll(FIRST)
    another = NEW_ARTICLE[case]
    assert [article.uri for article in await wire.poll(another, FIRST)] == [another.link]
    assert await wire.poll(FIRST, another) == []


async def test_an_id_that_all_entries_have_is_none() -> None:
    """Some systems write the site's address, or 0, as each entry's id."""
    items = [
        Item(link=f"https://wire.example/a/{name}", guid="0", title=name.title(), date=None)
        for name in ("one", "two", "three")
    ]
    wire = Publisher()
    assert len(await wire.poll(*items)) == 3
    fourth = Item(link="https://wire.example/a/four", guid="0", title="One", date=None)
    assert [article.uri for article in await wire.poll(fourth, *items[:2])] == [fourth.link]


async def test_a_series_with_one_guid_and_no_dates_is_not_taken_for_one_article() -> None:
    """Guid and headline are those of yesterday, the address is not."""
    wire = Publisher()
    days = [
        Item(link=f"https://wire.example/briefing/2018-09-{n}", guid="b", title="Brief", date=None)
        for n in (12, 13, 14)
    ]
    for day in days:
        assert [article.uri for article in await wire.poll(day)] == [day.link]
    assert await wire.poll(*days) == []


async def test_all_guids_renamed_and_nothing_is_downloaded() -> None:
    """A migration of the publisher's system costs no request of a page."""
    items = [
        Item(link=f"{URL}{n}", guid=f"old:{n}", title=f"{TITLE} {n}", date=BEGIN + n * HOUR)
        for n in range(30)
    ]
    wire = Publisher()
    assert len(await wire.poll(*items)) == 30
    assert await wire.poll(*(replace(item, guid=f"new:{item.guid}") for item in items)) == []
    assert wire.requested == []
    assert wire.result.decisions == {IdentityReason.ID_RENAMED: 30}
    assert wire.state.etag is not None


async def test_headlines_that_take_turns_are_written_once_each() -> None:
    """A reader's headline A or B depends on the server that answers; each is a record once."""
    wire, titles = Publisher(), (TITLE, "They came to Hanoi, and the world watched")
    for number in range(10):
        date = BEGIN + timedelta(minutes=number)
        await wire.poll(replace(FIRST, title=titles[number % 2], date=date))
    assert [article.headline for article in wire.articles] == list(titles)
    assert {article.uri for article in wire.articles} == {URL}


async def test_an_article_twice_in_one_list_is_one() -> None:
    """Once in its section and once among the top stories; the second address is not requested."""
    top = replace(FIRST, link=URL.replace("/world/", "/top/"), guid="top:1")
    wire = Publisher()
    assert [article.uri for article in await wire.poll(FIRST, top)] == [URL]
    assert wire.requested == [URL]
    assert (wire.result.waiting, await wire.poll(top)) == (0, [])


async def test_one_id_at_two_addresses_of_a_list_is_one_article() -> None:
    """Its time and its headline are the same, too."""
    slug = replace(FIRST, link="https://wire.example/asia/summit")
    wire = Publisher()
    assert [article.uri for article in await wire.poll(FIRST, slug, SECOND)] == [URL, SECOND.link]
    assert await wire.poll(slug, FIRST) == []
    assert await wire.poll(slug) == []


async def test_a_second_address_steps_in_if_the_first_never_comes() -> None:
    """An entry waits for its twin, and is downloaded itself once that is abandoned."""
    top = replace(FIRST, link=URL.replace("/world/", "/top/"), guid="top:1")
    wire = Publisher(pages={URL: NoPage(reason="HTTP 500")})
    for _ in range(3):
        assert await wire.poll(FIRST, top) == []
    assert [article.url for article in await wire.poll(FIRST, top)] == [top.link]
    assert (wire.result.waiting, await wire.poll(FIRST, top)) == (0, [])


async def test_entries_that_vanish_and_come_back_are_not_new() -> None:
    """Lists are cut, turned round, and grown again."""
    items = [Item(link=f"{URL}{n}", guid=str(n), title=f"{TITLE} {n}") for n in range(20)]
    wire = Publisher()
    assert len(await wire.poll(*items)) == 20
    for part in (items[:3], items[::-1], items[10:], [], items):
        assert await wire.poll(*part) == []


async def test_a_page_under_two_addresses_is_one_article() -> None:
    """Nothing in the feed says so, but the page and its headline are the same."""
    text = page_of("The leaders arrived in Hanoi on Tuesday. " * 5)
    twin = Item(link="https://wire.example/n?id=77", guid="n77", title=TITLE, date=BEGIN + HOUR)
    wire = Publisher(pages={URL: text, twin.link: text})
    await wire.poll(FIRST)
    assert await wire.poll(twin, FIRST) == []
    assert wire.result.decisions[IdentityReason.SAME_PAGE] == 1
    assert await wire.poll(twin) == []
    assert wire.requested == []


async def test_two_feeds_of_a_source_agree_on_the_uri() -> None:
    """The page's own spelling counts, where it only is another spelling of the entry's address."""
    head = f'<link rel="canonical" href="{URL.replace("//wire", "//www.wire")}">'
    text = page_of("The leaders arrived in Hanoi on Tuesday.", head)
    links = [URL, URL.replace("https", "http"), f"{URL.replace('//wire', '//www.wire')}/"]
    uris = set[str]()
    for link in links:
        wire = Publisher(pages={link: text})
        uris |= {article.uri for article in await wire.poll(replace(FIRST, link=link))}
    assert uris == {URL.replace("//wire", "//www.wire")}


async def test_a_page_that_claims_to_be_the_front_page_keeps_its_address() -> None:
    """Many templates state one canonical address for the whole site."""
    head = '<link href="https://wire.example/" rel=canonical>'
    wire = Publisher(pages={URL: page_of("The leaders arrived.", head)})
    assert [article.uri for article in await wire.poll(FIRST)] == [URL]


async def test_a_nonce_in_the_markup_is_no_version() -> None:
    """What nobody can read changes at every download; what can be read decides."""
    wire = Publisher()
    for number in range(5):
        wire.pages[URL] = page_of(
            f'<b data-n="{number}">Leaders arrived.</b><script>var t={number}</script>',
            f'<meta name="csrf-token" content="x{number}"><!-- built {number} -->',
        )
        await wire.poll(replace(FIRST, date=BEGIN + timedelta(minutes=number)))
    assert len(wire.articles) == 1
    wire.pages[URL] = page_of("<b>Leaders arrived, 12 in all.</b>")
    assert len(await wire.poll(replace(FIRST, date=BEGIN + HOUR))) == 1
    wire.pages[URL] = page_of("<b>Leaders arrived, 13 in all.</b>")
    assert len(await wire.poll(replace(FIRST, date=BEGIN + 2 * HOUR))) == 1


async def test_a_state_of_yesterday_is_read_on() -> None:
    """Without ids and uris an article keeps the uri that it had, and from then on has both."""
    wire = Publisher(pages={URL: TEXT})
    await wire.poll(FIRST, SECOND)
    wire.state = replace(
        wire.state,
        pages={
            page: replace(memory, entry=None, earlier=())
            for page, memory in wire.state.pages.items()
        },
    )
    assert await wire.poll(FIRST, SECOND) == []
    assert wire.requested == []
    slug = replace(FIRST, link=URL.replace("arrive-in-hanoi", "land-in-hanoi"))
    wire.pages[slug.link] = page_of("The leaders landed.")
    assert await wire.poll(slug, replace(SECOND, guid="n2")) == []
    edited = await wire.poll(replace(slug, date=BEGIN + HOUR), SECOND)
    assert [(article.uri, article.url) for article in edited] == [(URL, slug.link)]
