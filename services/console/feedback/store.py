"""feedback.v1 as the command reads and writes it, and the notifications that it is about."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Final

from services.console.topics.topic_reader import iter_retained
from shared.base.outcomes import InvalidMessage
from shared.feedback.feedback_book import FeedbackBook
from shared.kafka.cluster import Cluster
from shared.kafka.topics import FEEDBACK, NOTIFICATIONS
from shared.kafka.transaction import send_all
from shared.messages import codec
from shared.messages.desk_records import build_feedback_record
from shared.messages.schemas import Feedback, Notification

_SOURCE: Final = "console/feedback"


async def load_feedback(cluster: Cluster) -> FeedbackBook:
    """Return all feedback."""
    book = FeedbackBook()
    async for record in iter_retained(cluster, FEEDBACK.name):
        book.apply(record.key or b"", record.value)
    return book


async def write_feedback(cluster: Cluster, feedback: Iterable[Feedback]) -> None:
    """Write feedback."""
    topic, now = cluster.name(FEEDBACK.name), datetime.now(UTC)
    producer = cluster.producer()
    await producer.start()
    try:
        await send_all(
            producer,
            [build_feedback_record(topic, each, ce_source=_SOURCE, now=now) for each in feedback],
        )
    finally:
        await producer.stop()


async def find_notifications(cluster: Cluster, beginning: str) -> list[Notification]:
    """Return the retained notifications whose id begins so."""
    by_id: dict[str, Notification] = {}
    async for record in iter_retained(cluster, NOTIFICATIONS.name):
        if beginning.encode() not in record.value:
            continue
        try:
            notification = codec.decode(record.value, Notification)
        except InvalidMessage:
            continue  # the board counts what cannot be read
        if notification.notification_id.startswith(beginning):
            by_id[notification.notification_id] = notification
    return list(by_id.values())
