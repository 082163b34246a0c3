"""Alerts about delivery: another destination hears of an address that refuses posts. Pure."""

from services.alerting.reasons import NotificationReason
from shared.kafka.topics import NOTIFICATIONS
from shared.kafka.transaction import Write
from shared.messages import codec, headers
from shared.messages.ids import content_id
from shared.messages.schemas import AlertOutcome, Delivery, Notification


def address_closed(parked: Delivery, fallback: str) -> Notification | None:
    """Build the notification to ``fallback`` that the destination of ``parked`` refuses posts.

    None if there is no fallback, or if it is that destination itself.
    """
    if not fallback or fallback == parked.destination:
        return None
    return Notification(
        notification_id=content_id("closed", fallback, parked.notification_id),
        destination=fallback,
        outcome=AlertOutcome.NOTIFIED,
        reason=NotificationReason.ADDRESS_CLOSED.text(
            destination=parked.destination, answer=parked.answer
        ),
        alerts=(),
    )


def to_write(notification: Notification, topic: str, now_ms: int) -> Write:
    """Return the record of a notification; ``topic`` is the notifications topic on the cluster."""
    value = codec.encode(notification)
    outgoing = headers.build_outgoing(
        (),
        value=value,
        ce_type=f"{NOTIFICATIONS.message.__name__}.v1",
        ce_source="alerting/deliver",
        checkpoint=None,
        now_ms=now_ms,
    )
    return Write(topic, notification.destination.encode(), value, outgoing)
