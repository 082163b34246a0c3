"""``summitwire feeds discover``: what a site's feeds are."""

import asyncio
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Final

import orjson
import typer

from services.console.errors import EXIT_BAD, fail, say
from services.console.feeds.spans import format_span
from services.console.feeds.states import without_query
from services.console.options import JsonLines
from services.console.printing.json_lines import json_line
from services.console.printing.plurals import count_of
from services.fetcher.settings import FetcherSettings
from shared.base import settings
from shared.base.outcomes import InvalidMessage
from shared.http.errors import HttpError

if TYPE_CHECKING:
    from services.console.feeds.probe import FeedProbe
    from services.console.feeds.site_search import FeedCandidate

ORIGINS: Final[dict[str, str]] = {
    "address": "this address is a feed itself",
    "page": "the page states it",
    "robots.txt": "robots.txt lists it",
    "link": "the page links to it",
    "guess": "a common address",
}


def discover(
    site: Annotated[str, typer.Argument(help="A page of the site; https:// may be left out.")],
    requests: Annotated[
        int, typer.Option(min=1, max=100, help="Requests to make at most, beside robots.txt.")
    ] = 20,
    json_: JsonLines = False,
) -> None:
    """Find the feeds of a site: those its page states, robots.txt lists, or common addresses.

    Each is requested once to see whether it is one, as robots.txt permits and as slowly as the
    fetcher. FETCH_ALLOW permits private addresses. Exit 1 if there is none.
    """
    from services.console.feeds import probe  # noqa: PLC0415 - brings the fetcher
    from services.console.feeds.site_search import build_search  # noqa: PLC0415 - likewise

    fetcher = settings.load(FetcherSettings)
    url = site if "://" in site else f"https://{site}"
    search = build_search(fetcher, requests)
    try:
        feeds = asyncio.run(search.discover(url))
    except (HttpError, InvalidMessage) as error:
        raise fail(f"{without_query(url)}: {error}", EXIT_BAD) from None
    now = datetime.now(UTC)
    for candidate, answer in feeds:
        if json_:
            row = {
                **probe.probe_as_json(answer),
                "title": candidate.title,
                "origin": candidate.origin,
            }
            typer.echo(json_line(row, option=orjson.OPT_UTC_Z))
        else:
            typer.echo(_as_line(candidate, answer, now))
    requested = count_of(search.count, "request")
    say(f"{without_query(url)}: {count_of(len(feeds), 'feed')}, {requested}")
    if not feeds:
        raise typer.Exit(EXIT_BAD)


def _as_line(candidate: "FeedCandidate", probe: "FeedProbe", now: datetime) -> str:
    latest = ""
    if probe.latest_at:
        latest = f", the latest {format_span((now - probe.latest_at).total_seconds())} ago"
    title = f"  {candidate.title}" if candidate.title else ""
    kind = f"{probe.format_name}, {count_of(probe.entries, 'entry', plural='entries')}{latest}"
    return f"{candidate.url}  {kind} ({ORIGINS[candidate.origin]}){title}"
