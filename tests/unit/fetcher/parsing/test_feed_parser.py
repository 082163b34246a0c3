"""Feeds of every kind become the same entries; what is no feed, or a hostile one, says so."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.fetcher.parsing import entry_text, feed_text
from services.fetcher.parsing.feed_entry import MAX_ENTRIES, FeedEntry
from services.fetcher.parsing.feed_parser import parse
from shared.base.outcomes import InvalidMessage

URL = "https://news.example/feed"
RSS = """<?xml version="1.0"?>
<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>N</title><language>en_us</language>
<item><title>Kim &amp;amp; Trump &lt;b&gt;meet&lt;/b&gt;</title>
<link>/1?utm_source=rss</link><guid isPermaLink="false">g1</guid>
<pubDate>Tue, 11 Sep 2018 09:00:00 +0900</pubDate><dc:creator> Lee
 Min </dc:creator></item>{more}</channel></rss>"""
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en-US"><title>N</title>
<entry><id>g1</id><title type="html">Kim &amp;amp; Trump meet</title>
<link rel="alternate" href="https://news.example/1"/><published>2018-09-11T00:00:00Z</published>
<author><name>Lee Min</name></author></entry></feed>"""
RDF = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
 xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel rdf:about="x"><title>N</title><dc:language>en-US</dc:language></channel>
<item rdf:about="g1"><title>Kim &amp; Trump meet</title>
<link>https://news.example/1</link><dc:date>2018-09-11T02:00:00+02:00</dc:date>
<dc:creator>Lee Min</dc:creator></item></rdf:RDF>"""


def rss(items: str = "") -> bytes:
    return RSS.replace("{more}", items).encode()


def item(**fields: str) -> str:
    return (
        "<item>"
        + "".join(f"<{name}>{value}</{name}>" for name, value in fields.items())
        + "</item>"
    )


@pytest.mark.parametrize("text", [RSS.replace("{more}", ""), ATOM, RDF], ids=["rss", "atom", "rdf"])
def test_every_kind_of_feed_gives_the_same_entry(text: str) -> None:
    """URL canonical and absolute, headline and byline plain, language tidy, time in UTC."""
    (entry,) = parse(text.encode(), "text/xml", URL).entries
    assert (entry.url, entry.headline, entry.byline, entry.language, entry.published_at) == (
        "https://news.example/1",
        "Kim & Trump meet",
        "Lee Min",
        "en-US",
        datetime(2018, 9, 11, tzinfo=UTC),
    )


def test_an_entry_marked_as_changed_has_a_new_key_and_an_unchanged_one_keeps_it() -> None:
    """A correction (new time or headline, same id) is new; another tracking parameter is not."""

    def key(**fields: str) -> str:
        return parse(rss(item(guid="g2", **fields)), None, URL).entries[1].key

    first = key(
        title="Talks set",
        link="http://n.example/2?utm_term=a",
        pubDate="Tue, 11 Sep 2018 10:00:00 GMT",
    )
    assert (
        key(
            title="Talks set",
            link="http://n.example/2?utm_term=b",
            pubDate="Tue, 11 Sep 2018 10:00:00 GMT",
        )
        == first
    )
    assert (
        key(title="Talks set", link="http://n.example/2", pubDate="Tue, 11 Sep 2018 11:00:00 GMT")
        != first
    )
    assert (
        key(title="Talks off", link="http://n.example/2", pubDate="Tue, 11 Sep 2018 10:00:00 GMT")
        != first
    )


def test_bad_entries_are_told_and_their_neighbours_read() -> None:
    """No link, a link elsewhere than the web, and a doubled entry cost nobody else anything."""
    items = (
        item(title="no link")
        + item(title="js", link="javascript:alert(1)")
        + item(guid="g1x", link="/1", title="same page")
        + item(guid="g3", link="/3")
    )
    feed = parse(rss(items), None, URL)
    assert [entry.url for entry in feed.entries] == [
        "https://news.example/1",
        "https://news.example/3",
    ]
    assert [problem.partition(":")[0] for problem in feed.problems] == ["entry 2", "entry 3"]


def test_no_more_than_the_first_entries_are_read() -> None:
    """A feed of any length gives a bounded list, and says that it was cut."""
    feed = parse(rss("".join(item(link=f"/{number}") for number in range(2, 600))), None, URL)
    assert len(feed.entries) == MAX_ENTRIES
    assert feed.problems == ("only the newest 500 of 599 entries are read",)


def test_of_too_many_entries_the_newest_are_read() -> None:
    """A feed that lists its oldest entries first would otherwise never show a new one."""
    dated = "".join(
        item(link=f"/{day}", pubDate=f"{day % 28 + 1:02} Sep {1990 + day // 28} 10:00:00 GMT")
        for day in range(600)
    )
    feed = parse(rss(dated), None, URL)
    assert [entry.url for entry in feed.entries[1:]] == [
        f"https://news.example/{day}" for day in range(101, 600)
    ]


def test_texts_are_bounded_and_can_be_written() -> None:
    """Long headlines are cut; invalid times, language tags and lone surrogates do no harm."""
    items = item(
        guid="g2", link="/2", title="a" * 9999, pubDate="Tue, 99 Sep 99999 10:00:00 GMT"
    ) + item(guid="g3", link="/3", title="x&amp;#xD800;y&amp;#0;")
    feed = parse(rss(items), None, URL)
    assert feed.entries[1].headline == "a" * entry_text.MAX_TEXT
    assert feed.entries[1].published_at is None
    for entry in feed.entries:
        (entry.headline or "").encode("utf-8")


ENCODED = ATOM.replace("Trump", "문재인 é")


@pytest.mark.parametrize(
    ("data", "content_type"),
    [
        (ENCODED.encode(), None),
        (ENCODED.encode("utf-8-sig"), "text/xml; charset=iso-8859-1"),
        (ENCODED.encode("utf-16"), None),
        (ENCODED.encode("utf-16-le"), "application/xml; charset=utf-16le"),
        (ENCODED.encode("utf-32"), None),
        (
            b'<?xml version="1.0" encoding="euc-kr"?>' + ENCODED.replace("é", "").encode("euc-kr"),
            None,
        ),
        (
            b'<?xml version="1.0" encoding="iso-2022-kr"?>'
            + ENCODED.replace("é", "").encode("iso-2022-kr"),
            None,
        ),
        (ENCODED.replace("é", "").encode("euc-kr"), "text/xml; charset=EUC-KR"),
        (
            b'<?xml version="1.0" encoding="no-such"?>' + ENCODED.encode(),
            "text/xml; charset=nonsense",
        ),
    ],
)
def test_every_encoding_is_read(data: bytes, content_type: str | None) -> None:
    """BOM, UTF-8, the server's word, the feed's own word: whichever fits."""
    assert "문재인" in (parse(data, content_type, URL).entries[0].headline or "")


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "it is empty"),
        (b" \n", "it is empty"),
        (b"/etc/passwd", "broken XML: .* at line 1, column 1"),
        (b"file:///etc/passwd", "broken XML"),
        (b"<html><body><p>no feed</p></body></html>", "it is an HTML page"),
        (b'{"items": []}', "it is JSON without the version of a JSON Feed"),
        (b'\n<rss version="2.0"><channel><title>x</chan', "broken XML: .* at line 2, column 37"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "not a feed: it is a PNG image"),
        (b" " * feed_text.MAX_BYTES + b"<rss/>", "larger than 8388608 bytes"),
    ],
)
def test_what_is_no_feed_says_what_is_wrong(data: bytes, why: str) -> None:
    """Each refusal is an InvalidMessage with a reason; nothing is opened as a file or fetched."""
    with pytest.raises(InvalidMessage, match=why):
        parse(data, None, URL)


def test_a_body_that_names_a_file_does_not_open_it(tmp_path: Path) -> None:
    """feedparser takes plain bytes for a file name; a server must not choose what we read."""
    (tmp_path / "feed.xml").write_bytes(rss())
    with pytest.raises(InvalidMessage, match="not a feed"):
        parse(str(tmp_path / "feed.xml").encode(), None, URL)


BOMB = '<!DOCTYPE r [<!ENTITY a "aaaa"><!EnTiTy b "&a;&a;&a;">]>' + ATOM


@pytest.mark.parametrize(
    "data",
    [BOMB.encode(), BOMB.encode("utf-16"), BOMB.encode("utf-32"), BOMB.lower().encode("utf-8-sig")],
)
def test_entity_declarations_are_refused_whatever_the_encoding(data: bytes) -> None:
    """The check sees the text that the parser would see, so no encoding hides a bomb."""
    with pytest.raises(InvalidMessage, match="declares entities"):
        parse(data, None, URL)


def test_a_feed_cut_short_gives_what_it_holds_and_says_so() -> None:
    """The whole entries of half a feed are news all the same."""
    feed = parse(rss(item(guid="g2", link="/2"))[:-12], None, URL)
    assert [entry.url for entry in feed.entries] == [
        "https://news.example/1",
        "https://news.example/2",
    ]
    assert "read as far as possible" in feed.problems[0]


@given(st.binary(max_size=200), st.integers(0, 600), st.integers(0, 600))
def test_broken_bytes_end_as_a_feed_or_as_invalid(rubbish: bytes, start: int, length: int) -> None:
    """Whatever is cut out of a feed or inserted, there are only these two outcomes."""
    data = rss()
    try:
        feed = parse(data[:start] + rubbish + data[start + length :], None, URL)
    except InvalidMessage:
        return
    assert all(
        isinstance(entry, FeedEntry) and entry.url.startswith("http") for entry in feed.entries
    )
