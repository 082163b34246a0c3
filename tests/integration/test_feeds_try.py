"""`summitwire feeds try` and `feeds check`, over real HTTP."""

import asyncio
import json
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from aiohttp import web
from typer.testing import CliRunner, Result

from services.console.feeds.commands import app
from services.console.feeds.trial import format_span
from tests.unit.fetcher.news_site import Publisher, news_site


@pytest.fixture
def publisher(monkeypatch: pytest.MonkeyPatch) -> Iterator[Publisher]:
    """A site in a thread of its own, because the command runs a loop itself."""
    monkeypatch.setenv("FETCH_ALLOW", "127.0.0.1")
    monkeypatch.setenv("PAGES_PER_HOST_PER_S", "100")
    sites: list[Publisher] = []
    loop, ready = asyncio.new_event_loop(), threading.Event()

    async def serve() -> None:
        async with news_site() as site:
            sites.append(site)
            stop = asyncio.Event()
            site.hang = None
            loop.stop_serving = stop.set  # type: ignore[attr-defined]  # for the teardown
            ready.set()
            await stop.wait()

    thread = threading.Thread(target=loop.run_until_complete, args=(serve(),))
    thread.start()
    assert ready.wait(10)
    yield sites[0]
    loop.call_soon_threadsafe(loop.stop_serving)  # type: ignore[attr-defined]  # as above
    thread.join(10)


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
    shown = run("try", f"{publisher.base}/feed", "--entries", "1").stdout
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
