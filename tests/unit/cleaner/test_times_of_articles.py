"""The event time of whole pages: which of the times on a page is that of publication."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from services.cleaner.pipeline import clean
from shared.messages.schemas import CleanArticle, RawArticle, TimeSource
from tests.unit.cleaner.conftest import STORY

Made = Callable[..., RawArticle]

FETCHED = datetime(2019, 2, 27, 14, 5, tzinfo=UTC)
FEED = datetime(2019, 2, 27, 14, tzinfo=UTC)
TITLE = "Leaders arrive for second summit"


def page(head: str = "", above: str = "", inside: str = "", below: str = "") -> str:
    """Build a page; ``above`` the paragraphs, ``inside`` between them, ``below`` them."""
    first, *others = (f"<p>{paragraph}</p>" for paragraph in STORY)
    return (
        f"<!doctype html><html lang=en><head><title>{TITLE} | The Wire</title>{head}</head><body>"
        f"<article><h1>{TITLE}</h1>{above}{first}{inside}{''.join(others)}</article>{below}"
        "<footer>© The Wire. All rights reserved.</footer></body></html>"
    )


def json_ld(**properties: object) -> str:
    article = {"@type": "NewsArticle", "headline": TITLE} | properties
    return f'<script type="application/ld+json">{json.dumps(article)}</script>'


def cleaned(raw: Made, text: str, **fields: object) -> CleanArticle:
    article = clean(raw(text, content_type="text/html", **({"fetched_at": FETCHED} | fields)))
    assert isinstance(article, CleanArticle)
    return article


def stated(article: CleanArticle) -> tuple[str, str, str]:
    moment = article.event_time.strftime("%Y-%m-%dT%H:%M")
    return moment, article.event_time_precision, article.event_time_source.value


MENTIONS = [
    page(inside="<p>The first summit took place on June 12, 2018 in Singapore.</p>"),
    page(inside="<p>They met on June 12, 2018.</p>"),
    page(above="<p>They met on June 12, 2018.</p>"),
    page(above="<p>Singapore (June 12, 2018) was only the start, officials say</p>"),
    page(above="<figure><img src=a><figcaption>The first handshake, June 12, 2018</figcaption></figure>"),
    page(
        inside="<blockquote class=twitter-tweet><p>Great meeting!</p>&mdash; A Leader (@leader)"
        "<a href=x>June 12, 2018</a></blockquote>"
    ),
    page(above="<div class=tweet-embed><time datetime=2018-06-12>June 12, 2018</time></div>"),
    page(below="<p class=copyright>© 2018 The Wire. Last updated June 12, 2018</p>"),
    page(above="<p>© The Wire, June 12, 2018</p>"),
    page(below="<ol id=comments><li><span class=date>June 12, 2018</span> <p>First!</p></li></ol>"),
    page(below="<ol id=comments><li><time pubdate datetime=2018-06-12T10:00Z>June</time></li></ol>"),
    page(below="<aside><h3>Related</h3><p>June 12, 2018</p><a href=x>First summit</a></aside>"),
    page(above="<div class=related><span class=date>June 12, 2018</span> First summit</div>"),
    page(inside="<p>It began on <time datetime=2018-06-12>June 12</time>, and " + "more " * 20 + "</p>"),
    page(json_ld(headline="Handshake in Singapore opens talks", datePublished="2018-06-12T10:00Z")),
    page(
        '<script type="application/ld+json">{"@type":"ItemList","itemListElement":[{"@type":"NewsArticle"'
        ',"headline":"Leaders arrive for first summit","datePublished":"2018-06-12T10:00:00Z"}]}</script>'
    ),
    page("<script>state = [{publishedAt: '2018-06-12'}, {publishedAt: '2018-06-13'}]</script>"),
    page("<meta name=description content='It took place on June 12, 2018'>"),
]  # fmt: skip


@pytest.mark.parametrize("text", MENTIONS)
def test_a_mentioned_day_is_no_time_of_publication(text: str, raw: Made) -> None:
    """Text, captions, embedded posts, comments, copyright lines and related stories name days.

    Then the feed's time counts, or that of fetching, which is marked.
    """
    article = cleaned(raw, text, published_at=FEED)
    assert (article.event_time, article.event_time_source) == (FEED, TimeSource.FEED)
    article = cleaned(raw, text)
    assert (article.event_time, article.event_time_source) == (FETCHED, TimeSource.FETCHED)
    assert article.event_time_precision == "moment"


@pytest.mark.parametrize("path", ["2018/06/12/summit", "summit-2018-06-12", "20180612/summit"])
def test_the_address_is_no_time_of_publication(path: str, raw: Made) -> None:
    """The record has the day of the address, but the time of fetching is used."""
    article = cleaned(raw, page(), url=f"https://wire.example/{path}")
    assert article.event_time_source == TimeSource.FETCHED


@pytest.mark.parametrize(
    "line", ["February 26, 2019", "By Ann Lee | Feb. 26, 2019, 9 p.m.", "Stand: 26.02.2019"]
)
def test_a_line_that_only_says_when_is_a_guess(line: str, raw: Made) -> None:
    """It gives the day if nobody else does, and never beats the feed's exact time."""
    text = page(above=f"<p>{line}</p>")
    assert stated(cleaned(raw, text)) == ("2019-02-26T00:00", "day", "page")
    assert stated(cleaned(raw, text, published_at=FEED)) == ("2019-02-27T14:00", "moment", "feed")


@pytest.mark.parametrize(
    "clock", ["2019-02-27T21:00:00", "27 Feb 2019 21:00", "2019年02月27日 21:00"]
)
def test_a_time_without_a_zone_gives_way_to_the_feed(clock: str, raw: Made) -> None:
    """21:00 in an unknown zone may be 14:00 in UTC; without a feed it is marked as zoneless."""
    text = page(json_ld(datePublished=clock))
    assert stated(cleaned(raw, text, published_at=FEED)) == ("2019-02-27T14:00", "moment", "feed")
    assert stated(cleaned(raw, text)) == ("2019-02-27T21:00", "zoneless", "page")


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (
            json_ld(datePublished="2019-02-27")
            + "<meta property=article:published_time content=2019-02-27T10:00:00Z>",
            "2019-02-27T10:00",
        ),
        (
            json_ld(datePublished="2019-02-27T00:00:00")
            + "<meta name=date content='27 Feb 2019 03:00 KST'>",
            "2019-02-26T18:00",
        ),
        (
            json_ld(datePublished="2019-02-27 17:00")
            + "<meta name=pubdate content='Wed, 27 Feb 2019 17:00:00 +0700'>",
            "2019-02-27T10:00",
        ),
        (
            json_ld(datePublished="2019-02-27T00:00:00Z")
            + "<meta name=date content=2019-02-27T10:00:00Z>",
            "2019-02-27T10:00",
        ),
        (json_ld(datePublished=1551261600), "2019-02-27T10:00"),
        (json_ld(datePublished=["2019-02-27T10:00:00Z"]), "2019-02-27T10:00"),
        (json_ld(datePublished={"@value": "2019-02-27T10:00:00Z"}), "2019-02-27T10:00"),
    ],
)
def test_the_more_precise_time_of_the_same_day_wins(head: str, expected: str, raw: Made) -> None:
    """A day never beats a moment of the same day, whoever is trusted more."""
    assert stated(cleaned(raw, page(head))) == (expected, "moment", "page")


def test_a_day_gives_way_to_another_days_moment_never(raw: Made) -> None:
    """Another day is another statement: then the most trusted one counts, as a day."""
    head = json_ld(datePublished="2019-02-20") + "<meta name=date content=2019-02-27T10:00:00Z>"
    assert stated(cleaned(raw, page(head))) == ("2019-02-20T00:00", "day", "page")


@pytest.mark.parametrize(
    "content",
    [
        "Wed Feb 27 2019 17:00:00 GMT+0700 (Indochina Time)",
        "Wed, 27 Feb 2019 19:00:00 KST",
        "2019-02-27 02:00 America/Los_Angeles",
        "Feb 27, 2019 5:00 AM ET",
        "1551261600000",
    ],
)
def test_zones_of_the_world_are_understood_on_pages(content: str, raw: Made) -> None:
    """All of these are the same moment."""
    article = cleaned(raw, page(f'<meta name="pubdate" content="{content}">'))
    assert stated(article) == ("2019-02-27T10:00", "moment", "page")


@pytest.mark.parametrize(
    "content",
    ["Wed, 27 Feb 2019 19:00:00 IST", "2019-02-27T10:00 XYZ", "02/03/2019", "2041-02-27T10:00Z", "1970-01-01"],
)  # fmt: skip
def test_what_is_not_understood_or_out_of_bounds_is_passed_over(content: str, raw: Made) -> None:
    """It is in the record, in its own words."""
    article = cleaned(raw, page(f'<meta name="pubdate" content="{content}">'), published_at=FEED)
    assert stated(article) == ("2019-02-27T14:00", "moment", "feed")
    record = next(finding for finding in article.findings if finding.field == "firstcreated")
    assert [value.said for value in record.testimony] == [content]


@pytest.mark.parametrize(
    "published_at",
    [
        datetime(2041, 2, 27, 21, tzinfo=UTC),
        datetime(1970, 1, 1, tzinfo=UTC),
        FETCHED + timedelta(days=2),
        datetime(1989, 12, 31, tzinfo=UTC),
    ],
)
def test_a_feeds_time_obeys_the_same_bounds(published_at: datetime, raw: Made) -> None:
    """Before the web, or long after the fetching: then the fetching's time is used, marked so."""
    article = cleaned(raw, page(), published_at=published_at)
    assert (article.event_time, article.event_time_source) == (FETCHED, TimeSource.FETCHED)
    record = next(finding for finding in article.findings if finding.field == "event_time")
    assert record.chosen == "fetched"
    assert [value.witness for value in record.testimony] == ["feed", "fetched"]


def test_a_feeds_day_gives_way_to_what_the_page_says(raw: Made) -> None:
    """A feed's time may be no moment, too; it is marked then."""
    day = {"published_at": datetime(2019, 2, 27, tzinfo=UTC), "published_precision": "day"}
    clock = page(json_ld(datePublished="2019-02-27T21:00:00"))
    assert stated(cleaned(raw, clock, **day)) == ("2019-02-27T21:00", "zoneless", "page")
    assert stated(cleaned(raw, page(), **day)) == ("2019-02-27T00:00", "day", "feed")
