"""Where a page says that its feeds are."""

import pytest

from services.fetcher.sources.feed_links import MAX_LINKS, FeedLink, find_feed_links

URL = "https://n.example/news/"


@pytest.mark.parametrize(
    ("page", "url"),
    [
        ('<link rel=alternate type=application/rss+xml href="rss.xml">', f"{URL}rss.xml"),
        (
            "<LINK HREF='/feed?a=1&amp;b=2' TYPE='application/atom+xml'/>",
            "https://n.example/feed?a=1&b=2",
        ),
        ('<link type="application/feed+json" href=//m.example/f.json>', "https://m.example/f.json"),
        ('<link type="application/rss+xml" href="https://n.example/f#x">', "https://n.example/f"),
    ],
)
def test_a_feed_that_is_stated(page: str, url: str) -> None:
    """In any spelling, relative to the page."""
    assert find_feed_links(f"<html>{page}", URL) == (FeedLink(url),)


@pytest.mark.parametrize(
    "page",
    [
        '<link rel="stylesheet" type="text/css" href="/feed.css">',
        '<link rel="alternate" type="application/rss+xml">',
        '<link type="application/rss+xml" href="javascript:alert(1)">',
        '<link type="application/rss+xml" href="http://[">',
        '<a href="/feedback">x</a><a href="/unfeed">y</a><a href="mailto:rss@n.example">z</a>',
    ],
)
def test_what_is_no_feed(page: str) -> None:
    """Another type, no address, or one that only sounds like it."""
    assert find_feed_links(page, URL) == ()


def test_links_that_look_like_feeds_come_after_those_that_are_stated() -> None:
    """Each address once."""
    page = (
        '<a href="/rss.do?brdId=235">RSS</a><a href="/RSS/news.xml">x</a><a href="/atom">y</a>'
        '<link type="application/rss+xml" href="/a.xml" title=" World  news "><a href="/atom">y</a>'
    )
    assert find_feed_links(page, URL) == (
        FeedLink("https://n.example/a.xml", "World news"),
        *(
            FeedLink(f"https://n.example{path}", is_stated=False)
            for path in ("/rss.do?brdId=235", "/RSS/news.xml", "/atom")
        ),
    )


def test_there_is_a_bound() -> None:
    """However many a page has."""
    page = "".join(f'<a href="/rss/{n}">x</a>' for n in range(5_000))
    assert len(find_feed_links(page, URL)) == MAX_LINKS
