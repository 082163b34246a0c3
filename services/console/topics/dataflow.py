"""The dataflow as a picture in words, drawn from the table of topics. Pure; the README holds it and a test compares."""

from shared.kafka.topics import TOPICS, Topic


def picture() -> str:
    """One line a topic, in dataflow order: who writes it, what it holds, who reads it."""
    rows = [
        ("feeds · seeds", "", "fetcher"),
        *map(_row, TOPICS),
        ("alerting/deliver", "", "Slack · webhook · console"),
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(2)]
    return "\n".join(
        f"{start:>{widths[0]}} ─▶ {topic:<{widths[1]}} ─▶ {end}"
        if topic
        else _edge(start, end, widths)
        for start, topic, end in rows
    )


def _edge(start: str, end: str, widths: list[int]) -> str:
    return f"{start:>{widths[0]}} ─{'─' * widths[1]}───▶ {end}"


def _row(topic: Topic) -> tuple[str, str, str]:
    state = ", compacted" if topic.cleanup != "delete" else ""
    return (
        topic.producer,
        f"{topic.name} ({topic.message.__name__} by {topic.key}{state})",
        ", ".join(topic.consumers),
    )
