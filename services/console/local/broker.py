"""``summitwire broker``: a real Kafka on this machine, without Docker or a system Java."""

from pathlib import Path
from typing import Annotated, Final

import orjson
import typer

from services.console.errors import EXIT_BAD, say
from services.console.local import kafka_broker
from services.console.local.kafka_broker.broker import LOG, data_folder_of, end_reason_of

DEFAULT_PORT: Final = 9092

app = typer.Typer(
    help="Run a real Kafka on this machine, without Docker or a system Java.",
    no_args_is_help=True,
)

Port = Annotated[int, typer.Option(min=1, max=65_535, help="The port on 127.0.0.1 it serves.")]
Folder = Annotated[
    Path | None,
    typer.Option(file_okay=False, help="Where it keeps its data; var/kafka/PORT by default."),
]
Json = Annotated[bool, typer.Option("--json", help="One JSON object on standard output.")]


@app.command(epilog="Example: summitwire broker start --port 9092")
def start(port: Port = DEFAULT_PORT, folder: Folder = None, json_: Json = False) -> None:
    """Start it, wait until it answers, and leave it running; one that runs already is left as it is.

    The first start on a checkout downloads Kafka's jars (45 MB) once; later ones need no network.
    """
    _tell(kafka_broker.start(folder or data_folder_of(port), port, say=say), as_json=json_)


@app.command(epilog="Example: summitwire broker stop --port 9092")
def stop(port: Port = DEFAULT_PORT, folder: Folder = None, json_: Json = False) -> None:
    """Stop it gracefully, by force after 20 s; its data stays. Fine where none runs."""
    where = folder or data_folder_of(port)
    stopped = kafka_broker.stop(where)
    if json_:
        typer.echo(orjson.dumps({"stopped": stopped, "folder": str(where)}))
    else:
        typer.echo(f"stopped the broker of {where}" if stopped else f"no broker runs in {where}")


@app.command(epilog="Example: summitwire broker status --json")
def status(port: Port = DEFAULT_PORT, folder: Folder = None, json_: Json = False) -> None:
    """Say whether it runs; exit code 1 where it does not."""
    where = folder or data_folder_of(port)
    running = kafka_broker.status(where)
    if running:
        _tell(running, as_json=json_)
        return
    why = end_reason_of(where)
    if json_:
        typer.echo(orjson.dumps({"running": False, "folder": str(where), "why": why}))
    else:
        typer.echo(
            f"no broker runs in {where}"
            + (f"; the last one ended: {why} (see {where / LOG})" if why else "")
        )
    raise typer.Exit(EXIT_BAD)


def _tell(broker: kafka_broker.Broker, *, as_json: bool) -> None:
    told = {
        "running": True,
        "bootstrap": broker.bootstrap,
        "pid": broker.pid,
        "folder": str(broker.folder),
    }
    typer.echo(
        orjson.dumps(told)
        if as_json
        else f"Kafka runs on {broker.bootstrap} (pid {broker.pid}), its data in {broker.folder}"
    )
