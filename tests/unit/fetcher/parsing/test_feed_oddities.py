"""What feeds in the field do that no specification allows, and what must be read all the same."""

import gzip
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.fetcher.parsing.feed_entry import FeedEntry
from services.fetcher.parsing.feed_parser import parse
from services.fetcher.parsing.feed_text import MAX_BYTES
from services.fetcher.parsing.xml_prolog import MAX_ENTITY_CHARACTERS
from shared.base.outcomes import InvalidMessage

URL = "https://wire.example/news/rss"


def rss(items: str, prolog: str = '<?xml version="1.0" encoding="utf-8"?>', more: str = "") -> str:
    head = f'{prolog}\n<rss version="2.0"{more}><channel><title>W</title>'
    return f"{head}<link>https://wire.example/</link>{items}</channel></rss>"


def item(title: str, more: str = "", link: str = "https://wire.example/a") -> str:
    return f"<item><title>{title}</title><link>{link}</link>{more}</item>"


def only_entry(text: str | bytes, content_type: str | None = "text/xml") -> FeedEntry:
    data = text.encode() if isinstance(text, str) else text
    (entry,) = parse(data, content_type, URL).entries
    return entry


def headline(title: str) -> str | None:
    return only_entry(rss(item(title))).headline


CYRILLIC = "Саммит в Ханое"


@pytest.mark.parametrize(
    ("charset", "title", "content_type"),
    [
        ("windows-1251", CYRILLIC, "text/xml; charset=iso-8859-1"),
        ("windows-1251", CYRILLIC, "application/rss+xml; charset=windows-1252"),
        ("koi8-r", CYRILLIC, "text/xml;charset=us-ascii"),
        ("iso-8859-2", "Šéf diplomacie přijel", 'text/xml; charset="latin1"'),
        ("windows-1253", "Η σύνοδος στο Ανόι", "text/xml; charset=ISO-8859-1"),
        ("x-sjis", "ハノイでの首脳会談", "text/xml; charset=iso-8859-1"),
        ("windows-949", "하노이 정상회담", "text/xml; charset=utf-8"),
        ("x-gbk", "河内峰会", None),
        ("iso88591", "L’Élysée confirme", "text/xml"),
        ("x-cp1254", "Görüşme ertelendi", "text/xml; charset=iso-8859-1"),
    ],
)
def test_the_feed_s_own_charset_beats_a_default_of_the_server(
    charset: str, title: str, content_type: str | None
) -> None:
    """Labels mean what browsers take them to mean; a Latin default of the server is not asked."""
    codecs = {
        "x-sjis": "cp932",
        "windows-949": "cp949",
        "x-gbk": "gb18030",
        "iso88591": "cp1252",
        "x-cp1254": "cp1254",
    }
    text = rss(item(title), f'<?xml version="1.0" encoding="{charset}"?>')
    assert only_entry(text.encode(codecs.get(charset, charset)), content_type).headline == title


def test_a_charset_in_the_header_counts_where_the_feed_declares_none() -> None:
    """Also a Latin one; and any other one beats the feed's declaration, as RFC 7303 says."""
    french = rss(item("Sommet à Hanoï : l’accord"), "<?xml version='1.0'?>").encode("cp1252")
    assert (
        only_entry(french, "text/xml; charset=iso-8859-1").headline == "Sommet à Hanoï : l’accord"
    )
    russian = rss(item(CYRILLIC), '<?xml version="1.0" encoding="iso-8859-1"?>').encode("koi8-r")
    assert only_entry(russian, "text/xml; charset=koi8-r").headline == CYRILLIC


@pytest.mark.parametrize(
    "title",
    [
        "북미 정상회담 합의".encode() + b"\xff" + " 불발".encode(),
        "Gespräche über Abrüstung".encode()[:-3] + b"\xc3",
        b"Talks \xe2\x80 resume in Hanoi " + "– “again”".encode(),
        b"Plain words and one \x93 byte",
    ],
)
def test_one_bad_byte_does_not_lose_the_feed(title: bytes) -> None:
    """The rest of the text is read as what it is, whatever the header calls it."""
    others = "".join(item(f"회담 {n}", link=f"https://wire.example/{n}") for n in range(9))
    data = rss(item("@") + others).encode().replace(b"@", title)
    for content_type in ("text/xml", "text/xml; charset=iso-8859-1", "text/xml; charset=euc-kr"):
        entries = parse(data, content_type, URL).entries
        assert [entry.headline for entry in entries[1:]] == [f"회담 {n}" for n in range(9)]
        assert len(entries) == 10


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("D&D club, AT&T and S&P 500", "D&D club, AT&T and S&P 500"),
        ("Q&A: R&D at M&S", "Q&A: R&D at M&S"),
        ("Profit & Loss &", "Profit & Loss &"),
        ("AT&amp;T & AT&T;", "AT&T & AT&T;"),
        ("A&notes B&copy C", "A&notes B&copy C"),
        ("A&amp;notes", "A&notes"),
        ("Caf&eacute; &ndash; &laquo;oui&raquo;", "Café – «oui»"),
        ("Caf&amp;eacute; &#8211; it&#146;s", "Café – it’s"),
        ("&nosuch; &#xZZ; &#99999999; &#;", "&nosuch; &#xZZ; &#99999999; &#;"),
        ("x &lt; y &amp;&amp; y &gt; z", "x < y && y > z"),
    ],
)
def test_ampersands_are_what_somebody_wrote(title: str, expected: str) -> None:
    """A bare & survives without a semicolon that nobody wrote; entities of HTML are read."""
    assert headline(title) == expected


def test_bare_ampersands_in_addresses_and_beside_broken_markup() -> None:
    """They are repaired in links, and also where the rest must be read leniently."""
    link = "https://wire.example/a?b=1&copy=2&lt=3"
    feed = parse(rss(item("A&B", link=link) + "<item><br>").encode(), None, URL)
    assert (feed.entries[0].url, feed.entries[0].headline) == (link, "A&B")
    assert any("unescaped &" in problem for problem in feed.problems)


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Hanoi &#xD83D;&#xDE00; talks", "Hanoi 😀 talks"),
        ("Hanoi &#55357;&#56832; talks", "Hanoi 😀 talks"),
        ("Hanoi &amp;#xd83d;&amp;#xde00; talks", "Hanoi 😀 talks"),
        ("A &#xDE00;&#xD83D; B", "A \ufffd\ufffd B"),
        ("A &#xD83D; B &#0; C", "A \ufffd B \ufffd C"),
        ("A &#x1F600; B &#128512;", "A 😀 B 😀"),
        ("A\x0bB \x1f C", "A B C"),
    ],
)
def test_surrogates_and_forbidden_characters(title: str, expected: str) -> None:
    """A pair is its character, half of one a mark; control characters are blanks."""
    assert headline(title) == expected


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("&lt;b&gt;Trump&lt;/b&gt;&lt;br&gt;meets Kim", "Trump meets Kim"),
        ("Trump&lt;br/&gt;meets Kim", "Trump meets Kim"),
        ("&lt;p&gt;Trump&lt;/p&gt;&lt;p&gt;meets Kim&lt;/p&gt;", "Trump meets Kim"),
        ("&lt;div&gt;Live&lt;/div&gt;Trump meets Kim", "Live Trump meets Kim"),
        ("Trump&lt;img src='x'&gt;meets Kim", "Trump meets Kim"),
        ("&lt;h2&gt;Trump&lt;/h2&gt;meets&lt;ul&gt;&lt;li&gt;Kim", "Trump meets Kim"),
        ("&lt;b&gt;T&lt;/b&gt;rump meets K&lt;i&gt;im&lt;/i&gt;", "Trump meets Kim"),
        ("Trump&lt;!-- a &gt; b --&gt; meets Kim", "Trump meets Kim"),
        ("<![CDATA[<b>Trump</b><BR />meets&nbsp;Kim]]>", "Trump meets Kim"),
        ("<![CDATA[AT&T<br>and S&P]]>", "AT&T and S&P"),
        ("3 &lt; 5 and 7 &gt; 6", "3 < 5 and 7 > 6"),
    ],
)
def test_a_tag_between_words_is_a_blank(title: str, expected: str) -> None:
    """Tags that end a line part words; those within a word do not."""
    assert headline(title) == expected


ABOUT_XML = '<!DOCTYPE foo [ <!ENTITY x SYSTEM "file:///etc/hostname"> <!ENTITY y "&x;&x;"> ]>'


@pytest.mark.parametrize(
    "text",
    [
        rss(
            item(
                "Trump meets Kim", f"<description><![CDATA[<pre>{ABOUT_XML}</pre>]]></description>"
            )
        ),
        rss(item("Trump meets Kim"), f'<?xml version="1.0"?><!-- {ABOUT_XML} -->'),
        rss(f"<!-- {ABOUT_XML} -->" + item("Trump meets Kim")),
        rss(
            item(
                "Trump meets Kim", "<description>&lt;!DOCTYPE a [&lt;!ENTITY b 'c'>]></description>"
            )
        ),
        rss(item("<![CDATA[Trump meets <!ENTITY>Kim]]>")),
        rss(
            item("Trump meets Kim"),
            '<?xml version="1.0"?><!DOCTYPE rss PUBLIC "-//Netscape Communications//DTD RSS 0.91//EN"'
            ' "http://my.netscape.com/publish/formats/rss-0.91.dtd">',
        ),
    ],
)
def test_an_article_about_doctypes_is_no_doctype(text: str) -> None:
    """Only what stands before the root element declares anything."""
    assert only_entry(text).headline == "Trump meets Kim"


@pytest.mark.parametrize(
    ("subset", "title", "expected"),
    [
        ('<!ENTITY nbsp "&#160;">', "Trump&nbsp;meets Kim", "Trump meets Kim"),
        ("<!ENTITY co 'Wire &amp; Sons'>", "By &co; today", "By Wire & Sons today"),
        ('<!ENTITY a "x>y"><!-- " --><!ENTITY b "]">', "&a; &b; &#38;c;", "x>y ] &c;"),
        ('<!ENTITY lt "&#38;#60;"> <!ELEMENT rss ANY>', "1 &lt; 2", "1 < 2"),
        (
            '<!ENTITY % lat1 PUBLIC "-//W3C//ENTITIES Latin 1 for XHTML//EN" "lat1.ent"> %lat1;',
            "Caf&eacute;",
            "Café",
        ),
    ],
)
def test_harmless_entities_are_read(subset: str, title: str, expected: str) -> None:
    """An entity that stands for a few characters is replaced by them."""
    text = rss(item(title), f'<?xml version="1.0"?>\n<!DOCTYPE rss [{subset}]>')
    assert only_entry(text).headline == expected


@pytest.mark.parametrize(
    "subset",
    [
        '<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">',
        "<!ENTITY a SYSTEM 'file:///etc/passwd'>",
        '<!ENTITY a PUBLIC "x" "http://10.0.0.1/">',
        "<!ENTITY % p \"<!ENTITY a SYSTEM 'file:///etc/passwd'>\">%p;",
        f'<!ENTITY a "{"a" * (MAX_ENTITY_CHARACTERS + 1)}">',
        "".join(f'<!ENTITY a{n} "a">' for n in range(600)),
        '<!entity a "&b;">',
        '<!-- > --><!ENTITY a "<b>">',
        '<!ENTITY a "unfinished',
    ],
)
def test_harmful_entities_refuse_the_feed(subset: str) -> None:
    """Entities that refer to others, to files or to addresses, or are long or many."""
    text = rss(item("&a;"), f'<?xml version="1.0"?>\n<!DOCTYPE rss [{subset}]>')
    with pytest.raises(InvalidMessage, match="declares entities"):
        parse(text.encode(), None, URL)


def test_harmless_entities_cannot_blow_up() -> None:
    """What they add together is bounded."""
    subset = f'<!ENTITY a "{"a" * MAX_ENTITY_CHARACTERS}">'
    text = rss(item("&a;" * 20_000), f"<!DOCTYPE rss [{subset}]>")
    with pytest.raises(InvalidMessage, match="add more than"):
        parse(text.encode(), None, URL)


@pytest.mark.parametrize("content_type", ["application/x-gzip", "text/xml", None])
def test_a_gz_file_is_a_feed(content_type: str | None) -> None:
    """Whatever the server calls it; also with the name of the file in it, or in two members."""
    text = rss(item("Trump meets Kim")).encode()
    two = gzip.compress(text[:99], mtime=0) + gzip.compress(text[99:], mtime=0)
    for data in (gzip.compress(text, mtime=0), two, gzip.compress(text, mtime=0) + b"\0\0"):
        assert only_entry(data, content_type).headline == "Trump meets Kim"


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (
            gzip.compress(b"<rss/>" * 9, mtime=0)[:-6],
            "gzip file that cannot be unpacked: .* ends too early",
        ),
        (b"\x1f\x8b\x08" + b"rubbish" * 9, "gzip file that cannot be unpacked: broken gzip"),
        (gzip.compress(gzip.compress(b"<rss/>", mtime=0), mtime=0), "gzip inside gzip"),
        (gzip.compress(bytes(MAX_BYTES * 9), 1, mtime=0), "larger than 8388608 bytes"),
        (gzip.compress(b" ", mtime=0), "it is empty"),
    ],
)
def test_a_bad_gz_file_says_so(data: bytes, why: str) -> None:
    """The error says gzip, and a bomb is left after the limit."""
    with pytest.raises(InvalidMessage, match=why):
        parse(data, "application/gzip", URL)


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"<!DOCTYPE html><title>Sign in</title><p>Please &amp; thanks", "it is an HTML page"),
        (b"\n<HTML lang=en><body><item>x</item></body></HTML>", "it is an HTML page"),
        (
            b"<!doctype html><link rel=alternate type='application/rss+xml' href='/feed?a=1&amp;b'>",
            r"it is an HTML page, whose feed is https://wire.example/feed\?a=1&b$",
        ),
        (b"<opml version='2.0'><body><outline xmlUrl='x'/></body></opml>", "it is an OPML list"),
        (
            b"<newsMessage xmlns='http://iptc.org/std/nar/2006-10-01/'/>",
            "it is a NewsML-G2 message",
        ),
        (b"<ns:report xmlns:ns='x'/>", "it is XML with the root element report"),
        (b"%PDF-1.7 x", "it is a PDF file"),
        (b"PK\x03\x04xx", "it is a ZIP file"),
    ],
)
def test_a_format_that_is_no_feed_is_named(data: bytes, name: str) -> None:
    """Who reads the error knows what the address serves, and where the feed may be."""
    with pytest.raises(InvalidMessage, match=f"not a feed: {name}"):
        parse(data, None, URL)


@pytest.mark.parametrize(
    ("author", "expected"),
    [
        ("<author>jane@wire.example (Jane Doe)</author>", "Jane Doe"),
        ("<author>jane.o'hara@wire.example (Jane O'Hara)</author>", "Jane O'Hara"),
        ("<author>Jane Doe &lt;jane@wire.co.uk&gt;</author>", "Jane Doe"),
        ("<author>jane@wire.example, Jane Doe</author>", "Jane Doe"),
        ("<author>Jane Doe (jane@wire.news)</author>", "Jane Doe"),
        ("<author>jane@wire.example</author>", None),
        ("<author>noreply@wire.example ()</author>", None),
        ("<author>Jane Doe (Wire)</author>", "Jane Doe (Wire)"),
        ("<dc:creator>Jane Doe</dc:creator><dc:creator>Li Wei</dc:creator>", "Jane Doe, Li Wei"),
        ("<dc:creator><![CDATA[ Jane\nDoe ]]></dc:creator>", "Jane Doe"),
        (
            "<author>desk@wire.example (Desk)</author><dc:creator>Jane Doe</dc:creator>",
            "Desk, Jane Doe",
        ),
        ("<author>Jane Doe</author><dc:creator>Jane Doe</dc:creator>", "Jane Doe"),
    ],
)
def test_authors_are_names(author: str, expected: str | None) -> None:
    """RSS puts the address first and the name in brackets; Dublin Core has one element each."""
    namespaces = ' xmlns:dc="http://purl.org/dc/elements/1.1/"'
    assert only_entry(rss(item("A", author), more=namespaces)).byline == expected


def test_authors_of_atom_are_all_named() -> None:
    """Each has a name of its own; addresses are left out."""
    authors = "".join(
        f"<author><name>{name}</name><email>x@wire.example</email></author>"
        for name in ("A B", "C D")
    )
    atom = '<feed xmlns="http://www.w3.org/2005/Atom"><title>W</title><entry><title>T</title>'
    atom += f'<link href="/a"/>{authors}</entry></feed>'
    assert only_entry(atom).byline == "A B, C D"


@pytest.mark.parametrize(
    ("base", "link", "expected"),
    [
        ("", "/a", "https://wire.example/a"),
        ("", "a?b=1", "https://wire.example/news/a?b=1"),
        ("", "//other.example/a", "https://other.example/a"),
        (' xml:base="https://base.example/x/"', "a", "https://base.example/x/a"),
        (' xml:base="/x/"', "a", "https://wire.example/x/a"),
        ("", " \n /a ", "https://wire.example/a"),
    ],
)
def test_links_are_relative_to_where_the_feed_lies(base: str, link: str, expected: str) -> None:
    """Either to xml:base, or to the address that the feed came from."""
    assert only_entry(rss(item("A", link=link), more=base)).url == expected


@given(st.text(alphabet="<>&;#xDamp!-[]CAT\"' \n\ud83d\x00é", max_size=60))
def test_any_title_ends_as_a_feed_or_as_invalid(title: str) -> None:
    """Repairing never raises anything else, and every text can be written as UTF-8."""
    data = rss(item(title)).encode("utf-8", "surrogatepass")
    try:
        feed = parse(data, None, URL)
    except InvalidMessage:
        return
    for entry in feed.entries:
        (entry.headline or "").encode()


def test_deflate_is_no_file_format() -> None:
    """Bare zlib data is no feed: nothing says so but an HTTP header, which the client reads."""
    with pytest.raises(InvalidMessage, match="not a feed"):
        parse(zlib.compress(rss(item("A")).encode()), None, URL)
