"""feedback.v1 as the command reads and writes it, and the notifications that it is about."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, Final

from services.console.topics.topic_reader import iter_retained
from shared.base.outcomes import InvalidMessage
from shared.feedback.feedback_book import FeedbackBook
from shared.feedback.notification_head import decode_head
from shared.feedback.rule_measures import DAY_MS, WINDOW_DAYS, RuleActivity
from shared.kafka.cluster import Cluster
from shared.kafka.topics import ALERTS, FEEDBACK, NOTIFICATIONS, RULES
from shared.kafka.transaction import send_all
from shared.messages import codec
from shared.messages.desk_records import build_feedback_record
from shared.messages.headers import REPLAY_ID
from shared.messages.schemas import Feedback, Notification, Rule

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


async def load_activity(cluster: Cluster, now_ms: int) -> tuple[RuleActivity, dict[str, str]]:
    """Return what each rule did in the last months, and the titles of the active rules."""
    activity, titles, since_ms = RuleActivity(), dict[str, str](), now_ms - WINDOW_DAYS * DAY_MS
    async for record in iter_retained(cluster, ALERTS.name, since_ms=since_ms):
        if not _is_replayed(record):
            activity.take_alert((record.key or b"").decode("utf-8", "replace"), record.timestamp)
    async for record in iter_retained(cluster, NOTIFICATIONS.name, since_ms=since_ms):
        head = None if record.value is None or _is_replayed(record) else decode_head(record.value)
        if head is not None:
            activity.take_message(head.rules, record.timestamp)
    async for record in iter_retained(cluster, RULES.name):
        key = (record.key or b"").decode("utf-8", "replace")
        titles.pop(key, None)
        if record.value is not None and not key.startswith("#"):
            titles[key] = codec.decode(record.value, Rule).title
    return activity, titles


def _is_replayed(record: Any) -> bool:
    return any(name == REPLAY_ID for name, _ in record.headers)


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
