"""``summitwire topics create``, ``check`` and ``repartition``: the topics of the cluster."""

import asyncio
from typing import Annotated

import typer

from services.console.errors import EXIT_BAD, EXIT_USAGE, fail
from services.console.options import JsonLines
from services.console.printing.json_lines import json_line
from services.console.topics.repartition import SOURCE_OF, STATES, repartition
from shared.base import settings
from shared.kafka import topic_admin
from shared.kafka.cluster import Cluster

Partitions = Annotated[
    int | None,
    typer.Option(
        min=1, max=1000, help="Partitions of every topic, in place of the table's numbers."
    ),
]
Replication = Annotated[
    int, typer.Option(min=1, max=9, help="Replicas of every partition: 3 on a real cluster.")
]
StateTopic = Annotated[
    str,
    typer.Argument(
        help="A state topic: sources.v1, hits.v1, deliveries.v1 or feeds.v1.", metavar="TOPIC"
    ),
]


def create(partitions: Partitions = None, replication: Replication = 1) -> None:
    """Create every topic that is missing; safe to run again.

    Example: summitwire topics create --replication 3
    """
    created = topic_admin.create(_cluster(), partitions=partitions, replication=replication)
    for name in asyncio.run(created):
        typer.echo(f"created {name}")


def check(json_: JsonLines = False) -> None:
    """Say where the cluster differs from the table; exit 1 if it does.

    Example: summitwire topics check
    """
    differences = asyncio.run(topic_admin.differences(_cluster()))
    for line in differences:
        typer.echo(json_line({"difference": line}) if json_ else line)
    if differences:
        raise typer.Exit(EXIT_BAD)


def repartition_topic(topic: StateTopic) -> None:
    """Move keys to the partitions they belong to after partitions were added.

    Stop every service first. Safe to run again.

    Example: summitwire topics repartition sources.v1
    """
    state = STATES.get(topic)
    if state is None:
        raise fail(f"{topic!r} is not a state topic; there are {', '.join(STATES)}", EXIT_USAGE)
    records, keys = asyncio.run(repartition(_cluster(), state))
    source = SOURCE_OF[topic].name
    typer.echo(
        f"{topic}: {keys} keys are where they belong, "
        f"{records} unread records of {source} were moved"
    )


def _cluster() -> Cluster:
    return Cluster(settings.load(settings.KafkaSettings))
