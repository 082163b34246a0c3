"""A dropped file by its content: one article, a list of them, or an error."""

import gzip

import orjson
import pytest

from services.fetcher.drop_box.dropped_file import may_be_cut_off, read_dropped_file
from shared.base.outcomes import InvalidMessage

TEXT = "HANOI - The two delegations will meet again on Thursday, officials said."
ITEM = orjson.dumps({"uri": "urn:wire:1", "headline": "H", "body_text": TEXT})
NEWSML = (
    '<newsItem xmlns="http://iptc.org/std/nar/2006-10-01/" guid="urn:g2:1"><contentSet>'
    f'<inlineData contenttype="text/plain">{TEXT}</inlineData></contentSet></newsItem>'
).encode()
NITF = b"<nitf><head><docdata><doc-id id-string='urn:n:1'/></docdata></head><body/></nitf>"
RSS = (
    b"<?xml version='1.0'?><rss version='2.0'><channel><item><title>T</title>"
    b"<link>https://wire.example/a</link></item></channel></rss>"
)
PAGE = (
    f"<!DOCTYPE html><html><head><title>T</title></head><body><p>{TEXT}</p></body></html>".encode()
)


@pytest.mark.parametrize(
    ("name", "data", "uri"),
    [
        ("a.json", ITEM, "urn:wire:1"),
        ("a", ITEM, "urn:wire:1"),
        ("a.bin", b"\xef\xbb\xbf" + NEWSML, "urn:g2:1"),
        ("a.xml", NITF, "urn:n:1"),
        ("a.xml.gz", gzip.compress(NEWSML), "urn:g2:1"),
        ("a.rss", RSS, None),
        ("a.html", PAGE, "urn:summitwire:drop:wire/a.html"),
        ("a.htm", PAGE.partition(b"<body>")[2], "urn:summitwire:drop:wire/a.htm"),
        ("Bericht 1.txt", TEXT.encode(), "urn:summitwire:drop:wire/Bericht%201.txt"),
        ("a.txt", b'{"quoted": "json"}', "urn:summitwire:drop:wire/a.txt"),
        ("caf\udce9.txt", TEXT.encode(), "urn:summitwire:drop:wire/caf%E9.txt"),
        ("a.txt", "\ufeffHánoi".encode("utf-16"), "urn:summitwire:drop:wire/a.txt"),
        ("a.txt.gz", gzip.compress(TEXT.encode()), "urn:summitwire:drop:wire/a.txt.gz"),
    ],
)
def test_what_a_file_is_follows_from_its_content(name: str, data: bytes, uri: str | None) -> None:
    """A name decides only whether JSON is quoted by a text."""
    (entry,) = read_dropped_file(data, name, "wire").entries
    assert entry.uri == uri
    assert (entry.document is None) == (uri is None)


def test_the_same_name_again_is_a_new_version() -> None:
    """And the same content is the same entry."""
    (first,) = read_dropped_file(b"one", "a.txt", "wire").entries
    (same,) = read_dropped_file(b"one", "a.txt", "wire").entries
    (other,) = read_dropped_file(b"two", "a.txt", "wire").entries
    assert first.uri == other.uri
    assert first.key == same.key != other.key


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        ("a.xml", b" \n", "empty"),
        ("a.jpg", b"\xff\xd8\xff\x00\x01", "neither text nor XML nor JSON"),
        ("a.json", b'{"uri": "urn:1", "headl', "broken JSON"),
        ("a.json", b'{"id": 1}', "without items of ninjs"),
        ("a.xml", NEWSML[:-20], "broken XML"),
        ("a.xml", b"<report/>", "root element report"),
        (
            "a.xml",
            b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><newsItem>&b;',
            "entities",
        ),
        ("a.gz", b"\x1f\x8bbroken", "unpacked"),
    ],
)
def test_what_cannot_be_read_says_why(name: str, data: bytes, says: str) -> None:
    """It goes into failed/, with these words."""
    with pytest.raises(InvalidMessage, match=says):
        read_dropped_file(data, name, "wire")


@pytest.mark.parametrize("data", [PAGE[:-7], RSS[:-30]])
def test_a_page_or_feed_without_its_end_may_be_cut_off(data: bytes) -> None:
    """It is read again before it counts as complete."""
    assert may_be_cut_off(data, read_dropped_file(data, "a.html", "wire"))


@pytest.mark.parametrize(
    ("name", "data"), [("a.html", PAGE), ("a.rss", RSS), ("a.txt", b"x"), ("a.htm", b"<p>x")]
)
def test_what_has_its_end_is_not_cut_off(name: str, data: bytes) -> None:
    """A fragment of a page and a text have none to miss."""
    assert not may_be_cut_off(data, read_dropped_file(data, name, "wire"))
