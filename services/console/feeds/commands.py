"""``summitwire feeds``: the state of each feed, and a way to have one asked at once."""

import asyncio
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated, Final

import orjson
import typer

from services.console.errors import EXIT_BAD, EXIT_USAGE, fail, say
from services.console.feeds.states import (
    FeedRow,
    as_json,
    as_line,
    load_feed_specs,
    load_rows,
    without_query,
)
from services.console.topics.topic_reader import partitions_of
from services.fetcher.feeds_file import FeedSpec
from services.fetcher.revival import build_request
from services.fetcher.settings import FetcherSettings
from shared.base import settings
from shared.files.yaml_document import did_you_mean
from shared.kafka.cluster import Cluster
from shared.kafka.topics import FEEDS
from shared.kafka.transaction import send_all

app = typer.Typer(
    help="Show the state of the feeds, and have one polled at once.", no_args_is_help=True
)

LOOK_EVERY_S: Final = 0.5
Json = Annotated[bool, typer.Option("--json", help="One JSON object a line on standard output.")]
Urls = Annotated[
    list[str], typer.Argument(help="Feeds as `feeds list` shows them.", metavar="URL…")
]
Wait = Annotated[
    float, typer.Option("--wait", min=0, max=600, help="Seconds to wait for the fetcher's answer.")
]


@app.command("list", epilog="Example: summitwire feeds list --json")
def list_(json_: Json = False) -> None:
    """Show every feed: its state, last and next poll, failures, and since when it is gone. Times are UTC."""
    chosen = settings.load(FetcherSettings)
    now = datetime.now(UTC)
    for row in asyncio.run(load_rows(Cluster(chosen), load_feed_specs(chosen.feeds_file))):
        typer.echo(
            orjson.dumps(as_json(row, now), option=orjson.OPT_UTC_Z) if json_ else as_line(row, now)
        )


@app.command(epilog="Example: summitwire feeds revive https://feed.example/rss")
def revive(urls: Urls, json_: Json = False, wait: Wait = 10.0) -> None:
    """Have the fetcher ask feeds at once, as if for the first time: gone, back-off and Retry-After are forgotten, entries stay seen.

    Works while the system runs, and is kept for a fetcher that is not running. Exit 1 where a feed is still gone or failing.
    """
    chosen = settings.load(FetcherSettings)
    cluster, specs = Cluster(chosen), load_feed_specs(chosen.feeds_file)
    rows = asyncio.run(load_rows(cluster, specs))
    wanted = [_chosen(url, rows) for url in urls]
    after = asyncio.run(_revive(cluster, specs, wanted, wait))
    for row in after:
        typer.echo(
            orjson.dumps(as_json(row, datetime.now(UTC)), option=orjson.OPT_UTC_Z)
            if json_
            else as_line(row, datetime.now(UTC))
        )
        if row.requested:
            say(
                f"{without_query(row.state.url)}: requested; no fetcher has asked it yet. It is asked when one runs whose FEEDS_FILE lists it"
            )
    if any(row.condition in ("gone", "failing") and not row.requested for row in after):
        raise typer.Exit(EXIT_BAD)


def _chosen(url: str, rows: Sequence[FeedRow]) -> str:
    """Return the feed that is meant: by its whole address, or without its parameters where that is only one feed."""
    whole = {row.state.url for row in rows}
    alike = [each for each in sorted(whole) if without_query(each) == url]
    if url in whole:
        return url
    if len(alike) > 1:
        raise fail(
            f"{len(alike)} feeds have the address {url}: give the whole one, as `summitwire feeds list --json` shows it",
            EXIT_USAGE,
        )
    if not alike:
        hint = (
            did_you_mean(without_query(url), [without_query(each) for each in whole])
            or "`summitwire feeds list` shows them"
        )
        raise fail(f"there is no feed {without_query(url)}; {hint}", EXIT_USAGE)
    return alike[0]


async def _revive(
    cluster: Cluster, specs: Sequence[FeedSpec], urls: Sequence[str], wait_s: float
) -> list[FeedRow]:
    """Write the requests, and return the feeds once they are answered or the time is over."""
    partitions, now = len(await partitions_of(cluster, FEEDS.name)), datetime.now(UTC)
    producer = cluster.producer()
    await producer.start()
    try:
        await send_all(
            producer,
            [build_request(cluster.name(FEEDS.name), url, partitions, now=now) for url in urls],
        )
    finally:
        await producer.stop()
    deadline = time.monotonic() + wait_s
    while True:
        rows = [row for row in await load_rows(cluster, specs) if row.state.url in urls]
        if not any(row.requested for row in rows) or time.monotonic() > deadline:
            return rows
        await asyncio.sleep(LOOK_EVERY_S)
