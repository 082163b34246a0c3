"""Headlines of whole pages: no markup, logo, kicker, section, counter or site's name in them."""

import json
from collections.abc import Callable

import pytest

from services.cleaner.pipeline import clean
from shared.messages.schemas import CleanArticle, RawArticle
from tests.unit.cleaner.conftest import STORY

Made = Callable[..., RawArticle]

HEADLINE = "Leaders arrive for second summit"
NAMED = "<meta property=og:site_name content='The Wire'>"


def headline(
    raw: Made, head: str, above: str = "", inside: str = "", url: str | None = None
) -> str:
    """Return the headline of a page; ``above`` the article, ``inside`` it before the text."""
    paragraphs = "".join(f"<p>{paragraph}</p>" for paragraph in STORY)
    text = (
        f"<!doctype html><html lang=en><head>{head}</head><body>{above}<article>{inside}"
        f"{paragraphs}</article><footer>Contact</footer></body></html>"
    )
    article = clean(raw(text, content_type="text/html", url=url))
    assert isinstance(article, CleanArticle)
    return article.headline


def og(title: str) -> str:
    return f'<meta property="og:title" content="{title}">'


def json_ld(title: str) -> str:
    article = {"@type": "NewsArticle", "headline": title}
    return f'<script type="application/ld+json">{json.dumps(article)}</script>'


@pytest.mark.parametrize(
    ("head", "inside"),
    [
        (og("Leaders&lt;br&gt;arrive for second summit"), "<h1>Leaders<br>arrive for second summit</h1>"),
        (og("Leaders&lt;br /&gt;arrive for second summit"), ""),
        (json_ld("Leaders<br/>arrive for second summit"), ""),
        (json_ld("Leaders arrive</b> for <b>second summit"), ""),
        ("", "<h1><span>Leaders arrive</span><span>for second summit</span></h1>"),
        (og("Leadersarrive for second summit"), "<h1>Leaders<br>arrive for second summit</h1>"),
        ("", "<h1><span>Leaders arrive for</span><br><em>second summit</em></h1>"),
        ("", "<h1><span class=dropcap>L</span>eaders arrive for second summit</h1>"),
        (og("Leaders arrive for&amp;nbsp;second summit"), ""),
        (og("&lt;p&gt;Leaders arrive&lt;/p&gt;&lt;p&gt;for second summit&lt;/p&gt;"), ""),
    ],
)  # fmt: skip
def test_a_tag_between_words_is_a_blank(head: str, inside: str, raw: Made) -> None:
    """In plain titles, which hold markup by mistake, as in the h1."""
    assert headline(raw, f"<title>{HEADLINE} | The Wire</title>{NAMED}{head}", inside=inside) == (
        HEADLINE
    )


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("R&D talks at AT&T", "R&D talks at AT&T"),
        ("Talks & more: Q&amp;amp;A", "Talks & more: Q&A"),
        ("Marks &copy that", "Marks &copy that"),
        ("B&notable gains", "B&notable gains"),
        ("If 3 < 4 and 5 > 2", "If 3 < 4 and 5 > 2"),
        ("Talks&#8217; end", "Talks’ end"),
        ("Talks &amp;lsquo;fail&amp;rsquo; again", "Talks ‘fail’ again"),
    ],
)
def test_raw_ampersands_survive(written: str, expected: str, raw: Made) -> None:
    """Only a whole entity, with its semicolon, is a character."""
    assert headline(raw, json_ld(written)) == expected


@pytest.mark.parametrize(
    ("title", "name", "url", "expected"),
    [
        ("Korea: explained | The Korea Times", "The Korea Times", "https://www.koreatimes.example/1", "Korea: explained"),
        ("Second summit: Hanoi", "Hanoi Times", "https://hanoitimes.example/1", "Second summit: Hanoi"),
        ("Trump – the man who wants a deal", "Trump Watch", "https://trumpwatch.example/1", "Trump – the man who wants a deal"),
        ("Kim's journey | Korea", "Korea Daily", "https://koreadaily.example/1", "Kim's journey | Korea"),
        ("Korea – explained", "", "https://koreatimes.example/1", "Korea – explained"),
        (f"{HEADLINE} | The Wire", "The Wire", None, HEADLINE),
        (f"{HEADLINE} - Wire", "The Wire", None, HEADLINE),
        (f"The Wire | {HEADLINE}", "The Wire", None, HEADLINE),
        (f"{HEADLINE} – wire.com", "The Wire", None, HEADLINE),
        (f"{HEADLINE} « Examplepost", "", "https://www.examplepost.com/1", HEADLINE),
        ("Wire: how it began | The Wire", "The Wire", None, "Wire: how it began"),
    ],
)  # fmt: skip
def test_only_the_sites_name_is_cut(
    title: str, name: str, url: str | None, expected: str, raw: Made
) -> None:
    """It is cut at an end only; a word that the host's name contains stays."""
    named = f"<meta property=og:site_name content='{name}'>" if name else ""
    assert headline(raw, f"<title>{title}</title>{named}", url=url) == expected


def test_the_publisher_and_repetition_name_the_site(raw: Made) -> None:
    """JSON-LD's publisher is the site; what one title of the head has beyond another is not."""
    publisher = {"@type": "NewsMediaOrganization", "name": "Example Post"}
    described = {"@type": "NewsArticle", "datePublished": "2018", "publisher": publisher}
    script = f'<script type="application/ld+json">{json.dumps(described)}</script>'
    assert headline(raw, f"<title>{HEADLINE} - Example Post</title>{script}") == HEADLINE
    assert headline(raw, f"<title>{HEADLINE} | World | Daily</title>{og(HEADLINE)}") == HEADLINE


@pytest.mark.parametrize(
    ("above", "inside"),
    [
        ("<header><h1><a href='/'>The Wire</a></h1></header>", f"<h2>{HEADLINE}</h2>"),
        ("<header><h1><a href='https://wire.example/'>The Wire</a></h1></header>", f"<h1>{HEADLINE}</h1>"),
        ("<div id=logo><h1>The Wire</h1></div>", f"<h2>{HEADLINE}</h2>"),
        ("<header><h1>The Wire</h1></header>", f"<h2>{HEADLINE}</h2>"),
        ("<h1 class=site-title>The Wire</h1>", ""),
        ("<nav><h1>World</h1></nav>", f"<h2>{HEADLINE}</h2>"),
    ],
)  # fmt: skip
def test_the_logo_is_no_headline(above: str, inside: str, raw: Made) -> None:
    """Nor is a section, where it is the only h1."""
    title = f"<title>{HEADLINE} | The Wire</title>"
    assert headline(raw, title, above, inside) == HEADLINE


def test_a_page_that_only_names_its_site_has_its_subhead(raw: Made) -> None:
    """Then title and logo are the same, and the article's first subhead is the headline."""
    logo = "<header><h1><a href='/'>The Wire</a></h1></header>"
    head = f"<title>The Wire</title>{NAMED}"
    assert headline(raw, head, logo, f"<h2>{HEADLINE}</h2>") == HEADLINE


@pytest.mark.parametrize(
    "h1",
    [
        f"{HEADLINE} <span class=comments>12 comments</span>",
        f"{HEADLINE} <a href=#comments>(3)</a>",
        f"{HEADLINE} | 1.204 Kommentare",
        f"<span class=kicker>North Korea</span> {HEADLINE}",
        f"<span>North Korea</span><span>{HEADLINE}</span>",
        f"<a class=category href=/world>World</a> {HEADLINE}",
        f"<small>Analysis</small><br>{HEADLINE}",
        f"<div class=eyebrow>Live</div>{HEADLINE}",
    ],
)
def test_counters_kickers_and_sections_are_no_part_of_the_headline(h1: str, raw: Made) -> None:
    """They are elements of their own in the h1, and the head's titles lack them."""
    head = f"<title>{HEADLINE} | The Wire</title>{og(HEADLINE)}{NAMED}"
    assert headline(raw, head, inside=f"<h1>{h1}</h1>") == HEADLINE


@pytest.mark.parametrize(
    ("head", "h1", "expected"),
    [
        ("", f"{HEADLINE} <span>12 comments</span>", HEADLINE),
        ("", f"<span class=kicker>North Korea</span> {HEADLINE}", HEADLINE),
        (og(HEADLINE), f"{HEADLINE} in <em>Hanoi</em>", f"{HEADLINE} in Hanoi"),
        (og(HEADLINE), f"{HEADLINE} in Hanoi", f"{HEADLINE} in Hanoi"),
        (og(f"World: {HEADLINE}"), f"<span class=kicker>World</span>: {HEADLINE}", f"World: {HEADLINE}"),
        ("", "Three comments that changed the talks", "Three comments that changed the talks"),
        ("<title>(3) Leaders arrive for second summit</title>", "", HEADLINE),
        (f"<title>Korea: {HEADLINE}</title>", "Korea", f"Korea: {HEADLINE}"),
    ],
)  # fmt: skip
def test_what_belongs_to_the_headline_stays(head: str, h1: str, expected: str, raw: Made) -> None:
    """An h1 that says more than the head's titles is taken whole, unless a part is marked."""
    assert headline(raw, head, inside=f"<h1>{h1}</h1>" if h1 else "") == expected
