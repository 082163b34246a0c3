"""Every version of RSS and Atom, and the forms in which an entry states its address and texts."""

from datetime import UTC, datetime

import pytest

from services.fetcher.parsing.feed_entry import FeedEntry, ParsedFeed
from services.fetcher.parsing.feed_parser import parse
from shared.base.outcomes import InvalidMessage

URL = "https://wire.example/news/feed.xml"
NOON = datetime(2019, 2, 27, 12, tzinfo=UTC)
RDF = 'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"'
DC = 'xmlns:dc="http://purl.org/dc/elements/1.1/"'
PREFIXES = (
    f'{DC} xmlns:media="http://search.yahoo.com/mrss/" xmlns:atom="http://www.w3.org/2005/Atom" '
    'xmlns:dcterms="http://purl.org/dc/terms/"'
)
LINK = "<link>https://wire.example/l</link>"
IMAGE = (
    "<image><title>Picture</title><url>https://wire.example/i.png</url>"
    "<link>https://wire.example/image</link></image>"
)


def read(text: str) -> ParsedFeed:
    return parse(text.encode(), "text/xml", URL)


def rss(item: str) -> ParsedFeed:
    return read(
        f'<rss version="2.0" {PREFIXES}><channel><title>W</title><language>en-us</language>'
        f"<item>{item}</item></channel></rss>"
    )


def atom(entry: str, head: str = "") -> ParsedFeed:
    return read(
        '<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en" xml:base="https://base.example/b/">'
        f"{head}<entry><title>T</title>{entry}</entry></feed>"
    )


def only(parsed: ParsedFeed) -> FeedEntry:
    (entry,) = parsed.entries
    return entry


OLD_FEEDS = {
    "Atom 0.3": """<feed version="0.3" xmlns="http://purl.org/atom/ns#" xml:lang="de"><entry>
      <title mode="escaped" type="text/html">A &amp;amp; &lt;b&gt;B&lt;/b&gt;</title>
      <link rel="service.edit" href="https://wire.example/edit"/><link rel="alternate" href="a.html"/>
      <id>tag:1</id><issued>2019-02-27T21:00:00+09:00</issued><modified>2019-02-28T01:00:00Z</modified>
      <author><name>Ann Lee</name><email>ann@wire.example</email></author></entry></feed>""",
    "RSS 0.90": f"""<rdf:RDF {RDF} xmlns="http://my.netscape.com/rdf/simple/0.9/">
      <channel><title>W</title><link>https://wire.example</link></channel>
      <item><title>A &amp; B</title><link>a.html</link></item></rdf:RDF>""",
    "RSS 0.91": """<!DOCTYPE rss PUBLIC "-//Netscape Communications//DTD RSS 0.91//EN"
      "http://my.netscape.com/publish/formats/rss-0.91.dtd"><rss version="0.91"><channel>
      <language>de</language><textInput><title>Find</title><name>q</name><link>/find</link></textInput>
      <item><title>A &#38; B</title><link>a.html</link></item></channel></rss>""",
    **{
        f"RSS {version}": f"""<rss version="{version}"><channel><language>de</language>
      <item><title>A &amp;amp; B</title><source url="https://other.example/rss">Other</source>
      <link>a.html</link><pubDate>Wed, 27 Feb 2019 12:00:00 GMT</pubDate>
      <author>ann@wire.example (Ann Lee)</author></item></channel></rss>"""
        for version in ("0.92", "0.93", "0.94")
    },
    "RSS 1.0": f"""<rdf:RDF {RDF} {DC} xmlns="http://purl.org/rss/1.0/">
      <channel rdf:about="https://wire.example/"><title>W</title><dc:language>de</dc:language></channel>
      <image rdf:about="i"><title>W</title><url>u</url><link>https://wire.example/</link></image>
      <textinput rdf:about="t"><title>Find</title><name>q</name><link>/find</link></textinput>
      <item rdf:about="a.html"><title>A &amp; B</title><link>a.html</link>
      <dc:date>2019-02-27T21:00+09:00</dc:date><dc:creator>Ann Lee</dc:creator></item></rdf:RDF>""",
}


@pytest.mark.parametrize("version", list(OLD_FEEDS))
def test_every_version_is_read(version: str) -> None:
    """Title, address, language, author and time, as far as the version has them."""
    parsed = read(OLD_FEEDS[version])
    entry = only(parsed)
    assert (parsed.format_name, parsed.problems) == (version, ())
    assert (entry.headline, entry.url) == ("A & B", "https://wire.example/news/a.html")
    if version != "RSS 0.90":
        assert entry.language == "de"
    if version > "RSS 0.91" or version == "Atom 0.3":
        assert (entry.byline, entry.published_at) == ("Ann Lee", NOON)


@pytest.mark.parametrize("prefix", ["x:", ""])
def test_rss_in_a_namespace(prefix: str) -> None:
    """With and without a prefix on every element."""
    declaration = f'xmlns{":x" if prefix else ""}="http://backend.userland.com/rss2"'
    names = ("rss", "channel", "item", "title", "link")
    text = f'<rss version="2.0" {declaration}><channel><item><title>T</title>{LINK}'
    text += "</item></channel></rss>"
    for name in names:
        text = text.replace(f"<{name}>", f"<{prefix}{name}>").replace(
            f"</{name}", f"</{prefix}{name}"
        )
        text = text.replace(f"<{name} ", f"<{prefix}{name} ")
    assert only(read(text)).url == "https://wire.example/l"


@pytest.mark.parametrize(
    ("item", "url"),
    [
        ("<guid>https://wire.example/g</guid>", "g"),
        ('<guid isPermaLink="TRUE">https://wire.example/g</guid>', "g"),
        ('<guid isPermaLink="false">https://wire.example/?p=1</guid>', "?p=1"),
        (f'{LINK}<guid isPermaLink="true">https://wire.example/g</guid>', "l"),
        ("<link><![CDATA[ https://wire.example/c?a=1&b=2 ]]></link>", "c?a=1&b=2"),
        ('<atom:link href="https://wire.example/a" rel="alternate"/>', "a"),
        (f'<atom:link href="https://wire.example/self" rel="self"/>{LINK}', "l"),
        (f'{LINK}<atom:link href="https://hub.example/" rel="hub"/>', "l"),
        ('<link href="https://wire.example/h"/>', "h"),
        ('<enclosure url="https://wire.example/e.html" type="text/html"/>', "e.html"),
        (f'<enclosure url="https://wire.example/e.mp3" type="audio/mpeg"/>{LINK}', "l"),
        (f'{LINK}<source url="https://other.example/rss">Other</source>', "l"),
        (f"{IMAGE}{LINK}", "l"),
        (f"{LINK}{IMAGE}", "l"),
        (f'{LINK}<media:content url="https://wire.example/v.mp4"/>', "l"),
        ("<link>//wire.example/p</link>", "p"),
        ("<link>tag:wire.example,2019:1</link><guid>https://wire.example/g</guid>", "g"),
    ],
)
def test_where_an_item_has_its_address(item: str, url: str) -> None:
    """In its link, else in its guid, else in an enclosure that is a page."""
    assert only(rss(f"<title>T</title>{item}")).url == f"https://wire.example/{url}"


@pytest.mark.parametrize(
    ("item", "problem"),
    [
        ("", "it has no link"),
        ('<guid isPermaLink="false">tag:1</guid>', "it has no link"),
        ('<media:content url="https://wire.example/i.jpg"/>', "it has no link"),
        ("<comments>https://wire.example/c#comments</comments>", "it has no link"),
        (
            '<enclosure url="https://wire.example/a.mp3" type="audio/mpeg"/>',
            "it has no link, only an enclosure: audio/mpeg",
        ),
        ("<link>mailto:desk@wire.example</link>", "not an http or https URL"),
    ],
)
def test_an_item_without_an_address_is_a_problem(item: str, problem: str) -> None:
    """Which says what there is instead; the other items are read."""
    parsed = rss(f"<title>T</title>{item}</item><item><title>U</title>{LINK}")
    assert [entry.headline for entry in parsed.entries] == ["U"]
    assert problem in parsed.problems[0]


@pytest.mark.parametrize(
    "item",
    [
        f"<title><![CDATA[Talks & <b>dinner</b>]]></title>{LINK}{IMAGE}",
        f"{IMAGE}<title>Talks &amp;amp; dinner</title>{LINK}",
        f"<dc:title>Talks &amp; dinner</dc:title>{LINK}",
        f"<media:group><media:title>Clip</media:title></media:group><title>Talks &amp; dinner</title>{LINK}",
        f"<title>Talks &amp; dinner</title>{LINK}<media:content url='a.jpg'><media:title>Pic</media:title></media:content>",
    ],
)
def test_the_headline_is_the_item_s_title(item: str) -> None:
    """Not that of a picture in it, wherever it stands."""
    assert only(rss(item)).headline == "Talks & dinner"


@pytest.mark.parametrize(
    "times",
    [
        "<pubDate>Wed, 27 Feb 2019 12:00:00 GMT</pubDate>",
        "<dc:date>2019-02-27T12:00:00Z</dc:date>",
        "<dcterms:issued>2019-02-27T21:00:00+09:00</dcterms:issued>",
        "<dcterms:created>2019-02-27T12:00:00Z</dcterms:created>",
        "<dcterms:issued>2019-02-27T12:00:00Z</dcterms:issued><dcterms:modified>2019-02-28</dcterms:modified>",
    ],
)
def test_times_of_dublin_core(times: str) -> None:
    """The time of publication comes before that of a change."""
    assert only(rss(f"<title>T</title>{LINK}{times}")).published_at == NOON


def test_languages_of_items() -> None:
    """An item's own comes before the feed's."""
    assert only(rss(f"<title>T</title>{LINK}<dc:language>ko</dc:language>")).language == "ko"
    assert only(rss(f'<title xml:lang="fr">T</title>{LINK}')).language == "fr"
    assert only(rss(f"<title>T</title>{LINK}")).language == "en-US"


@pytest.mark.parametrize(
    ("entry", "url"),
    [
        (
            (
                '<link rel="enclosure" href="e.mp3" type="audio/mpeg"/><link rel="self" href="s"/>'
                '<link rel="alternate" type="text/html" href="alt"/>'
            ),
            "https://base.example/b/alt",
        ),
        (
            (
                '<link rel="alternate" type="application/json" href="a.json"/>'
                '<link rel="alternate" type="text/html" href="a.html"/>'
            ),
            "https://base.example/b/a.html",
        ),
        ("<id>https://wire.example/id</id>", "https://wire.example/id"),
        (
            '<link rel="self" href="self.xml"/><id>https://wire.example/id</id>',
            "https://wire.example/id",
        ),
        (
            '<id>tag:1</id><content type="text/html" src="https://wire.example/src"/>',
            "https://wire.example/src",
        ),
        (
            (
                '<link href="https://wire.example/d"/><source><id>urn:s</id>'
                '<link href="https://source.example/"/></source>'
            ),
            "https://wire.example/d",
        ),
    ],
)
def test_where_an_atom_entry_has_its_address(entry: str, url: str) -> None:
    """The alternate page, relative to xml:base, else the id, else the content's address."""
    assert only(atom(entry)).url == url


def test_a_base_in_the_entry_is_relative_to_the_feed_s() -> None:
    """RFC 4287 takes xml:base from XML Base."""
    parsed = read(
        '<feed xmlns="http://www.w3.org/2005/Atom" xml:base="/b/"><entry xml:base="c/">'
        '<title>T</title><link href="d"/></entry></feed>'
    )
    assert only(parsed).url == "https://wire.example/b/c/d"


def test_in_atom_the_feed_s_author_is_that_of_entries_without_one() -> None:
    """RFC 4287, 4.2.1; in RSS the channel's editor is no author."""
    author = "<author><name>The desk</name></author>"
    assert only(atom('<link href="d"/>', author)).byline == "The desk"
    assert (
        only(atom(f'<link href="d"/>{author.replace("The desk", "Ann")}', author)).byline == "Ann"
    )


def test_a_tag_id_alone_is_no_link() -> None:
    """And the problem does not speak of a URL that nobody wrote."""
    assert atom("<id>tag:1</id>").problems == ("entry 1: it has no link",)


def test_what_breaks_the_library_is_an_error_of_this_feed() -> None:
    """An element that feedparser expects elsewhere is no bug of ours, and named."""
    with pytest.raises(InvalidMessage, match="feedparser cannot read it: KeyError"):
        rss(f"<title>T</title><textInput><title>Find</title><link>/find</link></textInput>{LINK}")
