"""A page that only forwards says where to; an article that reloads itself does not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.fetcher.parsing.meta_refresh import MAX_TEXT, refresh_target

URL = "https://wrap.example/x/click?id=1"
STORY = "https://wire.example/a"


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        (f'<meta http-equiv="refresh" content="0; url={STORY}">', STORY),
        (f"<META CONTENT='0;URL={STORY}' HTTP-EQUIV=Refresh>", STORY),
        (f'<noscript><META http-equiv="refresh" content="0;URL=\'{STORY}\'"></noscript>', STORY),
        (
            '<meta http-equiv=refresh content="1,url=/a?b=1&amp;c=2">',
            "https://wrap.example/a?b=1&c=2",
        ),
        ('<meta http-equiv=refresh content="0;a">', "https://wrap.example/x/a"),
        (
            f'<script>{"x" * 2000}</script><meta http-equiv=refresh content="0.5; {STORY}">Wait',
            STORY,
        ),
        ('<meta http-equiv="refresh" content="0; url=javascript:alert(1)">', "javascript:alert(1)"),
    ],
)
def test_a_page_without_text_forwards(page: str, expected: str) -> None:
    """In every spelling that browsers take; the client decides whether the address is allowed."""
    assert refresh_target(page.encode(), "text/html", URL) == expected
    assert refresh_target(page.encode("utf-16"), "text/html", URL) in (expected, None)


@pytest.mark.parametrize(
    "page",
    [
        f'<meta http-equiv=refresh content="0;url={STORY}"><p>{"Words of an article. " * 40}',
        f'<meta http-equiv=refresh content="300;url={STORY}">',
        '<meta http-equiv="refresh" content="0">',
        '<meta http-equiv="refresh" content="0;url=">',
        f'<meta http-equiv=refresh content="0;url={URL}#top">',
        f'<!-- <meta http-equiv=refresh content="0;url={STORY}"> -->',
        f'<meta name=refresh content="0;url={STORY}">',
        f"<p>refresh 0;url={STORY}",
        "<meta http-equiv=refresh content=soon>",
        '<meta http-equiv=refresh content="0;url=http://[::1">',
        "",
    ],
)
def test_an_own_page_does_not(page: str) -> None:
    """Text, a long delay, the page itself, or another element."""
    assert refresh_target(page.encode(), "text/html", URL) is None


@given(st.text(alphabet="<>meta refreshcontentul=0;'\"!- /", max_size=200))
def test_any_page_has_an_answer(text: str) -> None:
    """No text raises."""
    refresh_target(f"refresh{text}".encode(), "", URL)


@pytest.mark.parametrize(
    "unit", ["<meta ", "<!--", "<script>", "<", "content=", "http-equiv=refresh "]
)
def test_hostile_pages_take_linear_time(unit: str) -> None:
    """A page of the largest size looked at (pytest's time limit)."""
    body = (unit * 6_000)[:31_000]
    refresh_target(f"<meta http-equiv=refresh content='0;url=/a'>{body}".encode(), "", URL)
    assert MAX_TEXT < 31_000
