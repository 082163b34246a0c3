"""``summitwire topics``: create, check and list the topics of shared/kafka/topics.py."""

import asyncio
from pathlib import Path
from typing import Annotated

import orjson
import typer

from services.console.errors import EXIT_BAD, EXIT_USAGE, fail
from services.console.topics import dataflow, repartition
from shared.base import settings
from shared.kafka import topic_admin
from shared.kafka.cluster import Cluster
from shared.kafka.topics import TOPICS
from shared.messages.codec import json_schema

app = typer.Typer(help="Create, check and list the topics.", no_args_is_help=True)

Json = Annotated[bool, typer.Option("--json", help="One JSON object a line on standard output.")]
Partitions = Annotated[
    int | None,
    typer.Option(
        min=1, max=1000, help="Partitions for every topic, in place of the table's numbers."
    ),
]
Replication = Annotated[
    int, typer.Option(min=1, max=9, help="Replicas of every partition: 3 on a real cluster.")
]


@app.command(epilog="Example: summitwire topics create --replication 3")
def create(partitions: Partitions = None, replication: Replication = 1) -> None:
    """Create every topic that is missing; safe to run again."""
    cluster = Cluster(settings.load(settings.KafkaSettings))
    for name in asyncio.run(
        topic_admin.create(cluster, partitions=partitions, replication=replication)
    ):
        typer.echo(f"created {name}")


@app.command(epilog="Example: summitwire topics check")
def check(json_: Json = False) -> None:
    """Say where the cluster differs from the table; exit 1 if it does."""
    found = asyncio.run(topic_admin.differences(Cluster(settings.load(settings.KafkaSettings))))
    for line in found:
        typer.echo(orjson.dumps({"difference": line}) if json_ else line)
    if found:
        raise typer.Exit(EXIT_BAD)


@app.command("list", epilog="Example: summitwire topics list --json")
def list_(json_: Json = False) -> None:
    """The table: what each topic holds, who writes and who reads it."""
    for topic in TOPICS:
        row = {
            "topic": topic.name,
            "key": topic.key,
            "message": topic.message.__name__,
            "cleanup": topic.cleanup,
            "partitions": topic.partitions,
        }
        row |= {"from": topic.producer, "to": list(topic.consumers)}
        typer.echo(
            orjson.dumps(row)
            if json_
            else f"{topic.name:22} {row['message']:14} {topic.producer} → {', '.join(topic.consumers)}"
        )


@app.command("repartition", epilog="Example: summitwire topics repartition sources.v1")
def repartition_(
    topic: Annotated[
        str,
        typer.Argument(
            help="A state topic: sources.v1, hits.v1, deliveries.v1 or feeds.v1.", metavar="TOPIC"
        ),
    ],
) -> None:
    """Move keys to the partitions they belong to, after partitions were added; with every service stopped, and safe to run again."""
    state = repartition.STATES.get(topic)
    if state is None:
        raise fail(
            f"{topic!r} is no state topic; there are {', '.join(repartition.STATES)}", EXIT_USAGE
        )
    records, keys = asyncio.run(
        repartition.repartition(Cluster(settings.load(settings.KafkaSettings)), state)
    )
    typer.echo(
        f"{topic}: {keys} keys are where they belong, {records} unread records of {repartition.SOURCE_OF[topic].name} were moved"
    )


@app.command(epilog="Example: summitwire topics picture")
def picture() -> None:
    """The dataflow in words, as the README shows it."""
    typer.echo(dataflow.picture())


@app.command(epilog="Example: summitwire topics schemas docs/schemas")
def schemas(
    folder: Annotated[
        Path, typer.Argument(help="Where the JSON Schemas are written, one file a message.")
    ],
) -> None:
    """Write the JSON Schema of every message."""
    folder.mkdir(parents=True, exist_ok=True)
    for message in (message for topic in TOPICS for message in topic.messages):
        (folder / f"{message.__name__}.v1.json").write_bytes(json_schema(message))
