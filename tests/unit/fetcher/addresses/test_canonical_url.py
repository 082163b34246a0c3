"""Many spellings of one address, one canonical form."""

from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from services.fetcher.addresses.canonical_url import canonical_url
from shared.base.outcomes import InvalidMessage


@pytest.mark.parametrize(
    ("url", "same"),
    [
        ("HTTP://News.Example:80", "http://news.example/"),
        ("https://news.example:443/a#top", "https://news.example/a"),
        ("https://news.example:8443/a?", "https://news.example:8443/a"),
        ("https://news.example./a/./b/../c/..", "https://news.example/a/"),
        ("https://news.example/a//b/", "https://news.example/a//b/"),
        ("https://news.example/%7ekim/%c3%a9?q=%3a", "https://news.example/~kim/%C3%A9?q=%3A"),
        ("https://news.example/한국 100%", "https://news.example/%ED%95%9C%EA%B5%AD%20100%25"),
        ("https://bücher.example/", "https://xn--bcher-kva.example/"),
        (
            "https://news.example/a?b=2&utm_source=rss&a=1&UTM_Medium=x&fbclid=y&&CMP=z",
            "https://news.example/a?b=2&a=1",
        ),
        ("https://news.example/?at_medium=RSS&at_campaign=K&id=7", "https://news.example/?id=7"),
        ("https://news.example/a?utm_source=rss", "https://news.example/a"),
        (" https://news.example/a\n", "https://news.example/a"),
        ("http://[2606:4700:0::1]/", "http://[2606:4700::1]/"),
        ("http://news.example/%2e%2e/a", "http://news.example/a"),
        ("http://news.example/a?q=1;2+3&r=[x]", "http://news.example/a?q=1;2+3&r=%5Bx%5D"),
    ],
)
def test_spellings_of_one_page_become_one(url: str, same: str) -> None:
    """Case, default port, encoding, dots, fragment and tracking do not matter; all else does."""
    assert canonical_url(url) == same


@pytest.mark.parametrize(
    "url",
    [
        *(
            "",
            "news.example/a",
            "/a",
            "ftp://news.example/",
            "javascript:alert(1)",
            "http://",
            "http:///a",
            "http://u:p@news.example/",
            "http://@news.example/",
        ),
        *(
            "http://news.example:99999/",
            "http://news.example:0/",
            "http://news.example:x/",
            "http://[::1",
            "http://[v1.x]/",
            "http://a b/",
        ),
        *(
            "http://-/",
            "http://" + "a" * 300 + "/",
            "http://" + "a." * 200 + "b/",
            "http://news.example/" + "a" * 3000,
            "http://news.example/\ud800",
        ),
    ],
)
def test_what_is_no_web_address_is_invalid(url: str) -> None:
    """Other schemes, passwords, and what no client could request raise InvalidMessage."""
    with pytest.raises(InvalidMessage):
        canonical_url(url)


def test_a_refusal_shows_no_password_and_no_query() -> None:
    """The text may end up in a log."""
    with pytest.raises(InvalidMessage) as caught:
        canonical_url("http://user:s3cr3t@news.example/a?key=t0k3n")
    assert "news.example/a" in str(caught.value)
    assert not [word for word in ("s3cr3t", "t0k3n") if word in str(caught.value)]


TEXT = st.text(
    st.sampled_from("aZ0%2eE./?&=;#:@!$'()*+,~ \\[]é한_-|\"<>")
    | st.characters(exclude_categories=["Cs"]),
    max_size=40,
)


@given(
    TEXT,
    st.sampled_from(["news.example", "NEWS.example.", "bücher.example:443", "[::ffff:1.2.3.4]"]),
)
@example("/a?%75tm_source=x&b", "news.example")
@example("/%252e%252e/", "news.example")
def test_applying_it_again_changes_nothing(path: str, host: str) -> None:
    """The canonical form is its own canonical form, and plain ASCII."""
    try:
        once = canonical_url(f"https://{host}/{path}")
    except InvalidMessage:
        return
    assert canonical_url(once) == once
    assert once.isascii()
    assert once.isprintable()


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["a", "b", "id", "utm_source", "gclid"]),
            st.text("xyz1 é&=", max_size=4),
        ),
        max_size=6,
    )
)
def test_parameters_that_choose_the_page_keep_value_and_order(pairs: list[tuple[str, str]]) -> None:
    """Only tracking goes; what the server reads from the rest is unchanged."""
    remaining = [(name, value) for name, value in pairs if name not in ("utm_source", "gclid")]
    url = canonical_url("https://news.example/p?" + urlencode(pairs))
    assert parse_qsl(urlsplit(url).query, keep_blank_values=True) == remaining
