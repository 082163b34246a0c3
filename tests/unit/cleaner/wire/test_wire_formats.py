"""ninjs and NewsML-G2: fields are taken as they are, and bad items are refused."""

import gzip
import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from services.cleaner.decoding.decompress import MAX_BYTES, decompress
from services.cleaner.drop_reasons import CleanDrop
from services.cleaner.pipeline import clean
from shared.base.outcomes import Drop, InvalidMessage
from shared.messages.schemas import CleanArticle, RawArticle

BuildRaw = Callable[..., RawArticle]

LEAD = (
    "SEOUL, Sept. 11 (Example) - The two delegations met for three hours on Tuesday and agreed to "
    "meet again."
)
NEXT = "A spokeswoman for the ministry said that both sides had been frank."
NINJS_1 = {
    "uri": "urn:example:1",
    "version": "3",
    "headline": "Delegations to meet again",
    "byline": "By Ann Lee",
    "located": "SEOUL",
    "language": "en-GB",
    "firstcreated": "2018-09-11T09:30:00+09:00",
    "versioncreated": "2018-09-11T10:30:00+09:00",
    "pubstatus": "usable",
    "urgency": 2,
    "body_html": f"<p>{LEAD}</p><ul><li>{NEXT}</li></ul>",
}
NINJS_3 = {
    "uri": "urn:example:1",
    "headlines": [
        {"role": "short", "value": "Talks"},
        {"role": "main", "value": "Delegations to meet again"},
    ],
    "bodies": [{"role": "main", "contentType": "text/plain", "value": f"{LEAD}\n\n{NEXT}"}],
    "people": [{"name": "Ann Lee", "rel": "author"}, {"name": "Kim Jong Un", "rel": "subject"}],
    "subjects": [{"name": "Diplomacy"}],
}
NEWSML = f"""<?xml version="1.0" encoding="UTF-8"?>
<newsItem xmlns="http://iptc.org/std/nar/2006-10-01/" guid="urn:example:1"
 version="3" xml:lang="en">
 <itemMeta><versionCreated>2018-09-11T10:30:00+09:00</versionCreated>
  <firstCreated>2018-09-11T09:30:00+09:00</firstCreated>
  <pubStatus qcode="stat:usable"/></itemMeta>
 <contentMeta><urgency>2</urgency><located qcode="x"><name>SEOUL</name></located>
  <creator qcode="y"><name>Ann Lee</name></creator>
  <headline>Delegations to meet again</headline><by>By Ann Lee</by></contentMeta>
 <contentSet><inlineXML contenttype="application/xhtml+xml">
  <html xmlns="http://www.w3.org/1999/xhtml"><head><title>x</title></head>
  <body><p>{LEAD}</p><p>{NEXT}</p></body></html></inlineXML></contentSet>
</newsItem>"""


def cleaned(raw: BuildRaw, content: str | bytes, content_type: str = "") -> CleanArticle:
    article = clean(raw(content, content_type=content_type))
    assert isinstance(article, CleanArticle)
    return article


def body(article: CleanArticle) -> list[str]:
    return [article.body[span.start : span.end] for span in article.paragraphs]


@pytest.mark.parametrize("content", [json.dumps(NINJS_1), NEWSML])
def test_a_wires_item_is_taken_at_its_word(content: str, raw: BuildRaw) -> None:
    """Headline, byline, place, times, urgency and body come from the item."""
    article = cleaned(raw, content)
    assert article.headline == "Delegations to meet again"
    assert body(article) == [LEAD, NEXT]
    assert (article.authors, article.byline, article.located) == (
        ("Ann Lee",),
        "By Ann Lee",
        "SEOUL",
    )
    assert article.firstcreated == article.event_time == datetime(2018, 9, 11, 0, 30, tzinfo=UTC)
    assert article.versioncreated == datetime(2018, 9, 11, 1, 30, tzinfo=UTC)
    assert (article.urgency, article.pubstatus, article.evidence["version"]) == (2, "usable", "3")


def test_ninjs_with_lists_of_headlines_and_bodies(raw: BuildRaw) -> None:
    """The main headline and body are taken; authors are people with that role."""
    article = cleaned(raw, json.dumps(NINJS_3), "application/json")
    assert (article.headline, article.authors, article.section) == (
        "Delegations to meet again",
        ("Ann Lee",),
        "Diplomacy",
    )
    assert body(article) == [LEAD, NEXT]


@pytest.mark.parametrize(
    "content",
    [
        json.dumps({**NINJS_1, "pubstatus": "canceled", "body_html": ""}),
        NEWSML.replace("stat:usable", "stat:canceled"),
    ],
)
def test_a_kill_reaches_the_reader(content: str, raw: BuildRaw) -> None:
    """A canceled item goes on, even without a body, as another revision."""
    article = cleaned(raw, content)
    assert article.pubstatus == "canceled"
    assert article.revision != cleaned(raw, json.dumps(NINJS_1)).revision


def test_a_message_of_items_gives_the_one_with_a_body(raw: BuildRaw) -> None:
    """Pictures and other items in the message are ignored."""
    picture = (
        '<newsItem version="1"><contentMeta><headline>Picture</headline></contentMeta></newsItem>'
    )
    item = NEWSML.partition("?>")[2]
    message = (
        '<newsMessage xmlns="http://iptc.org/std/nar/2006-10-01/"><itemSet>'
        f"{picture}{item}</itemSet></newsMessage>"
    )
    assert cleaned(raw, message).headline == "Delegations to meet again"


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ('{"uri": "urn:example:1", "headline": ', "no JSON"),
        ('[1, {"uri": 2}]', "an object"),
        (json.dumps({**NINJS_1, "pubstatus": "embargoed"}), "unknown pubstatus"),
        (NEWSML.replace("</itemMeta>", ""), "broken"),
        (
            NEWSML.replace("<newsItem", "<!-- x --><newsItem").replace(
                "<itemMeta>", "<!DOCTYPE x><itemMeta>"
            ),
            "document type",
        ),
    ],
)
def test_a_bad_item_is_refused_by_name(content: str, says: str, raw: BuildRaw) -> None:
    """The error says what is wrong."""
    with pytest.raises(InvalidMessage, match=says):
        clean(raw(content, content_type="application/json" if content[0] in "[{" else ""))


@pytest.mark.parametrize(
    "item",
    [
        {"uri": 1},
        {"uri": "x", "bodies": [7, {"value": 3}], "headlines": 5, "people": {}, "urgency": "high"},
    ],
)
def test_wrong_types_in_an_item_are_no_bug(item: dict[str, Any], raw: BuildRaw) -> None:
    """A field of another type than ninjs has counts as absent."""
    outcome = clean(raw(json.dumps(item), content_type="application/json"))
    assert isinstance(outcome, CleanArticle) or outcome == Drop(CleanDrop.EMPTY_BODY)


def test_gzipped_content_is_unpacked(raw: BuildRaw) -> None:
    """Decompressed content is treated as if it had come plain."""
    assert body(cleaned(raw, gzip.compress(NEWSML.encode(), mtime=0), "application/gzip")) == [
        LEAD,
        NEXT,
    ]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (gzip.compress(b"x" * (MAX_BYTES + 1), mtime=0), "more than"),
        (gzip.compress(gzip.compress(b"x", mtime=0), mtime=0), "inside gzip"),
        (gzip.compress(b"x" * 1000, mtime=0)[:-9], "cannot be decompressed"),
        (b"\x1f\x8b rubbish", "cannot be decompressed"),
    ],
)
def test_gzip_bombs_and_broken_gzip_are_refused(content: bytes, says: str) -> None:
    """Content is decompressed in bounded steps, and once."""
    with pytest.raises(InvalidMessage, match=says):
        decompress(content)
