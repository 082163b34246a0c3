"""The address that a page states: believed where it is the article's, never where it may be another's."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.fetcher.addresses.page_address import stated_address
from services.fetcher.addresses.site import site_of

STORY = "https://www.wire.example/world/summit-in-hanoi-2019"


def state(canonical: str, url: str, content_type: str = "text/html; charset=utf-8") -> str | None:
    page = f'<html><head><link rel="canonical" href="{canonical}"></head><body></body></html>'
    return stated_address(page.encode(), content_type, url)


@pytest.mark.parametrize(
    ("canonical", "url"),
    [
        (STORY, "https://www.wire.example/world/summit-in-hanoi-2019/amp/"),
        (STORY, "https://www.wire.example/amp/world/summit-in-hanoi-2019"),
        (STORY, "https://www.wire.example/world/summit-in-hanoi-2019?amp=1"),
        (STORY, "https://www.wire.example/world/summit-in-hanoi-2019?outputType=amp"),
        (STORY, "https://amp.wire.example/world/summit-in-hanoi-2019"),
        (STORY, "https://m.wire.example/world/summit-in-hanoi-2019"),
        (STORY, "https://wire.example/rss/summit-in-hanoi-2019.amp.html"),
        ("/world/summit-in-hanoi-2019", "https://www.wire.example/x/summit-in-hanoi-2019"),
        (STORY + "?utm_source=x#top", "http://www.wire.example/world/summit-in-hanoi-2019"),
    ],
)
def test_another_form_of_the_page_gives_the_article_s_address(canonical: str, url: str) -> None:
    """AMP, mobile, another section: the address is that of the article."""
    assert state(canonical, url) == STORY


@pytest.mark.parametrize(
    ("canonical", "url", "address"),
    [
        ("https://w.example/world/idUS4711123", "https://m.w.example/a?id=4711123", None),
        ("/a-78101234.html", "https://w.example/rss/78101234?from=home", "/a-78101234.html"),
        ("/news/articleView.html?idxno=123456", "https://m.w.example/v.php?n=123456", None),
    ],
)
def test_a_long_number_says_that_two_addresses_are_one_article(
    canonical: str, url: str, address: str | None
) -> None:
    """Korean and agency sites name articles by number only."""
    expected = canonical if address is None else f"https://w.example{address}"
    base = url if canonical.startswith("http") else "https://m.w.example"
    expected = expected if expected.startswith("http") else base + expected
    assert state(canonical, url) == expected


@pytest.mark.parametrize(
    ("canonical", "url"),
    [
        ("https://www.wire.example/", STORY),
        ("https://www.wire.example", STORY),
        ("https://www.wire.example/world", STORY),
        ("https://www.wire.example/world/", "https://www.wire.example/world/4711123"),
        ("/4711123/", "https://www.wire.example/4711123/article/9911123"),
        ("/world/20190227", "https://www.wire.example/world/20190227/a"),
        ("https://other.example/world/summit-in-hanoi-2019", STORY),
        ("https://b.co.uk/summit-in-hanoi-2019", "https://a.co.uk/summit-in-hanoi-2019"),
        ("https://b.blogspot.com/summit-in-hanoi", "https://a.blogspot.com/summit-in-hanoi"),
        ("/articleView.html", "https://www.wire.example/articleView.html?no=5"),
        ("/news/article-of-the-day", "https://www.wire.example/x/article-of-the-day?id=7"),
        ("/login?next=/world/a-b-c", STORY),
        (STORY, STORY),
        (STORY + "#top", STORY),
        ("javascript:alert(1)", STORY),
        ("http://[::1", STORY),
        ("https://u:p@www.wire.example/amp/world/summit-in-hanoi-2019", STORY),
        ("", STORY),
    ],
)
def test_an_address_that_may_be_another_s_is_not_believed(canonical: str, url: str) -> None:
    """A home page, a section, another site, another selection: articles stay apart."""
    assert state(canonical, url) is None


@pytest.mark.parametrize(
    "link",
    [
        f"<LINK HREF='{STORY}' REL='canonical'/>",
        f"<link data-x=1 rel=canonical href={STORY}>",
        f'<link rel="stylesheet" href="/a.css"><link href="{STORY}"\n rel="canonical" />',
        f'<link rel="canonical" href="{STORY.replace("/world", "&#47;world")}">',
    ],
)
def test_spellings_of_the_link(link: str) -> None:
    """As browsers read them."""
    page = f"<head>{link}</head>".encode()
    url = "https://amp.wire.example/world/summit-in-hanoi-2019"
    assert stated_address(page, "text/html", url) == STORY
    assert stated_address(page, "text/plain", url) is None


def test_a_link_in_the_body_is_the_writer_s() -> None:
    """Only the head speaks for the page."""
    page = f'<head></head><body><link rel="canonical" href="{STORY}">'.encode()
    assert (
        stated_address(page, "text/html", "https://amp.wire.example/summit-in-hanoi-2019") is None
    )


@pytest.mark.parametrize(
    "unit", [b"<link ", b"<link rel=canonical", b"<link rel='canonical' href='", b"<"]
)
def test_hostile_heads_take_linear_time(unit: bytes) -> None:
    """A quarter of a megabyte of any opening is read within the test's time limit."""
    assert stated_address(unit * (256 * 1024 // len(unit)), "text/html", STORY) is None


@given(st.text(max_size=60), st.text(max_size=60))
def test_anything_may_be_stated(canonical: str, path: str) -> None:
    """Nothing raises."""
    state(canonical, f"https://www.wire.example/{path}")


@pytest.mark.parametrize(
    ("host", "site"),
    [
        ("www.wire.example", "wire.example"),
        ("a.b.wire.co.uk", "wire.co.uk"),
        ("news.kbs.co.kr", "kbs.co.kr"),
        ("www.co.uk", "www.co.uk"),
        ("a.github.io", "a.github.io"),
        ("localhost", "localhost"),
        ("127.0.0.1", "127.0.0.1"),
        ("", ""),
    ],
)
def test_sites(host: str, site: str) -> None:
    """The name that somebody registered, with its second level where countries have one."""
    assert site_of(host) == site
