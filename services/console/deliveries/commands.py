"""``summitwire deliveries``: list what is not delivered, and redrive what is parked."""

import asyncio
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated, Final

import orjson
import typer

from services.console.deliveries.undelivered import (
    DeliveriesView,
    UndeliveredRow,
    describe_unknown,
    load_deliveries,
    summarise,
)
from services.console.errors import EXIT_USAGE, fail, say
from services.console.id_search import find_by_id
from services.console.options import DestinationName, JsonLines
from services.console.printing.json_lines import json_line
from shared.base import settings
from shared.base.settings import KafkaSettings
from shared.kafka.cluster import Cluster
from shared.kafka.topics import DISPATCHES
from shared.kafka.transaction import Write, send_all
from shared.messages.redrive import build_redrive

app = typer.Typer(
    help="Show what waits for a destination or is parked, and post it after all.",
    no_args_is_help=True,
)

HEADLINE_CHARACTERS: Final = 60

Ids = Annotated[
    list[str] | None,
    typer.Argument(help="Parked notifications as `deliveries list` shows them.", metavar="[ID…]"),
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what would be posted; post nothing.")]


@app.command("list", epilog="Example: summitwire deliveries list --destination slack:newsroom")
def list_(destination: DestinationName = None, json_: JsonLines = False) -> None:
    """Show every notification that is not delivered, and every dispatch that waits, and why.

    A dispatch becomes part of a message when its wait is over and its destination takes messages.
    """
    view = _load()
    rows = [row for row in view.rows() if destination in (None, row.destination)]
    for row in rows:
        typer.echo(json_line(asdict(row), option=orjson.OPT_UTC_Z) if json_ else _as_line(row))
    if not json_:
        for line in summarise(rows):
            say(line)
    if destination and destination not in view.destinations:
        say(describe_unknown(destination, view.destinations))
    elif not rows and not json_:
        say(f"everything is delivered{f' to {destination}' if destination else ''}")


@app.command(epilog="Example: summitwire deliveries redrive --destination slack:newsroom")
def redrive(ids: Ids = None, destination: DestinationName = None, dry_run: DryRun = False) -> None:
    """Post parked notifications after all: those with these ids, or all of a destination.

    What was delivered is never posted again. Works while alerting runs; without it the request
    waits for it.
    """
    if not ids and destination is None:
        raise fail("name ids, or a --destination to redrive all that is parked there", EXIT_USAGE)
    view = _load()
    if destination and destination not in view.destinations:
        raise fail(describe_unknown(destination, view.destinations), EXIT_USAGE)
    parked = [row for row in view.rows() if row.condition == "parked"]
    chosen = [row for row in parked if destination in (None, row.destination)]
    if ids:
        chosen = [_find(chosen, wanted) for wanted in ids]
    for row in chosen:
        typer.echo(_as_line(row))
    if chosen and not dry_run:
        asyncio.run(_request(Cluster(settings.load(KafkaSettings)), chosen))
    say(f"{len(chosen)} parked, {'none posted' if dry_run else 'asked for'}")


def _load() -> DeliveriesView:
    return asyncio.run(load_deliveries(Cluster(settings.load(KafkaSettings))))


def _find(rows: Sequence[UndeliveredRow], beginning: str) -> UndeliveredRow:
    return find_by_id(
        rows,
        beginning,
        noun="undelivered notification",
        list_command="summitwire deliveries list",
        id_of=lambda row: row.id,
    )


async def _request(cluster: Cluster, rows: Sequence[UndeliveredRow]) -> None:
    """Write one request for each destination."""
    producer = cluster.producer()
    await producer.start()
    try:
        destinations = sorted({row.destination for row in rows})
        await send_all(producer, [_to_write(cluster, name, rows) for name in destinations])
    finally:
        await producer.stop()


def _to_write(cluster: Cluster, destination: str, rows: Sequence[UndeliveredRow]) -> Write:
    return build_redrive(
        cluster.name(DISPATCHES.name),
        destination,
        [row.id for row in rows if row.destination == destination],
        ce_source="console/deliveries",
        now=datetime.now(UTC),
    )


def _as_line(row: UndeliveredRow) -> str:
    headline = " ".join(row.headline.split())[:HEADLINE_CHARACTERS]
    parts = (row.condition, row.destination, row.id[:12], row.severity, headline, row.because)
    return "  ".join(filter(None, parts))
