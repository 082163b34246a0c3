"""``summitwire topics list``, ``picture``, ``schemas``: the table of topics, without a broker."""

from pathlib import Path
from typing import Annotated

import typer

from services.console.options import JsonLines
from services.console.printing.json_lines import json_line
from services.console.topics import dataflow
from shared.kafka.topics import TOPICS, Topic
from shared.messages.codec import json_schema

Folder = Annotated[
    Path, typer.Argument(help="Where the JSON Schemas are written, one file per message.")
]


def list_topics(json_: JsonLines = False) -> None:
    """List what each topic holds, who writes it and who reads it.

    Example: summitwire topics list --json
    """
    for topic in TOPICS:
        typer.echo(_as_json(topic) if json_ else _as_text(topic))


def picture() -> None:
    """Draw the dataflow, as the README shows it.

    Example: summitwire topics picture
    """
    typer.echo(dataflow.picture())


def schemas(folder: Folder) -> None:
    """Write the JSON Schema of every message.

    Example: summitwire topics schemas docs/schemas
    """
    folder.mkdir(parents=True, exist_ok=True)
    for message in (message for topic in TOPICS for message in topic.messages):
        (folder / f"{message.__name__}.v1.json").write_bytes(json_schema(message))


def _as_json(topic: Topic) -> str:
    return json_line(
        {
            "topic": topic.name,
            "key": topic.key,
            "message": topic.message.__name__,
            "cleanup": topic.cleanup,
            "partitions": topic.partitions,
            "from": list(topic.producers),
            "to": list(topic.consumers),
        }
    )


def _as_text(topic: Topic) -> str:
    readers = ", ".join(topic.consumers)
    return f"{topic.name:22} {topic.message.__name__:14} {', '.join(topic.producers)} → {readers}"
