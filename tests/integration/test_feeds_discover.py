"""`summitwire feeds discover`, over real HTTP: what it finds, and how few requests it makes."""

import json
from collections.abc import Iterator

import pytest
from aiohttp import web
from typer.testing import CliRunner, Result

from services.console.feeds.commands import app
from tests.unit.fetcher.news_site import Publisher, news_site_in_thread

FEED = '<rss version="2.0"><channel><item><title>A</title><link>/a</link></item></channel></rss>'
NEWS = (
    '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
    ' xmlns:n="http://www.google.com/schemas/sitemap-news/0.9"><url><loc>https://n.example/a</loc>'
    "<n:news><n:title>A</n:title></n:news></url></urlset>"
)


@pytest.fixture
def publisher(monkeypatch: pytest.MonkeyPatch) -> Iterator[Publisher]:
    """A site that the command may request."""
    monkeypatch.setenv("FETCH_ALLOW", "127.0.0.1")
    monkeypatch.setenv("PAGES_PER_HOST_PER_S", "100")
    with news_site_in_thread() as site:
        yield site


def discover(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["discover", *arguments])


def page(body: str) -> web.Response:
    return web.Response(text=f"<!DOCTYPE html><html>{body}</html>", content_type="text/html")


def xml(text: str) -> web.Response:
    return web.Response(text=text, content_type="application/xml")


def test_the_feeds_that_a_page_states_come_first(publisher: Publisher) -> None:
    """Relative, with its title, and only if they are feeds; no other address is tried."""
    publisher.answers["/news"] = page(
        '<link rel="alternate" type="application/rss+xml" title="Asia &amp; Pacific" href="asia.xml">'
        "<link type='application/atom+xml' rel=alternate href=/gone><link rel=icon href=/rss.ico>"
        '<a href="/rss/world">RSS</a>'
    )
    publisher.answers["/asia.xml"] = xml(FEED)
    ended = discover(f"{publisher.base}/news", "--json")
    assert ended.exit_code == 0, ended.output
    (row,) = map(json.loads, ended.stdout.splitlines())
    assert (row["url"], row["format"], row["entries"]) == (
        f"{publisher.base}/asia.xml",
        "RSS 2.0",
        1,
    )
    assert (row["title"], row["origin"]) == ("Asia & Pacific", "page")
    assert publisher.requested == ["/news", "/asia.xml", "/gone"]
    assert "1 feed, 3 requests" in ended.stderr


def test_news_sitemaps_of_robots_txt_are_feeds(publisher: Publisher) -> None:
    """Before any guess; other sitemaps only if there is nothing else."""
    base = publisher.base
    robots = f"User-agent: *\nSitemap: {base}/all.xml\nSitemap: {base}/news.xml\n"
    publisher.robots = (200, robots.encode())
    publisher.answers["/"] = page("<p>Hello</p>")
    publisher.answers["/news.xml"] = xml(NEWS)
    ended = discover(f"{base}/")
    assert ended.exit_code == 0, ended.output
    assert f"{base}/news.xml  sitemap, 1 entry (robots.txt lists it)" in ended.stdout
    assert publisher.requested == ["/", "/news.xml"]


def test_links_and_then_common_addresses_are_tried(publisher: Publisher) -> None:
    """A ministry's page often only links to its feeds."""
    publisher.answers["/"] = page('<a href="/rss.do?id=1">RSS</a> <a href="/feedback">Write us</a>')
    publisher.answers["/rss.do"] = xml(FEED)
    assert "rss.do?id=1  RSS 2.0, 1 entry (the page links to it)" in discover(publisher.base).stdout
    assert publisher.requested == ["/", "/rss.do"]
    publisher.requested.clear()
    publisher.answers["/"] = page("<p>Hello</p>")
    ended = discover(publisher.base)
    assert f"{publisher.base}/feed  RSS 2.0, 2 entries (a common address)" in ended.stdout


def test_a_feed_is_a_feed_of_itself(publisher: Publisher) -> None:
    """One request is enough."""
    assert "this address is a feed itself" in discover(f"{publisher.base}/feed").stdout
    assert publisher.requested == ["/feed"]


def test_the_number_of_requests_is_bounded(publisher: Publisher) -> None:
    """However many links a page has."""
    links = "".join(f'<link type="application/rss+xml" href="/{n}">' for n in range(500))
    publisher.answers["/"] = page(links)
    ended = discover(publisher.base, "--requests", "7")
    assert ended.exit_code == 1
    assert len(publisher.requested) == 7
    assert "0 feeds, 7 requests" in ended.stderr


def test_robots_txt_and_the_address_guard_hold(
    publisher: Publisher, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a page names may be private, and what robots.txt disallows is not requested."""
    publisher.robots = (200, b"User-agent: *\nDisallow: /private\n")
    publisher.answers["/"] = page(
        '<link type="application/rss+xml" href="/private.xml">'
        '<link type="application/rss+xml" href="http://169.254.169.254/feed">'
        '<link type="application/rss+xml" href="file:///etc/passwd">'
    )
    ended = discover(publisher.base, "--requests", "3")
    assert ended.exit_code == 1
    assert publisher.requested == ["/"]
    monkeypatch.setenv("FETCH_ALLOW", "")
    refused = discover(f"{publisher.base}/?key=s3cr3t")
    assert refused.exit_code == 1
    assert "s3cr3t" not in refused.output
