"""Sitemaps of news, and indexes of sitemaps."""

from datetime import UTC, datetime

import pytest

from services.fetcher.parsing.feed_parser import parse
from services.fetcher.parsing.sitemap import MAX_PARTS
from shared.base.outcomes import InvalidMessage

URL = "https://wire.example/news-sitemap.xml"
NEWS = """<?xml version="1.0" encoding="UTF-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"
        xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"
        xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">
  <url>
    <loc> https://wire.example/business/article55.html </loc>
    <image:image><image:loc>https://wire.example/i.jpg</image:loc><image:title>A flag</image:title></image:image>
    <news:news>
      <news:publication><news:name>The Example Times</news:name><news:language>en</news:language></news:publication>
      <news:publication_date>2019-02-27T21:00:00+09:00</news:publication_date>
      <news:title>Companies A, B &amp;amp; C in merger talks</news:title>
    </news:news>
  </url>
  <url><loc>https://wire.example/new</loc><lastmod>2019-02-27T10:00:00Z</lastmod></url>
  <url><loc>https://wire.example/old</loc><lastmod>2018-02-27</lastmod></url>
  <url><loc>https://wire.example/undated</loc></url>
  <url><news:news><news:title>No address</news:title></news:news></url>
</urlset>"""


def test_a_news_sitemap_has_headline_time_and_language() -> None:
    """Of pages without a headline only the latest are news, and an image's title is none."""
    parsed = parse(NEWS.encode(), "application/xml", URL)
    first, second = parsed.entries
    assert first.url == "https://wire.example/business/article55.html"
    assert (first.headline, first.language) == ("Companies A, B &amp; C in merger talks", "en")
    assert first.published_at == datetime(2019, 2, 27, 12, tzinfo=UTC)
    assert (second.url, second.headline, second.published_at) == (
        "https://wire.example/new",
        None,
        None,
    )
    assert parsed.problems == (
        "2 older pages without a headline are left out",
        "entry 3: it has no address (loc)",
    )


def test_the_last_change_makes_an_entry_new_but_is_no_time_of_publication() -> None:
    """A page that was touched today may be years old."""
    page = "<urlset><url><loc>https://wire.example/a</loc><lastmod>{}</lastmod></url></urlset>"
    (before,), (after,) = (
        parse(page.format(day).encode(), None, URL).entries for day in ("2019-02-27", "2019-02-28")
    )
    assert before.key != after.key
    assert after.published_at is None


def test_an_index_names_its_newest_sitemaps() -> None:
    """By the time of their change; without times the last in the list."""
    parts = "".join(
        f"<sitemap><loc>/s{n}.xml</loc><lastmod>2019-02-{n:02}</lastmod></sitemap>"
        for n in (3, 9, 1, 8, 2, 7, 6)
    )
    parsed = parse(f"<sitemapindex>{parts}<sitemap/></sitemapindex>".encode(), None, URL)
    assert parsed.parts == tuple(f"https://wire.example/s{n}.xml" for n in (9, 8, 7, 6, 3))
    undated = "".join(f"<sitemap><loc>/s{n}.xml</loc></sitemap>" for n in range(9))
    parsed = parse(f"<sitemapindex>{undated}</sitemapindex>".encode(), None, URL)
    assert parsed.parts == tuple(f"https://wire.example/s{n}.xml" for n in (8, 7, 6, 5, 4))
    assert len(parsed.parts) == MAX_PARTS


def test_a_cut_sitemap_is_read_to_its_break() -> None:
    """What was received counts; what is no XML says so."""
    cut = NEWS[: NEWS.index("<url><loc>https://wire.example/old")]
    parsed = parse(cut.encode(), None, URL)
    assert len(parsed.entries) == 2
    assert "broken XML" in parsed.problems[0]
    with pytest.raises(InvalidMessage, match="not a feed: broken XML"):
        parse(b"<urlset><url><loc>https://wire.example", None, URL)


def test_an_entity_bomb_is_refused_and_a_harmless_entity_read() -> None:
    """As in every XML that is read here."""
    bomb = '<!DOCTYPE u [<!ENTITY a "b"><!ENTITY c "&a;&a;">]><urlset><url><loc>&c;</loc></url></urlset>'
    with pytest.raises(InvalidMessage, match="DOCTYPE"):
        parse(bomb.encode(), None, URL)
    harmless = (
        '<!DOCTYPE u [<!ENTITY h "https://wire.example">]>'
        "<urlset><url><loc>&h;/a</loc><lastmod>2019-02-27</lastmod></url></urlset>"
    )
    assert parse(harmless.encode(), None, URL).entries[0].url == "https://wire.example/a"


def test_a_whole_sitemap_of_the_protocol_s_size_is_read_in_bounded_steps() -> None:
    """50 000 pages of an archive are no flood of articles."""
    pages = "".join(
        f"<url><loc>https://wire.example/{n}</loc><lastmod>{1990 + n % 20}-01-01</lastmod></url>"
        for n in range(50_000)
    )
    parsed = parse(f"<urlset>{pages}</urlset>".encode(), None, URL)
    assert len(parsed.entries) == 500
    assert parsed.problems[0] == "47500 older pages without a headline are left out"
