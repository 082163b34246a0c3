"""``summitwire tail TOPIC``: messages, readable."""

import asyncio
from typing import Annotated, Any

import orjson
import typer

from services.console.errors import EXIT_USAGE, fail
from services.console.topics.topic_reader import follow, iter_retained
from shared.base import settings
from shared.files.yaml_document import did_you_mean
from shared.kafka.cluster import Cluster
from shared.kafka.topics import TOPICS, dead_letter_sources
from shared.messages import headers

SHORT = 160


def tail(
    topic: Annotated[
        str,
        typer.Argument(
            help="A topic of `summitwire topics list`, or one of its dead-letter topics."
        ),
    ],
    from_beginning: Annotated[
        bool, typer.Option("--from-beginning", help="Print what is there, then stop.")
    ] = False,
    json_: Annotated[
        bool,
        typer.Option(
            "--json", help="One JSON object a line: partition, offset, key, headers, value."
        ),
    ] = False,
) -> None:
    """Print the messages of a topic as they come, until Ctrl-C.

    Example: summitwire tail alerts.v1 --from-beginning --json
    """
    names = [t.name for t in TOPICS] + [t.dead_letters for t in dead_letter_sources()]
    if topic not in names:
        raise fail(
            f"there is no topic {topic!r}; {did_you_mean(topic, names) or '`summitwire topics list` shows them'}",
            EXIT_USAGE,
        )
    cluster = Cluster(settings.load(settings.KafkaSettings))
    asyncio.run(_print(cluster, topic, from_beginning, json_))


async def _print(cluster: Cluster, topic: str, from_beginning: bool, json_: bool) -> None:
    async for record in iter_retained(cluster, topic) if from_beginning else follow(cluster, topic):
        if record is not None:
            typer.echo(orjson.dumps(as_json(record)) if json_ else as_line(record))


def as_json(record: Any) -> dict[str, Any]:
    """A record as plain values; a value that is no JSON is shown as text."""
    return {
        "partition": record.partition,
        "offset": record.offset,
        "key": _text(record.key),
        "headers": headers.decode_headers(record.headers),
        "value": _value(record.value),
    }


def as_line(record: Any) -> str:
    """A record in one line: where, key and the beginning of what it says."""
    value = _value(record.value)
    told = (
        value.get("headline") or value.get("article", {}).get("headline")
        if isinstance(value, dict)
        else value
    )
    if told is None:
        told = orjson.dumps(value).decode()
    return f"{record.partition}:{record.offset} {_text(record.key)} {str(told)[:SHORT]}"


def _value(value: bytes | None) -> Any:
    if value is None:
        return None
    try:
        return orjson.loads(value)
    except orjson.JSONDecodeError:
        return _text(value)


def _text(value: bytes | None) -> str | None:
    return None if value is None else value.decode("utf-8", "backslashreplace")
