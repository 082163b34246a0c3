"""What a feed carries of an article: whether it is the whole text, and the page that it makes."""

from datetime import UTC, datetime

import pytest

from services.cleaner.pipeline import clean
from services.fetcher.full_text.entry_content import (
    FULL_LENGTH,
    build_document,
    html_of_text,
    read_content,
)
from services.fetcher.full_text.selected_part import CONTENT_TYPE
from services.fetcher.parsing.feed_parser import parse
from shared.base.outcomes import Drop
from shared.messages.schemas import RawArticle

PARAGRAPH = (
    "The two delegations met for three hours in Hanoi on Tuesday and agreed to continue the talks "
    "next month, a spokesman for the foreign ministry told reporters after the session had ended. "
)
LONG = "".join(f"<p>{PARAGRAPH}It was round {n}.</p>" for n in range(8))


def short_id(value: object) -> str:
    """Name a case by a few characters, because the texts are long."""
    return str(value).strip()[-12:]


def is_full(html: str, *, is_body: bool = True) -> bool:
    content = read_content([html], is_body=is_body)
    return content is not None and content.is_full


@pytest.mark.parametrize(
    "html",
    [
        LONG,
        LONG + "<p>The post Talks go on appeared first on Example Wire.</p>",
        LONG + "<p>“We will read more about it … in time,” he said.</p>",
        "<p>" + "两国代表团周二在河内会谈三小时，" * 30 + "</p>",
        "<p>" + "คณะผู้แทนทั้งสองประชุมกันที่ฮานอย" * 15 + "</p>",
    ],
    ids=short_id,
)
def test_a_whole_text_is_full(html: str) -> None:
    """Long enough in any script, and not cut off; WordPress's last line means nothing."""
    assert is_full(html)


@pytest.mark.parametrize(
    "end",
    [
        *("…", "...", "[…]", "[&hellip;]", " [...]", "<a href=/1>Read more</a>", "Read more »"),
        *("<p><a>Continue reading</a> →</p>", "… Continue reading Talks go on in Hanoi", "더 보기"),
        *("Lire la suite", "Читать далее →", "続きを読む", "阅读全文 >>", "<b>Keep reading</b>"),
        "… <p>The post Talks go on appeared first on Example Wire.</p>",
    ],
)
def test_an_excerpt_is_not(end: str) -> None:
    """However long it is."""
    assert not is_full(LONG + end)


def test_what_is_short_or_a_description_is_not() -> None:
    """A feed that means a description to be the whole text is set to ``text: feed``."""
    assert not is_full("<p>Talks went on in Hanoi.</p>")
    assert not is_full(f"<p>{'x' * (FULL_LENGTH - 1)}</p>")
    assert not is_full(f"<!-- {LONG} --><p>Talks went on in Hanoi.</p>")
    assert not is_full(LONG, is_body=False)
    assert read_content(["", "<p></p>", "<img src=a>"], is_body=True) is None


def test_of_several_texts_the_longest_counts() -> None:
    """A feed may carry a picture or a teaser beside the text."""
    content = read_content(["<p>Teaser</p>", LONG, "<img>"], is_body=True)
    assert content is not None
    assert content.html == LONG


@pytest.mark.parametrize(
    ("item", "is_body"),
    [
        (
            f"<description>Short</description><content:encoded><![CDATA[{LONG}]]></content:encoded>",
            True,
        ),
        (
            f"<content:encoded><![CDATA[{LONG}]]></content:encoded><description>Short</description>",
            True,
        ),
        (f"<description><![CDATA[{LONG}]]></description>", False),
    ],
    ids=short_id,
)
def test_rss_carries_it_as_content_or_as_description(item: str, is_body: bool) -> None:
    """In either order of the two."""
    feed = parse(
        '<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>'
        f"<item><link>https://n.example/1</link>{item}</item></channel></rss>".encode(),
        None,
        "https://n.example/feed",
    )
    content = feed.entries[0].content
    assert content is not None
    assert (content.is_body, content.is_full) == (is_body, is_body)
    assert content.html == LONG


@pytest.mark.parametrize(
    ("atom", "html"),
    [
        ('<content type="html">&lt;p&gt;A &amp;amp; B&lt;/p&gt;</content>', "<p>A &amp; B</p>"),
        (
            '<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>A</p></div></content>',
            "<p>A</p>",
        ),
        ("<content>A &lt; B\n\nC</content>", "<p>A &lt; B</p><p>C</p>"),
        ('<content type="image/png">QUJD</content><summary>S</summary>', "<p>S</p>"),
    ],
)
def test_atom_says_what_its_text_is(atom: str, html: str) -> None:
    """HTML, XHTML or plain text; a picture is no text."""
    feed = parse(
        f'<feed xmlns="http://www.w3.org/2005/Atom"><entry><link href="/1"/>{atom}</entry></feed>'.encode(),
        None,
        "https://n.example/feed",
    )
    content = feed.entries[0].content
    assert content is not None
    assert content.html == html


def test_json_feed_carries_html_or_text() -> None:
    """content_html is preferred, as the specification allows both."""
    feed = parse(
        b'{"version":"https://jsonfeed.org/version/1.1","items":['
        b'{"id":"1","url":"https://n.example/1","content_html":"<p>A</p>","content_text":"B"},'
        b'{"id":"2","url":"https://n.example/2","content_text":"1 < 2\\n\\nB"},'
        b'{"id":"3","url":"https://n.example/3","summary":"S"}]}',
        None,
        "https://n.example/feed",
    )
    texts = [
        entry.content and (entry.content.html, entry.content.is_body) for entry in feed.entries
    ]
    assert texts == [("<p>A</p>", True), ("<p>1 &lt; 2</p><p>B</p>", True), ("<p>S</p>", False)]


@pytest.mark.parametrize(
    "html",
    [
        LONG,
        f"<div><div>{LONG}</div>",
        f"{LONG}</article></body></html>",
        LONG.replace("</p>", ""),
        f"<figure><img src=a><figcaption>A file photo.</figcaption></figure>{LONG}",
        html_of_text("\n\n".join(f"{PARAGRAPH}It was round {n}." for n in range(8))),
    ],
    ids=short_id,
)
def test_the_cleaner_reads_the_document(html: str) -> None:
    """Every paragraph, the headline of the feed, and nothing else, however the fragment ends."""
    content = read_content([html], is_body=True)
    assert content is not None
    article = clean(
        RawArticle(
            source="n",
            uri="https://n.example/1",
            content_type=CONTENT_TYPE,
            content=build_document(content, "Talks <go> & on", "en"),
            fetched_at=datetime(2019, 2, 27, tzinfo=UTC),
            origin="feed",
            headline="Talks <go> & on",
            byline="Jane Doe",
            reliability="high",
        )
    )
    assert not isinstance(article, Drop)
    assert article.headline == "Talks <go> & on"
    assert (article.byline, article.language, article.reliability) == ("Jane Doe", "en", "high")
    assert [f"round {n}." in article.body for n in range(8)] == [True] * 8
    assert article.body.startswith(PARAGRAPH[:60])
