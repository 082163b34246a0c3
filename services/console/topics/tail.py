"""``summitwire tail``: the messages of a topic, readable."""

import asyncio
from typing import Annotated, Any, Final

import orjson
import typer

from services.console.errors import EXIT_USAGE, fail
from services.console.printing.json_lines import json_line
from services.console.topics.topic_reader import follow, iter_retained
from shared.base import settings
from shared.files.yaml_document import did_you_mean
from shared.kafka.cluster import Cluster
from shared.kafka.topics import TOPICS, dead_letter_sources
from shared.messages.headers import decode_headers

SHOWN_CHARACTERS: Final = 160

TopicName = Annotated[
    str,
    typer.Argument(
        metavar="TOPIC", help="A topic of `summitwire topics list`, or its dead-letter topic."
    ),
]
FromBeginning = Annotated[
    bool, typer.Option("--from-beginning", help="Print what the topic holds, then stop.")
]
Json = Annotated[
    bool,
    typer.Option("--json", help="One JSON object a line: partition, offset, key, headers, value."),
]


def tail(topic: TopicName, from_beginning: FromBeginning = False, json_: Json = False) -> None:
    """Print the messages of a topic as they come, until Ctrl-C.

    Example: summitwire tail alerts.v1 --from-beginning --json
    """
    names = [known_topic.name for known_topic in TOPICS]
    names += [known_topic.dead_letters for known_topic in dead_letter_sources()]
    if topic not in names:
        hint = did_you_mean(topic, names) or "`summitwire topics list` shows them"
        raise fail(f"there is no topic {topic!r}; {hint}", EXIT_USAGE)
    cluster = Cluster(settings.load(settings.KafkaSettings))
    asyncio.run(_print(cluster, topic, from_beginning, json_))


def as_json(record: Any) -> dict[str, Any]:
    """Return the record as plain values; a value that is not JSON as text."""
    return {
        "partition": record.partition,
        "offset": record.offset,
        "key": _text(record.key),
        "headers": decode_headers(record.headers),
        "value": _value(record.value),
    }


def as_line(record: Any) -> str:
    """Return the record as one line: position, key and the beginning of its content."""
    value = content = _value(record.value)
    if isinstance(value, dict):
        content = value.get("headline") or value.get("article", {}).get("headline")
    if content is None:
        content = json_line(value)
    position = f"{record.partition}:{record.offset}"
    return f"{position} {_text(record.key)} {str(content)[:SHOWN_CHARACTERS]}"


async def _print(cluster: Cluster, topic: str, from_beginning: bool, json_: bool) -> None:
    records = iter_retained(cluster, topic) if from_beginning else follow(cluster, topic)
    async for record in records:
        if record is not None:
            typer.echo(json_line(as_json(record)) if json_ else as_line(record))


def _value(value: bytes | None) -> Any:
    if value is None:
        return None
    try:
        return orjson.loads(value)
    except orjson.JSONDecodeError:
        return _text(value)


def _text(value: bytes | None) -> str | None:
    return None if value is None else value.decode("utf-8", "backslashreplace")
