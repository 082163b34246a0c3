"""`summitwire feeds try` and `feeds check`, over real HTTP."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from aiohttp import web
from typer.testing import CliRunner, Result

from services.console.feeds.commands import app
from services.console.feeds.spans import format_span
from tests.unit.fetcher.news_site import Publisher, news_site_in_thread


@pytest.fixture
def publisher(monkeypatch: pytest.MonkeyPatch) -> Iterator[Publisher]:
    """A site that the command may request."""
    monkeypatch.setenv("FETCH_ALLOW", "127.0.0.1")
    monkeypatch.setenv("PAGES_PER_HOST_PER_S", "100")
    with news_site_in_thread() as site:
        yield site


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, arguments)


def test_a_feed_is_tried_with_its_articles(publisher: Publisher) -> None:
    """Format, cost, rhythm, robots.txt, and what the cleaner makes of the first pages."""
    paragraphs = "".join(
        f"<p>Both sides said on day {n} that talks would go on.</p>" for n in "123"
    )
    publisher.answers["/a"] = web.Response(
        text=f"<html><body><article><h1>Talks go on</h1>{paragraphs}</article></body></html>",
        content_type="text/html",
    )
    publisher.robots = (200, b"User-agent: *\nDisallow: /b\nCrawl-delay: 0.01\n")
    ended = run("try", f"{publisher.base}/feed", "--json")
    assert ended.exit_code == 0, ended.output
    trial = json.loads(ended.stdout)
    assert (trial["format"], trial["entries"], trial["robots"]) == ("RSS 2.0", 2, "allowed")
    assert (trial["unchanged_bytes"], trial["crawl_delay_s"]) == (0, 0.01)
    first, second = trial["articles"]
    assert (first["headline"], first["language"], first["problem"]) == ("a", "en", None)
    assert first["beginning"].startswith("Both sides said on day 1")
    assert "robots.txt disallows it" in second["problem"]
    assert (trial["requests"], trial["own_texts"]) == (1, 0)
    shown = run("try", f"{publisher.base}/feed", "--entries", "1").stdout
    assert "one request for each new entry" in shown
    assert "costs nothing while the feed is unchanged (304)" in shown
    assert "unknown: its entries have no times" in shown


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (web.Response(status=403), "HTTP 403: it refuses this client"),
        (web.Response(text="<html><p>x</p></html>", content_type="text/html"), "an HTML page"),
    ],
)
def test_what_is_no_feed_says_so(publisher: Publisher, answer: web.Response, why: str) -> None:
    """With exit code 1, and the address without its parameters."""
    publisher.answers["/feed"] = answer
    ended = run("try", f"{publisher.base}/feed?key=secret")
    assert ended.exit_code == 1
    assert why in ended.output
    assert "secret" not in ended.output


def test_a_disallowed_feed_is_tried_only_if_its_publisher_permits_it(publisher: Publisher) -> None:
    """As the fetcher does."""
    publisher.robots = (200, b"User-agent: *\nDisallow: /\n")
    refused = run("try", f"{publisher.base}/feed")
    assert refused.exit_code == 1
    assert "robots.txt disallows it" in refused.output
    assert run("try", f"{publisher.base}/feed", "--ignore-robots").exit_code == 0


def test_every_mistake_of_a_file_is_told(tmp_path: Path) -> None:
    """And a good file is counted."""
    file = tmp_path / "feeds.yaml"
    file.write_text(
        "feeds:\n- {url: 'x:y', source: A}\n- {url: 'https://a.example/f', source: a}\n"
    )
    ended = run("check", str(file))
    assert ended.exit_code == 1
    assert f"{file}:2" in ended.stdout
    assert run("check", "seeds/feeds.yaml").exit_code == 0


def test_a_source_is_tried_as_the_file_describes_it(publisher: Publisher, tmp_path: Path) -> None:
    """With its token, which nothing prints, its name and its selector."""
    (tmp_path / "token").write_text("s3cr3t")
    file = tmp_path / "feeds.yaml"
    file.write_text(
        f"feeds:\n- {{url: '{publisher.base}/feed', source: wire, name: Example Wire, "
        "token_file: token, selector: article, enabled: false}\n"
    )
    ended = run("try", "wire", "--file", str(file))
    assert ended.exit_code == 0, ended.output
    assert "Example Wire: RSS 2.0, 2 entries" in ended.stdout
    assert "`selector` matches no text in it" in ended.stdout
    sent = [headers.get("Authorization") for headers in publisher.received]
    assert sent == ["Bearer s3cr3t", "Bearer s3cr3t", None, None]
    as_address = run("try", f"{publisher.base}/feed", "--file", str(file), "--json")
    assert json.loads(as_address.stdout)["source"] == "wire"
    assert "s3cr3t" not in ended.output + as_address.output
    unknown = run("try", "wirr", "--file", str(file))
    assert unknown.exit_code == 2
    assert "did you mean wire?" in unknown.output


def test_a_feed_with_whole_texts_costs_no_request_for_pages(publisher: Publisher) -> None:
    """And the cleaner reads its own text."""
    text = "".join(
        f"<p>Both sides said on day {n} that the talks would go on.</p>" for n in range(40)
    )
    item = (
        f"<item><title>Talks</title><link>/a</link><c:encoded><![CDATA[{text}]]></c:encoded></item>"
    )
    publisher.answers["/feed"] = web.Response(
        text='<rss version="2.0" xmlns:c="http://purl.org/rss/1.0/modules/content/"><channel>'
        f"{item}</channel></rss>",
        content_type="text/xml",
    )
    ended = run("try", f"{publisher.base}/feed")
    assert ended.exit_code == 0, ended.output
    assert "none is requested: the feed carries the text of every entry" in ended.stdout
    assert "Both sides said on day 0" in ended.stdout
    assert publisher.requested == ["/feed"]


def test_each_feed_of_a_file_is_requested_once_on_demand(
    publisher: Publisher, tmp_path: Path
) -> None:
    """The disabled ones, too, and what is none says so."""
    file = tmp_path / "feeds.yaml"
    file.write_text(
        f"feeds:\n- {{url: '{publisher.base}/feed', source: a}}\n"
        f"- {{url: '{publisher.base}/page?key=s3cr3t', source: a, enabled: false}}\n"
    )
    ended = run("check", str(file), "--online")
    assert ended.exit_code == 1
    first, second = ended.stdout.splitlines()
    assert first.startswith(f"ok      {publisher.base}/feed  RSS 2.0, 2 entries, ")
    assert second.startswith(f"failed  {publisher.base}/page  not a feed: it is an HTML page")
    assert "2 feeds requested, 1 failed" in ended.stderr
    assert "s3cr3t" not in ended.output
    assert publisher.requested == ["/feed", "/page"]


def test_spans_are_said_in_two_units() -> None:
    """As a person would."""
    moments = [20, 60, 3_600, 5_400, 86_400, 90_061]
    assert [format_span(each) for each in moments] == [
        "20 s",
        "1 min",
        "1 h",
        "1 h 30 min",
        "1 d",
        "1 d 1 h",
    ]


def test_a_page_that_is_no_article_is_named(publisher: Publisher) -> None:
    """A check for robots looks like a page to the cleaner; here it has a name."""
    title = "<title>Just a moment...</title>"
    check = f"<html><head>{title}</head><body><p>Verifying you are human</p></body></html>"
    publisher.answers["/a"] = web.Response(text=check, content_type="text/html")
    publisher.answers["/b"] = web.Response(text=check, content_type="text/html", status=403)
    first, second = json.loads(run("try", f"{publisher.base}/feed", "--json").stdout)["articles"]
    assert first["problem"] == "it is a check for robots"
    assert "HTTP 403" in second["problem"]
    assert "a check for robots" in second["problem"]
