"""One part of a page, which the feeds file names."""

import time

import pytest

from services.fetcher.full_text.selected_part import is_selector, select_part

PAGE = """<!DOCTYPE html><html><head><meta charset="euc-kr"><title>회담</title>
<meta property="og:title" content="회담"></head><body><nav>메뉴</nav>
<div class="story"><p>하나</p><div class="story"><p>둘</p></div></div>
<aside>광고</aside><div class="story"><p>셋</p></div></body></html>"""


def select(selector: str, page: bytes = PAGE.encode("euc-kr")) -> str | None:
    part = select_part(page, "text/html; charset=euc-kr", selector)
    return part.decode() if part is not None else None


def test_the_head_and_the_selected_elements_remain() -> None:
    """Each once, in the page's order and in UTF-8, whatever the page was written in."""
    part = select("div.story")
    assert part is not None
    assert '<meta property="og:title" content="회담">' in part
    assert part.count("하나") == part.count("둘") == part.count("셋") == 1
    assert part.index("둘") < part.index("셋")
    assert "메뉴" not in part
    assert "광고" not in part


@pytest.mark.parametrize("selector", ["article", "div.stories", "nav > b", "title", "p:empty"])
def test_nothing_is_selected_where_nothing_with_text_matches(selector: str) -> None:
    """Then the caller keeps the whole page; the head is no part of the body."""
    assert select(selector) is None


def test_a_page_without_a_body_or_with_broken_ends_is_read_as_browsers_do() -> None:
    """The parser repairs it."""
    assert select("p", b"") is None
    assert "<p>x</p>" in (select("div", b"<div><p>x") or "")
    assert select("p", b"\xff\xfe\x00") is None


@pytest.mark.parametrize("text", ["article", "div.story > p", "#main, .body", "a[href^='/x']"])
def test_selectors(text: str) -> None:
    """What CSS allows."""
    assert is_selector(text)


@pytest.mark.parametrize("text", ["", " ", "div >", "[", "p:", "::text", "div{", "a" * 301])
def test_no_selectors(text: str) -> None:
    """What it does not, and what is too long to mean well."""
    assert not is_selector(text)


HOSTILE = {
    "deep": "<div>" * 2_000 + "<p>x</p>" * 20_000,
    "nested": "<div><p>x" * 5_000,
    "wide": "<p>" * 100_000,
    "quotes": "'" * 100_000,
    "no end": "<div class='" * 30_000,
    "no tag": "<b" * 100_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_page_takes_no_long_time(name: str) -> None:
    """Much deeper ones end at the child's limit: the parser's time grows faster than the depth."""
    began = time.process_time()
    for selector in ("p", "div div p", "div > p"):
        select(selector, HOSTILE[name].encode())
    assert time.process_time() - began < 4
