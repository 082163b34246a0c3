"""NewsML-G2 and NITF: items, messages and packages; what is refused, and what waits."""

from datetime import UTC, datetime

import pytest

from services.cleaner.pipeline import clean
from services.fetcher.parsing.feed_entry import FeedEntry, ParsedFeed
from services.fetcher.parsing.feed_parser import parse
from services.fetcher.polling.build_article import build_article, to_page
from services.fetcher.sources.feeds_file import FeedSpec
from shared.base.outcomes import InvalidMessage
from shared.messages.schemas import CleanArticle

NOW = datetime(2019, 2, 28, tzinfo=UTC)
SPEC = FeedSpec(url="https://wire.example/g2", source="wire", interval_s=10)
G2 = 'xmlns="http://iptc.org/std/nar/2006-10-01/"'
TEXT = (
    "The two leaders met for dinner on Wednesday and will meet again on Thursday morning, "
    "officials of both delegations said."
)
XHTML = (
    '<inlineXML contenttype="application/xhtml+xml"><html xmlns="http://www.w3.org/1999/xhtml">'
    f"<head><title>x</title></head><body><p>{TEXT}</p></body></html></inlineXML>"
)
INLINE_NITF = (
    '<inlineXML contenttype="application/nitf+xml"><nitf xmlns="http://iptc.org/std/NITF/2006-10-18/">'
    f"<body><body.head/><body.content><p>{TEXT}</p></body.content></body></nitf></inlineXML>"
)
PLAIN = f'<inlineData contenttype="text/plain">{TEXT}</inlineData>'


def item(
    content: str = XHTML,
    *,
    guid: str = "urn:newsml:wire.example:1",
    version: str = "1",
    status: str = '<pubStatus qcode="stat:usable"/>',
    more: str = "",
    namespace: str = G2,
) -> str:
    return f"""<newsItem {namespace} guid="{guid}" version="{version}" xml:lang="en-GB">
      <itemMeta><itemClass qcode="ninat:text"/><versionCreated>2019-02-27T13:00:00Z</versionCreated>
       <firstCreated>2019-02-27T12:00:00Z</firstCreated>{more}{status}</itemMeta>
      <contentMeta><headline>Leaders meet in <i>Hanoi</i></headline><by>By Ann Lee</by></contentMeta>
      <contentSet>{content}</contentSet></newsItem>"""


def message(*items: str) -> str:
    inner = "".join(items)
    return (
        f"<newsMessage {G2}><header><sent>2019-02-27T13:00:01Z</sent></header>"
        f"<itemSet>{inner}</itemSet></newsMessage>"
    )


def read(text: str) -> ParsedFeed:
    return parse(text.encode(), "application/vnd.iptc.g2.newsmessage+xml", SPEC.url)


def article_of(entry: FeedEntry) -> CleanArticle:
    assert entry.document is not None
    cleaned = clean(build_article(SPEC, entry, to_page(entry.document), NOW))
    assert isinstance(cleaned, CleanArticle)
    return cleaned


@pytest.mark.parametrize("content", [XHTML, INLINE_NITF, PLAIN])
def test_an_item_is_an_entry_with_its_own_text(content: str) -> None:
    """Whatever its text is written in; guid and version are the item's."""
    (entry,) = read(item(content, version="3")).entries
    assert (entry.uri, entry.headline, entry.byline, entry.language) == (
        "urn:newsml:wire.example:1",
        "Leaders meet in Hanoi",
        "By Ann Lee",
        "en-GB",
    )
    article = article_of(entry)
    assert (article.body, article.version, article.headline) == (TEXT, 3, "Leaders meet in Hanoi")
    assert article.event_time == datetime(2019, 2, 27, 12, tzinfo=UTC)


def test_each_item_of_a_message_is_an_article() -> None:
    """Pictures are left out, and an older version of an item is, too."""
    picture = item(
        '<remoteContent href="http://w.example/a.jpg" contenttype="image/jpeg"/>', guid="p"
    )
    first, second = item(guid="urn:a", version="2"), item(PLAIN, guid="urn:b")
    parsed = read(message(item(guid="urn:a", version="1"), picture, first, second))
    assert [(e.uri, article_of(e).version) for e in parsed.entries] == [("urn:a", 2), ("urn:b", 1)]
    assert parsed.problems == ("items without text, like pictures, are left out: 1",)


def test_namespaces_on_every_prefix_mean_the_same() -> None:
    """The item taken out of its message stays one that the cleaner reads."""
    text = message(item())
    for name in ("newsMessage", "header", "sent", "itemSet", "newsItem", "itemMeta", "itemClass"):
        text = text.replace(f"<{name}", f"<n:{name}").replace(f"</{name}", f"</n:{name}")
    for name in ("versionCreated", "firstCreated", "pubStatus", "contentMeta", "headline", "by>"):
        text = text.replace(f"<{name}", f"<n:{name}").replace(f"</{name}", f"</n:{name}")
    for name in ("contentSet", "inlineXML"):
        text = text.replace(f"<{name}", f"<n:{name}").replace(f"</{name}", f"</n:{name}")
    text = text.replace(f" {G2}", "").replace(
        "<n:newsMessage", '<n:newsMessage xmlns:n="http://iptc.org/std/nar/2006-10-01/"'
    )
    (entry,) = read(text).entries
    assert article_of(entry).body == TEXT


@pytest.mark.parametrize(
    ("status", "pubstatus"),
    [
        ('<pubStatus qcode="stat:canceled"/>', "canceled"),
        ('<pubStatus qcode="stat:withheld"/>', "withheld"),
        ('<pubStatus uri="http://cv.iptc.org/newscodes/pubstatusg2/canceled"/>', "canceled"),
        ("<pubStatus/>", "usable"),
        ("", "usable"),
    ],
)
def test_a_kill_and_what_is_withheld_go_on_with_their_status(status: str, pubstatus: str) -> None:
    """Without a text as well; a kill does not wait for its embargo."""
    content = "" if pubstatus != "usable" else PLAIN
    embargo = "<embargoed>2030-01-01T00:00:00Z</embargoed>" if pubstatus == "canceled" else ""
    (entry,) = read(item(content, status=status, more=embargo)).entries
    assert entry.not_before is None
    assert article_of(entry).pubstatus == pubstatus


def test_an_embargo_waits() -> None:
    """Until its time, to the second."""
    (entry,) = read(item(more="<embargoed>2019-03-01T06:00:00-05:00</embargoed>")).entries
    assert entry.not_before == datetime(2019, 3, 1, 11, tzinfo=UTC)


def test_remote_text_is_downloaded_under_the_item_s_identity() -> None:
    """What is a picture is not the text."""
    remote = (
        '<remoteContent href="http://wire.example/1.jpg" contenttype="image/jpeg"/>'
        '<remoteContent href="https://wire.example/1.html" contenttype="text/html"/>'
    )
    (entry,) = read(item(remote)).entries
    assert (entry.url, entry.uri, entry.document) == (
        "https://wire.example/1.html",
        "urn:newsml:wire.example:1",
        None,
    )


def test_a_package_lists_what_is_not_beside_it() -> None:
    """References with an address are downloaded, unless the message has the item or it is withheld."""
    package = f"""<packageItem {G2} guid="urn:p" version="1"><itemMeta/><groupSet root="g"><group id="g">
      <itemRef residref="urn:a" href="https://wire.example/a"><title>A</title></itemRef>
      <itemRef residref="urn:c" href="https://wire.example/c" version="2"
        contenttype="application/vnd.iptc.g2.newsitem+xml"><headline>C</headline></itemRef>
      <itemRef residref="urn:d" href="https://wire.example/d.jpg" contenttype="image/jpeg"/>
      <itemRef residref="urn:e"/></group></groupSet></packageItem>"""
    parsed = read(message(item(guid="urn:a"), package))
    assert [(e.uri, e.url, e.headline) for e in parsed.entries] == [
        ("urn:a", "urn:a", "Leaders meet in Hanoi"),
        ("urn:c", "https://wire.example/c", "C"),
    ]
    canceled = package.replace(
        "<itemMeta/>", '<itemMeta><pubStatus qcode="stat:canceled"/></itemMeta>'
    )
    assert read(canceled).entries == ()


def test_items_inside_items_are_part_of_the_outer_one() -> None:
    """Else each level would hold all levels in it again."""
    parsed = read(message(item(item(item(guid="urn:c"), guid="urn:b"), guid="urn:a")))
    assert len(parsed.entries) + len(parsed.problems) == 1


def test_a_message_without_items_is_an_empty_feed() -> None:
    """Agencies send them as a sign of life."""
    assert read(message()).entries == ()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (item().replace("</itemMeta>", ""), "broken XML"),
        ("<newsItem guid='a'/>", "without a set of items"),
        ('<!DOCTYPE newsItem [<!ENTITY a SYSTEM "file:///etc/passwd">]>' + item("&a;"), "entities"),
        ("<newsItem>" * 100_000, "broken XML"),
    ],
)
def test_harmful_and_broken_documents_are_refused(text: str, says: str) -> None:
    """As feeds are: no entity is loaded, and depth has a limit."""
    with pytest.raises(InvalidMessage, match=says):
        read(text)


NITF = """<?xml version="1.0" encoding="iso-8859-1"?>
<!DOCTYPE nitf SYSTEM "http://www.nitf.org/IPTC/NITF/3.4/specification/dtd/nitf-3-4.dtd">
<nitf xml:lang="de"><head><title>Titel</title><docdata management-status="usable">
 <doc-id id-string="urn:wire:nitf:1"/><urgency ed-urg="2"/><date.issue norm="20190227T120000Z"/>
 <du-key version="4"/></docdata></head><body><body.head><hedline><hl1>F\u00fcnf Minister in Hanoi</hl1>
 </hedline><byline>Von Ann Lee</byline><dateline><location>HANOI</location></dateline></body.head>
 <body.content><p>Die beiden Delegationen trafen sich am Mittwoch zu einem Abendessen.</p>
 <p>Am Donnerstag sollen die Gespr\u00e4che weitergehen, sagte ein Sprecher.</p></body.content>
</body></nitf>"""


def test_a_nitf_article_is_read_as_a_wire_item() -> None:
    """Its fields are taken as they are, like those of the newer formats."""
    (entry,) = parse(NITF.encode("latin-1"), "text/xml", SPEC.url).entries
    assert (entry.uri, entry.language, entry.headline) == (
        "urn:wire:nitf:1",
        "de",
        "F\u00fcnf Minister in Hanoi",
    )
    article = article_of(entry)
    assert (article.version, article.urgency, article.located, article.byline) == (
        4,
        2,
        "HANOI",
        "Von Ann Lee",
    )
    assert len(article.paragraphs) == 2
    assert article.event_time == datetime(2019, 2, 27, 12, tzinfo=UTC)
    assert article.evidence["body"] == "nitf"


@pytest.mark.parametrize(
    ("status", "pubstatus"),
    [("killed", "canceled"), ("hold", "withheld"), ("embargoed", "withheld")],
)
def test_the_status_of_a_nitf_article(status: str, pubstatus: str) -> None:
    """An embargo without an end is withheld."""
    text = NITF.replace('"usable"', f'"{status}"')
    (entry,) = parse(text.encode("latin-1"), None, SPEC.url).entries
    assert article_of(entry).pubstatus == pubstatus


def test_the_embargo_of_a_nitf_article() -> None:
    """With an end it waits, and is then usable."""
    text = NITF.replace('"usable"', '"embargoed"').replace(
        "<du-key", '<date.release norm="20190301T060000Z"/><du-key'
    )
    (entry,) = parse(text.encode("latin-1"), None, SPEC.url).entries
    assert entry.not_before == datetime(2019, 3, 1, 6, tzinfo=UTC)
    assert article_of(entry).pubstatus == "usable"
