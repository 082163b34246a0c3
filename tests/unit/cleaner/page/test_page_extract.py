from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from services.cleaner.article_draft import Extraction
from services.cleaner.drop_reasons import CleanDrop
from services.cleaner.page.blocks.boosted_trees import load_model
from services.cleaner.page.dates.moments import parse_moment
from services.cleaner.page.extract import extract_from_page
from services.cleaner.page.names import parse_names
from services.cleaner.page.titles.site_names import site_keys, without_site
from services.cleaner.pipeline import clean
from shared.base.outcomes import Drop, InvalidMessage
from shared.messages.schemas import CleanArticle, RawArticle
from tests.unit.cleaner.conftest import STORY

Made = Callable[..., RawArticle]

TITLE = "Delegations agree to meet again"


def page(head: str = "", before: str = "", after: str = "") -> str:
    paragraphs = "".join(f"<p>{paragraph}</p>" for paragraph in STORY)
    article = f"<article><h1>{TITLE}</h1>{before}{paragraphs}{after}</article>"
    nav = "<nav><ul><li><a href='/a'>World</a></li><li><a href='/b'>Asia</a></li></ul></nav>"
    named = (
        f"<title>{TITLE} | Example Post</title><meta property='og:site_name' content='Example "
        "Post'>"
    )
    return (
        f"<!doctype html><html><head>{named}{head}</head><body>{nav}{article}<footer>"
        "Contact</footer></body></html>"
    )


def extract(text: str, raw: Made, **overrides: object) -> Extraction:
    extraction = extract_from_page(
        text, raw(text, content_type="text/html", **overrides), load_model()
    )
    assert isinstance(extraction, Extraction)
    return extraction


def test_a_page_becomes_an_article(raw: Made) -> None:
    """It has the headline without the site's name, and only the body's paragraphs."""
    extraction = extract(page(), raw)
    assert extraction.headline == TITLE
    assert list(extraction.paragraphs) == STORY
    assert extraction.evidence["headline"] == "title + h1"


def test_json_ld_is_the_first_witness(raw: Made) -> None:
    """Date, authors and headline come from JSON-LD if it has them, and the evidence says so."""
    authors = '[{"name":"Ann Lee"},{"name":"Example Post"}]'
    ld = (
        f'{{"@graph":[{{"@type":"NewsArticle","headline":"{TITLE}","datePublished":"2018-09-11T09:'
        f'30:00+0900","author":{authors}}}]}}'
    )
    meta = (
        "<meta name='author' content='Somebody Else'><meta property='article:published_time' "
        "content='2018-09-10'>"
    )
    extraction = extract(page(f"{meta}<script type='application/ld+json'>{ld}</script>"), raw)
    assert extraction.published is not None
    assert extraction.published.moment == datetime(2018, 9, 11, 0, 30, tzinfo=UTC)
    assert extraction.authors == ("Ann Lee",)
    assert (extraction.evidence["published"], extraction.evidence["authors"]) == (
        "json-ld",
        "json-ld",
    )
    assert extraction.evidence["headline"].startswith("json-ld")


@pytest.mark.parametrize(
    ("head", "before", "url", "provenance"),
    [
        (
            "<meta property='article:published_time' content='2018-09-11T01:02:03Z'>",
            "",
            None,
            "meta",
        ),
        ("", "<time itemprop='datePublished' datetime='2018-09-11'>Tuesday</time>", None, "time"),
        ("", "<p>Published: September 11, 2018</p>", None, "text"),
        ("<script>var page = {'published': '2018-09-11'};</script>", "", None, "script"),
    ],
)
def test_other_witnesses_of_the_date(
    head: str, before: str, url: str | None, provenance: str, raw: Made
) -> None:
    """Each source of the date counts only if the more trusted ones say nothing.

    They are meta, a marked time element, a line near the headline, and a script.
    """
    published = extract(page(head, before), raw, url=url).published
    assert published is not None
    assert (published.moment.date().isoformat(), published.provenance) == ("2018-09-11", provenance)


@pytest.mark.parametrize(
    ("link", "expected"),
    [
        ("https://example.org/talks", "https://example.org/talks"),
        ("/talks", "https://www.example.org/talks"),
        ("https://evil.test/talks", "https://www.example.org/talks?from=feed"),
        ("https://example.org/", "https://www.example.org/talks?from=feed"),
        ("http://[broken", "https://www.example.org/talks?from=feed"),
    ],
)
def test_a_canonical_link_speaks_for_its_own_site_only(link: str, expected: str, raw: Made) -> None:
    """A link to another site or to a home page is no article's address."""
    assert (
        extract(
            page(f"<link rel=canonical href='{link}'>"),
            raw,
            url="https://www.example.org/talks?from=feed",
        ).url
        == expected
    )


def test_furniture_and_offers_are_left_out(raw: Made) -> None:
    """A copyright line and an offer are dropped; talk of signing up inside the story stays."""
    inside = (
        "<p>Both governments must sign up for the code of conduct, the spokeswoman said after the "
        "meeting had ended on Tuesday.</p>"
    )
    extraction = extract(
        page(
            before=inside,
            after=(
                "<p>© 2018 Example Post. All rights reserved.</p><p>Subscribe now for full access "
                "to all stories.</p>"
            ),
        ),
        raw,
    )
    assert len(extraction.paragraphs) == len(STORY) + 1


def test_a_page_of_links_is_no_article(raw: Made) -> None:
    """A page without running text that does not declare itself an article is dropped."""
    links = "".join(
        f"<li><a href='/{number}'>Story number {number}</a></li>" for number in range(30)
    )
    text = f"<html><head><title>News</title></head><body><ul>{links}</ul></body></html>"
    outcome = extract_from_page(text, raw(text, content_type="text/html"), load_model())
    assert outcome == Drop(CleanDrop.NOT_AN_ARTICLE) or (
        isinstance(outcome, Extraction) and not outcome.paragraphs
    )


@pytest.mark.parametrize(
    "hostile",
    [
        "<div>" * 20_000,
        "<b><i>" * 3_000,
        "<script type='application/ld+json'>" + "[" * 100_000 + "</script>",
        (
            '<script type=\'application/ld+json\'>{"@type":"Article","headline":"\\ud800 '
            'x","author":{"name":"A \\udfff"}}</script>'
        ),
        "<script>" + "var a=1;" * 200_000 + "</script>",
        "<p>&#xD800;&#x110000;&#0;</p>",
        "<h1>" * 2_000,
        "<meta " * 10_000,
        "<span class=byline>x</span>" * 25_000,
        "<p>some text of the story. " * 25_000,
    ],
)
def test_hostile_pages_end_like_any_other(hostile: str, raw: Made) -> None:
    """They give an article, a drop or an invalid message, and text that can be encoded.

    They have deep nesting, huge scripts or halves of surrogate pairs.
    """
    text = page(before=hostile)
    try:
        outcome = extract_from_page(text, raw(text, content_type="text/html"), load_model())
    except InvalidMessage:
        return
    if isinstance(outcome, Extraction):
        " ".join((outcome.headline, *outcome.paragraphs, *outcome.authors)).encode()


def test_entities_are_not_expanded(raw: Made) -> None:
    """A document type's entities are not expanded, so none of them can grow."""
    bomb = "".join(f'<!ENTITY a{number} "{f"&a{number - 1};" * 10}">' for number in range(1, 12))
    text = page(before="<p>&a11;</p>").replace(
        "<!doctype html>", f'<!DOCTYPE html [<!ENTITY a0 "aaaaaaaaaa">{bomb}]>'
    )
    outcome = extract_from_page(text, raw(text, content_type="text/html"), load_model())
    assert isinstance(outcome, Drop) or sum(map(len, outcome.paragraphs)) < 10_000


def test_bylines_of_teasers_are_other_articles(raw: Made) -> None:
    """Only names beside the first byline, under the same parent, are authors."""
    before = "<div><a rel=author>Ann Lee</a> and <a rel=author>Bo Kim</a></div>"
    after = (
        "<ul><li><div class=teaser><a href=/x>Other talks</a><p><span class=byline>Cem Oz</span>"
        "</p></div></li></ul>"
    )
    assert extract(page(before=before, after=after), raw).authors == ("Ann Lee", "Bo Kim")


@pytest.mark.parametrize(
    ("value", "names"),
    [
        ("By Ann Lee and Bo Kim", ("Ann Lee", "Bo Kim")),
        ("Von Anna Lee, Bo Kim und Cem Öz", ("Anna Lee", "Bo Kim", "Cem Öz")),
        ("https://example.org/authors/ann", ()),
        ("John Smith, Jr.", ("John Smith",)),
        ("Updated 3 hours ago", ()),
        ("View all posts by Ann Lee", ("Ann Lee",)),
        ("Veröffentlicht von Chris Öz", ("Chris Öz",)),
        ("Ursula von der Leyen", ("Ursula von der Leyen",)),
    ],
)
def test_names_come_out_of_bylines(value: str, names: tuple[str, ...]) -> None:
    """Several names are separated; addresses and times are no names."""
    assert parse_names([value]) == names


@pytest.mark.parametrize(
    "text",
    ["yesterday", "2018-13-40", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", ""],
)
def test_what_is_no_time_is_no_time(text: str) -> None:
    """A time that is impossible, or from before the web, does not count."""
    assert parse_moment(text, "meta") is None


def test_a_headlines_own_dash_stays() -> None:
    """Only what names the site is cut off."""
    assert (
        without_site("Talks fail – again | Example Post", site_keys(["Example Post"]))
        == "Talks fail – again"
    )


@pytest.mark.parametrize(
    ("start", "content_type"),
    [
        ("<!doctype html><html amp lang=en>", "text/html"),
        (
            (
                '<?xml version="1.0" encoding="UTF-8"?><!DOCTYPE html><html '
                'xmlns="http://www.w3.org/1999/xhtml">'
            ),
            "application/xhtml+xml",
        ),
    ],
)
def test_amp_and_xhtml_are_read_like_any_page(start: str, content_type: str, raw: Made) -> None:
    """Custom elements contain blocks like others; an XML declaration is not text."""
    image = (
        '<amp-img src="/x.png" width="1" height="1"></amp-img><amp-ad><p>Advertisement</p></amp-ad>'
    )
    text = page(before=image).replace("<!doctype html><html>", start)
    article = clean(raw(text, content_type=content_type))
    assert isinstance(article, CleanArticle)
    assert [article.body[span.start : span.end] for span in article.paragraphs] == STORY
