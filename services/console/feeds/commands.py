"""``summitwire feeds``: list the feeds, and have some polled at once."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Final

import orjson
import typer

from services.console.errors import EXIT_BAD, EXIT_USAGE, fail, say
from services.console.feeds.discover import discover
from services.console.feeds.opml_commands import export, import_
from services.console.feeds.states import (
    FeedRow,
    as_line,
    default_feeds_file,
    load_feed_specs,
    load_rows,
    row_as_json,
    without_query,
)
from services.console.options import JsonLines
from services.console.printing.json_lines import json_line
from services.console.printing.plurals import count_of
from services.console.problem_lines import print_problems
from services.console.topics.topic_reader import partitions_of
from services.fetcher.settings import FetcherSettings
from services.fetcher.sources import feeds_file
from services.fetcher.sources.feed_address import reachable_by
from services.fetcher.sources.feeds_file import FeedSpec, is_user_agent, parse_feeds
from shared.base import settings
from shared.files import yaml_document
from shared.files.yaml_document import did_you_mean
from shared.kafka.cluster import Cluster
from shared.kafka.topics import FEEDS
from shared.kafka.transaction import send_all
from shared.messages.feed_revival import build_request

app = typer.Typer(
    help="Show, check, try and find feeds, import and export lists, and have one polled at once.",
    no_args_is_help=True,
)

CHECK_INTERVAL_S: Final = 0.5

Urls = Annotated[
    list[str], typer.Argument(help="Feeds as `feeds list` shows them.", metavar="URL…")
]
FeedsFile = Annotated[
    Path | None,
    typer.Argument(help="A file of feeds.", show_default="FEEDS_FILE, or seeds/feeds.yaml"),
]
Wait = Annotated[
    float, typer.Option("--wait", min=0, max=600, help="Seconds to wait for the fetcher's answer.")
]


@app.command("list", epilog="Example: summitwire feeds list --json")
def list_(json_: JsonLines = False) -> None:
    """Show every feed: state, last and next poll, failures, usual gap, quiet or gone (UTC)."""
    fetcher = settings.load(FetcherSettings)
    now = datetime.now(UTC)
    for row in asyncio.run(load_rows(Cluster(fetcher), load_feed_specs(fetcher.feeds_file))):
        _print(row, now, json_=json_)


@app.command(epilog="Example: summitwire feeds revive https://feed.example/rss")
def revive(urls: Urls, json_: JsonLines = False, wait: Wait = 10.0) -> None:
    """Have the fetcher poll feeds at once, as if for the first time.

    Gone, back-off and Retry-After are reset; entries that were seen are not sent again. Works while
    the system runs; without a running fetcher the request waits for one. Exit 1 if a feed is still
    gone or failing.
    """
    fetcher = settings.load(FetcherSettings)
    cluster, specs = Cluster(fetcher), load_feed_specs(fetcher.feeds_file)
    known_rows = asyncio.run(load_rows(cluster, specs))
    chosen = [_resolve(url, known_rows) for url in urls]
    rows = asyncio.run(_revive(cluster, specs, chosen, wait))
    for row in rows:
        _print(row, datetime.now(UTC), json_=json_)
        if row.requested:
            url = without_query(row.state.url)
            say(
                f"{url}: requested, but no fetcher has polled it yet. "
                "It is polled when one runs whose FEEDS_FILE lists it"
            )
    if any(row.condition in ("gone", "failing") and not row.requested for row in rows):
        raise typer.Exit(EXIT_BAD)


@app.command(epilog="Example: summitwire feeds check seeds/feeds.yaml --online")
def check(
    file: FeedsFile = None,
    online: Annotated[
        bool, typer.Option("--online", help="Request each feed once, the disabled ones, too.")
    ] = False,
    json_: JsonLines = False,
) -> None:
    """Report every mistake in a file of feeds, and how to fix it; exit 1 if there is one."""
    path = Path(file or default_feeds_file())
    document = yaml_document.load(path)
    fetcher = settings.load(FetcherSettings)
    specs = parse_feeds(document, reachable_by(fetcher.allowed_hosts, fetcher.open_ports))
    errors = print_problems(document.problems, json_=json_)
    good = "" if errors else f"{count_of(len(specs), 'feed')}, "
    say(f"{path}: {good}{count_of(errors, 'error')}")
    if errors:
        raise typer.Exit(EXIT_BAD)
    if online and _print_answers(specs, json_=json_):
        raise typer.Exit(EXIT_BAD)


def _print_answers(specs: Sequence[FeedSpec], *, json_: bool) -> int:
    """Request the feeds, print what they are, and return how many are none."""
    from services.console.feeds.probe import (  # noqa: PLC0415 - brings the fetcher
        probe_as_json,
        probe_feeds,
    )

    fetcher = settings.load(FetcherSettings)
    probes = asyncio.run(probe_feeds(fetcher, specs, fetcher.feeds_at_once))
    failed = sum(bool(probe.error) for probe in probes)
    for spec, probe in zip(specs, probes, strict=True):
        if json_:
            typer.echo(json_line(probe_as_json(probe), option=orjson.OPT_UTC_Z))
            continue
        entries = count_of(probe.entries, "entry", plural="entries")
        answer = probe.error or f"{probe.format_name}, {entries}, {probe.size:,} bytes"
        state = "failed" if probe.error else "ok"
        typer.echo(f"{state:7} {without_query(spec.url)}  {answer}")
    say(f"{count_of(len(probes), 'feed')} requested, {failed} failed")
    return failed


@app.command("try", epilog="Example: summitwire feeds try https://feed.example/rss --entries 5")
def try_(
    feed: Annotated[
        str,
        typer.Argument(
            help="A feed's address, listed or not, or a source of the file of feeds.",
            metavar="URL|SOURCE",
        ),
    ],
    entries: Annotated[
        int, typer.Option(min=0, max=20, help="Entries whose pages are fetched and cleaned.")
    ] = 3,
    file: Annotated[
        Path | None,
        typer.Option(help="The file of feeds.", show_default="FEEDS_FILE, or seeds/feeds.yaml"),
    ] = None,
    user_agent: Annotated[
        str | None, typer.Option(help="The client's name, as `user_agent` in the file.")
    ] = None,
    ignore_robots: Annotated[
        bool, typer.Option("--ignore-robots", help="The publisher permits it.")
    ] = False,
    json_: JsonLines = False,
) -> None:
    """Poll a feed once: its format, rhythm and cost, what robots.txt says, the cleaned articles.

    What the file says of a listed feed holds, headers and tokens included. Nothing is written.
    FETCH_ALLOW permits private addresses, as for the fetcher. Exit 1 if a feed cannot be read.
    """
    from services.console.feeds.trial import (  # noqa: PLC0415 - brings the cleaner
        TrialError,
        as_json,
        as_lines,
        try_feed,
    )

    if user_agent is not None and not is_user_agent(user_agent):
        raise fail("--user-agent: write one line of ASCII", EXIT_USAGE)
    fetcher, failed = settings.load(FetcherSettings), 0
    for listed in _find_specs(feed, file):
        spec = _with_options(listed, user_agent, ignore_robots=ignore_robots)
        try:
            trial = asyncio.run(try_feed(spec, fetcher, entries))
        except TrialError as error:
            say(f"{without_query(spec.url)}: {error}")
            failed += 1
            continue
        if json_:
            typer.echo(json_line(as_json(trial), option=orjson.OPT_UTC_Z))
        else:
            typer.echo("\n".join([*as_lines(trial, datetime.now(UTC)), ""]))
    if failed:
        raise typer.Exit(EXIT_BAD)


def _with_options(spec: FeedSpec, user_agent: str | None, *, ignore_robots: bool) -> FeedSpec:
    """Return the feed with what the options say of it."""
    return replace(
        spec,
        user_agent=user_agent or spec.user_agent,
        ignore_robots=ignore_robots or spec.ignore_robots,
    )


def _find_specs(feed: str, file: Path | None) -> list[FeedSpec]:
    """Return the listed feeds that an argument means, or one of its own for another address."""
    path = file or Path(default_feeds_file())
    is_address = "://" in feed
    listed = feeds_file.load(path) if file or not is_address or path.exists() else ()
    chosen = [spec for spec in listed if feed in (spec.url, spec.source)]
    if chosen or not is_address:
        if not chosen:
            sources = sorted({spec.source for spec in listed})
            hint = did_you_mean(feed, sources) or "write its address, with https://"
            raise fail(f"{path} has no source {feed!r}; {hint}", EXIT_USAGE)
        return chosen
    limits = (feeds_file.MIN_INTERVAL_S, feeds_file.MAX_INTERVAL_S)
    return [FeedSpec(url=feed, source="trial", interval_s=limits[0], longest_interval_s=limits[1])]


app.command(epilog="Example: summitwire feeds discover www.example.org")(discover)
app.command("import", epilog="Example: summitwire feeds import reader.opml --append feeds.yaml")(
    import_
)
app.command(epilog="Example: summitwire feeds export seeds/feeds.yaml --opml > feeds.opml")(export)


def _print(row: FeedRow, now: datetime, *, json_: bool) -> None:
    if json_:
        typer.echo(json_line(row_as_json(row, now), option=orjson.OPT_UTC_Z))
    else:
        typer.echo(as_line(row, now))


def _resolve(url: str, rows: Sequence[FeedRow]) -> str:
    """Return the whole address of the feed; without its query it may stand for only one feed."""
    urls = {row.state.url for row in rows}
    if url in urls:
        return url
    candidates = [known_url for known_url in sorted(urls) if without_query(known_url) == url]
    if len(candidates) > 1:
        hint = "give the whole one, as `summitwire feeds list --json` shows it"
        raise fail(f"{len(candidates)} feeds have the address {url}: {hint}", EXIT_USAGE)
    if not candidates:
        hint = did_you_mean(without_query(url), [without_query(known_url) for known_url in urls])
        hint = hint or "`summitwire feeds list` shows them"
        raise fail(f"there is no feed {without_query(url)}; {hint}", EXIT_USAGE)
    return candidates[0]


async def _revive(
    cluster: Cluster, specs: Sequence[FeedSpec], urls: Sequence[str], wait_s: float
) -> list[FeedRow]:
    """Write the requests, and return the feeds once they are answered or the time is over."""
    partitions, now = len(await partitions_of(cluster, FEEDS.name)), datetime.now(UTC)
    topic = cluster.name(FEEDS.name)
    producer = cluster.producer()
    await producer.start()
    try:
        requests = [
            build_request(topic, url, partitions, ce_source="console", now=now) for url in urls
        ]
        await send_all(producer, requests)
    finally:
        await producer.stop()
    deadline = time.monotonic() + wait_s
    while True:
        rows = [row for row in await load_rows(cluster, specs) if row.state.url in urls]
        if not any(row.requested for row in rows) or time.monotonic() > deadline:
            return rows
        await asyncio.sleep(CHECK_INTERVAL_S)
