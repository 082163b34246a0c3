"""Alerts about delivery, and the records of what was decided. Pure."""

from collections.abc import Mapping

from services.alerting.reasons import NotificationReason
from shared.kafka.transaction import Write
from shared.messages import codec, headers
from shared.messages.ids import content_id
from shared.messages.schemas import Delivery, Dispatch, Notification, Severity


def address_closed(refused: Delivery, fallback: str) -> Dispatch | None:
    """Build the dispatch to ``fallback`` that the destination of ``refused`` takes no posts.

    None if there is no fallback, or if it is that destination itself.
    """
    if not fallback or fallback == refused.destination:
        return None
    reason = NotificationReason.ADDRESS_CLOSED
    return Dispatch(
        dispatch_id=content_id("closed", fallback, refused.notification_id),
        destination=fallback,
        kind="notice",
        severity=Severity.HIGH,
        reason=reason.text(destination=refused.destination, answer=refused.answer),
    )


def to_write(
    message: Dispatch | Notification, topic: str, origin: Mapping[str, str], now_ms: int
) -> Write:
    """Return the record of a message by destination; ``topic`` is its topic on the cluster.

    ``origin`` are the headers of the record that it follows from.
    """
    value = codec.encode(message)
    outgoing = headers.build_outgoing(
        headers.encode_headers(origin),
        value=value,
        ce_type=f"{type(message).__name__}.v1",
        ce_source="alerting/deliver",
        checkpoint=None,
        now_ms=now_ms,
    )
    return Write(topic, message.destination.encode(), value, outgoing)
