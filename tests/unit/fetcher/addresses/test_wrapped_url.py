"""Addresses of click counters give the article's own address; everything else stays as it is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.fetcher.addresses.wrapped_url import unwrap
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
