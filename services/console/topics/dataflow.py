"""The dataflow drawn in text from the table of topics; the README holds it. Pure."""

from collections.abc import Sequence

from shared.kafka.topics import TOPICS, Topic


def picture() -> str:
    """Return one line per topic in dataflow order: who writes it, what it holds, who reads it."""
    rows = [
        ("feeds · seeds · push", "", "fetcher"),
        *map(_row, TOPICS),
        ("alerting/deliver", "", "Slack · webhook · console"),
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(2)]
    return "\n".join(_line(*row, widths) for row in rows)


def _row(topic: Topic) -> tuple[str, str, str]:
    compacted = ", compacted" if topic.cleanup != "delete" else ""
    content = f"{topic.name} ({topic.message.__name__} by {topic.key}{compacted})"
    return ", ".join(topic.producers), content, ", ".join(topic.consumers)


def _line(writer: str, topic: str, reader: str, widths: Sequence[int]) -> str:
    if not topic:  # outside Kafka
        return f"{writer:>{widths[0]}} ─{'─' * widths[1]}───▶ {reader}"
    return f"{writer:>{widths[0]}} ─▶ {topic:<{widths[1]}} ─▶ {reader}"
