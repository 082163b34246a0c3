"""``summitwire broker``: a real Kafka on this machine, without Docker or a system Java."""

from pathlib import Path
from typing import Annotated, Final

import typer

from services.console.errors import EXIT_BAD, say
from services.console.local import kafka_broker
from services.console.local.kafka_broker.broker import LOG, data_folder_of, end_reason_of
from services.console.options import JsonObject
from services.console.printing.json_lines import json_line

DEFAULT_PORT: Final = 9092

app = typer.Typer(
    help="Run a real Kafka on this machine, without Docker or a system Java.",
    no_args_is_help=True,
)

Port = Annotated[int, typer.Option(min=1, max=65_535, help="Its port on 127.0.0.1.")]
Folder = Annotated[
    Path | None,
    typer.Option(file_okay=False, help="Its data folder; by default var/kafka/PORT."),
]


@app.command(epilog="Example: summitwire broker start --port 9092")
def start(port: Port = DEFAULT_PORT, folder: Folder = None, json_: JsonObject = False) -> None:
    """Start it, wait until it answers, and leave it running; do nothing if it runs already.

    The first start on a checkout downloads Kafka's jars (45 MB) once; later ones need no network.
    """
    _print(kafka_broker.start(folder or data_folder_of(port), port, say=say), json_=json_)


@app.command(epilog="Example: summitwire broker stop --port 9092")
def stop(port: Port = DEFAULT_PORT, folder: Folder = None, json_: JsonObject = False) -> None:
    """Stop it gracefully, by force after 20 s; its data stays. Do nothing if none runs."""
    where = folder or data_folder_of(port)
    stopped = kafka_broker.stop(where)
    if json_:
        typer.echo(json_line({"stopped": stopped, "folder": str(where)}))
    else:
        typer.echo(f"stopped the broker of {where}" if stopped else f"no broker runs in {where}")


@app.command(epilog="Example: summitwire broker status --json")
def status(port: Port = DEFAULT_PORT, folder: Folder = None, json_: JsonObject = False) -> None:
    """Say whether it runs; exit 1 if it does not."""
    where = folder or data_folder_of(port)
    running = kafka_broker.status(where)
    if running:
        _print(running, json_=json_)
        return
    reason = end_reason_of(where)
    if json_:
        typer.echo(json_line({"running": False, "folder": str(where), "why": reason}))
    else:
        last = f"; the last one ended: {reason} (see {where / LOG})" if reason else ""
        typer.echo(f"no broker runs in {where}{last}")
    raise typer.Exit(EXIT_BAD)


def _print(broker: kafka_broker.Broker, *, json_: bool) -> None:
    if json_:
        status_object = {
            "running": True,
            "bootstrap": broker.bootstrap,
            "pid": broker.pid,
            "folder": str(broker.folder),
        }
        typer.echo(json_line(status_object))
    else:
        where = f"Kafka runs on {broker.bootstrap} (pid {broker.pid})"
        typer.echo(f"{where}, its data is in {broker.folder}")
