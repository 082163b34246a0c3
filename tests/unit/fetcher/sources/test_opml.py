"""OPML: lists of other readers come in, ours go out, and no list harms."""

import time

import pytest

from services.fetcher.sources.feeds_file import FeedSpec
from services.fetcher.sources.opml import OpmlFeed, read_opml, write_opml
from shared.base.outcomes import InvalidMessage

HEAD = (
    '<?xml version="1.0" encoding="utf-8"?><opml version="1.0"><head><title>t</title></head><body>'
)


def test_the_feeds_of_all_folders_are_read() -> None:
    """In order, each once; folders, notes and links to pages are no feeds."""
    listed = read_opml(
        f"""{HEAD}
<outline text="Asia">
  <outline type="rss" text="Yonhap &amp; more" title="Yonhap" xmlUrl="https://en.yna.example/RSS/news.xml" htmlUrl="https://en.yna.example/" language="en-US"/>
  <outline text="Korea"><outline XMLURL=" https://www.hani.example/rss#top " TEXT="한겨레"/></outline>
</outline>
<outline type="link" text="A page" url="https://n.example/"/>
<outline type="rss" text="Again" xmlUrl="https://en.yna.example/RSS/news.xml"/>
<outline type="rss" text="Off" xmlUrl="http://feeds.feedburner.com/x" htmlUrl="https://www.focus.example/" isComment="true"/>
</body></opml>""".encode()
    )
    assert listed.problems == ()
    assert listed.feeds == (
        OpmlFeed(
            url="https://en.yna.example/RSS/news.xml",
            source="yna.example",
            name="Yonhap",
            language="en-US",
        ),
        OpmlFeed(url="https://www.hani.example/rss", source="hani.example", name="한겨레"),
        OpmlFeed(
            url="http://feeds.feedburner.com/x", source="focus.example", name="Off", enabled=False
        ),
    )


@pytest.mark.parametrize(
    ("address", "url", "source"),
    [
        ("feed://n.example/rss", "https://n.example/rss", "n.example"),
        ("feed:https://n.example/rss", "https://n.example/rss", "n.example"),
        ("FEED:http://n.example/rss", "http://n.example/rss", "n.example"),
        ("feed://http://n.example/rss", "http://n.example/rss", "n.example"),
        ("https://한겨레.example/rss", "https://한겨레.example/rss", "xn--h89at9srwx.example"),
        ("https://zürich.example/rss", "https://zürich.example/rss", "xn--zrich-kva.example"),
        ("http://[2001:db8::1]/rss", "http://[2001:db8::1]/rss", "2001-db8--1"),
    ],
)
def test_old_schemes_are_read_and_each_host_is_a_source(
    address: str, url: str, source: str
) -> None:
    """Sites that share a source would share what it repeats; "unknown" is none of them."""
    listed = read_opml(f'{HEAD}<outline text="N" xmlUrl="{address}"/></body></opml>'.encode())
    assert [(feed.url, feed.source) for feed in listed.feeds] == [(url, source)]


def test_a_bare_ampersand_is_repaired_as_in_feeds() -> None:
    """Many readers write addresses unescaped; nothing is lost."""
    listed = read_opml(
        f'{HEAD}<outline text="A & B" xmlUrl="https://n.example/f?a=1&b=2"/></body></opml>'.encode()
    )
    assert [(feed.url, feed.name) for feed in listed.feeds] == [
        ("https://n.example/f?a=1&b=2", "A & B")
    ]
    assert (listed.problems, len(listed.repairs)) == ((), 1)


def test_what_is_exported_can_be_imported() -> None:
    """Names with markup and addresses with parameters, too; secrets are no part of it."""
    feeds = (
        FeedSpec(
            url="https://n.example/f?a=1&b=<2>",
            source="n.example",
            interval_s=60,
            name='Smith & "Sons" <ltd>',
            language="ko",
            headers={"Authorization": "Bearer s3cr3t"},
        ),
        FeedSpec(url="https://m.example/", source="m.example", interval_s=60, enabled=False),
    )
    text = write_opml(feeds, "My feeds")
    assert "s3cr3t" not in text
    again = read_opml(text.encode())
    assert again.problems == ()
    assert [(each.url, each.name, each.language, each.enabled) for each in again.feeds] == [
        ("https://n.example/f?a=1&b=<2>", 'Smith & "Sons" <ltd>', "ko", True),
        ("https://m.example/", "m.example", None, False),
    ]
    assert text.startswith('<?xml version="1.0" encoding="UTF-8"?>\n<opml version="2.0">')


def test_a_feed_that_cannot_be_taken_over_is_told_and_the_others_are_read() -> None:
    """With its name; a password in an address is not shown."""
    listed = read_opml(
        f"""{HEAD}
<outline text="Local file" xmlUrl="file:///etc/passwd"/>
<outline text="Secret" xmlUrl="https://u:s3cr3t@n.example/f"/>
<outline text="Good" xmlUrl="https://n.example/f"/></body></opml>""".encode()
    )
    assert [feed.name for feed in listed.feeds] == ["Good"]
    assert [problem.partition(":")[0] for problem in listed.problems] == ["Local file", "Secret"]
    assert "s3cr3t" not in "".join(listed.problems)


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "it is empty"),
        (b"<html></html>", "not an OPML list: it is XML with the root element html"),
        (b'<rss version="2.0"><channel/></rss>', "the root element rss"),
        (f"{HEAD}<outline".encode(), "broken XML at line 1"),
        (
            b'<!DOCTYPE opml [<!ENTITY a "aaaaaaaa"><!ENTITY b "&a;&a;&a;">]><opml>&b;</opml>',
            "DOCTYPE declares entities",
        ),
        (
            b'<!DOCTYPE opml [<!ENTITY x SYSTEM "file:///etc/passwd">]><opml>&x;</opml>',
            "DOCTYPE declares entities",
        ),
    ],
)
def test_what_is_no_list_says_so(data: bytes, why: str) -> None:
    """And nothing is expanded or loaded."""
    with pytest.raises(InvalidMessage, match=why):
        read_opml(data)


@pytest.mark.parametrize("body", ["<outline>" * 60_000, "&" * 500_000, "<outline text='" * 40_000])
def test_a_hostile_list_takes_no_long_time(body: str) -> None:
    """Deeply nested or full of references."""
    began = time.process_time()
    with pytest.raises(InvalidMessage):
        read_opml(f"{HEAD}{body}".encode())
    assert time.process_time() - began < 3
