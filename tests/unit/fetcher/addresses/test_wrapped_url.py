"""Addresses of click counters give the article's own address; everything else stays as it is."""

import base64
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.fetcher.addresses.wrapped_url import FORWARDERS, name_opaque, unwrap
from services.fetcher.parsing.feed_parser import parse

STORY = "https://wire.example/a"


@pytest.mark.parametrize(
    "url",
    [
        f"https://www.google.com/url?rct=j&sa=t&url={STORY}&ct=ga&cd=CAI1&usg=AF1",
        "https://www.google.co.uk/url?q=https%3A%2F%2Fwire.example%2Fa&sa=D",
        f"http://news.google.com/news/url?sa=t&fd=R&url={STORY}",
        "http://www.bing.com/news/apiclick.aspx?ref=FexRss&aid=&url=https%3a%2f%2fwire.example%2fa&c=1",
        "https://l.facebook.com/l.php?u=https%3A%2F%2Fwire.example%2Fa&h=AT0",
        f"https://www.youtube.com/redirect?event=x&q={STORY}",
        "https://duckduckgo.com/l/?uddg=https%3A%2F%2Fwire.example%2Fa",
        "https://www.google.com/amp/s/wire.example/a",
        "https://r.search.yahoo.com/_ylt=A0/RV=2/RE=1/RO=10/RU=https%3a%2f%2fwire.example%2fa/RK=2/RS=x-",
        "https://eur02.safelinks.protection.outlook.com/?url=https%3A%2F%2Fwire.example%2Fa&data=05",
        "https://out.reddit.com/t3_x?url=https%3A%2F%2Fwire.example%2Fa&token=A",
        "https://wire-example.cdn.ampproject.org/c/s/wire.example/a",
        "https://wire-example.cdn.ampproject.org/v/s/wire.example/a",
        "https://wire-example.bing-amp.com/c/s/wire.example/a",
        "https://WWW.GOOGLE.com/url?url=https%3A%2F%2Fwww.google.com%2Furl%3Furl%3Dhttps%3A%2F%2Fwire.example%2Fa",
    ],
)
def test_a_wrapper_gives_the_address_in_it(url: str) -> None:
    """Also wrapped twice, and whatever the wrapper adds."""
    assert unwrap(url) == STORY


@pytest.mark.parametrize(
    "url",
    [
        STORY,
        "https://wire.example/url?url=https://other.example/b",
        "https://www.google.com/search?q=https://wire.example/a",
        "https://www.google.com/url?sa=t",
        "https://www.google.com/url?url=javascript:alert(1)",
        "https://www.google.com/url?url=/a",
        "https://www.google.com/url?url=https://",
        "https://www.google.com/url?url=http://[::1",
        "https://www.google.com/alerts/feeds/1/2",
        "https://google.com.evil.example/url?url=https://wire.example/a",
        "https://notgoogle.com/url?url=https://wire.example/a",
        "https://t.co/AbCd",
        "http://[::1",
        "",
    ],
)
def test_no_wrapper_stays_as_it_is(url: str) -> None:
    """Other hosts may have such parameters for reasons of their own; short links say nothing."""
    assert unwrap(url) == url


def google_news(address: str, first: bytes = b"\x08\x13", amp: str = "") -> str:
    """Return a link of Google News as it wrote them until 2024."""

    def field(key: bytes, text: str) -> bytes:
        length = len(text)
        size = bytes([length]) if length < 128 else bytes([length & 0x7F | 0x80, length >> 7])
        return key + size + text.encode()

    message = first + field(b'"', address) + field(b"\xd2\x01", amp)
    code = base64.urlsafe_b64encode(message).decode().rstrip("=")
    return f"https://news.google.com/rss/articles/{code}?oc=5"


@pytest.mark.parametrize("amp", ["", "https://wire.example/amp/a"])
@pytest.mark.parametrize("length", [0, 100, 300])
def test_an_old_link_of_google_news_holds_the_address(length: int, amp: str) -> None:
    """In a message in base64, with an address of any length, whatever folder it is in."""
    story = STORY + "a" * length
    url = google_news(story, amp=amp)
    assert unwrap(url) == story
    for folder in ("articles", "read", "__i/rss/rd/articles"):
        assert unwrap(url.replace("rss/articles", folder)) == story


@pytest.mark.parametrize(
    "url",
    [
        google_news("AU_yqLMxkTz8vQ0opaqueopaqueopaque"),
        google_news("javascript:alert(1)"),
        google_news("https://"),
        google_news(STORY, first=b"\x12\x01"),
        google_news(STORY)[:60],
        "https://news.google.com/rss/articles/" + "A" * 21,
        "https://news.google.com/topstories",
    ],
)
def test_a_new_link_of_google_news_stays_and_its_page_is_no_article(url: str) -> None:
    """What cannot be read is requested; if no redirect leads away, the reason says so."""
    assert unwrap(url) == url
    assert urlsplit(url).hostname in FORWARDERS
    assert "poll the publisher's own feed" in (name_opaque(url) or "")


def test_a_publisher_s_page_is_no_search_page() -> None:
    """Only the hosts of searches are."""
    assert name_opaque(STORY) is None


@given(st.text(max_size=80))
def test_anything_may_be_unwrapped(text: str) -> None:
    """No text raises, and a wrapper in a wrapper ends."""
    unwrap(text)
    unwrap("https://www.google.com/url?url=" * 50 + text)


def test_two_wrappers_of_one_story_are_one_entry() -> None:
    """Google Alerts lists a story under a fresh address each time."""
    entries = "".join(
        f'<entry><title type="html">Trump &lt;b&gt;Kim&lt;/b&gt; summit</title><id>tag:{n}</id>'
        f'<link href="https://www.google.com/url?rct=j&amp;url={STORY}&amp;usg=AF{n}"/></entry>'
        for n in range(2)
    )
    data = f'<feed xmlns="http://www.w3.org/2005/Atom"><title>Alert</title>{entries}</feed>'
    (entry,) = parse(data.encode(), None, "https://www.google.com/alerts/feeds/1/2").entries
    assert (entry.url, entry.headline) == (STORY, "Trump Kim summit")
