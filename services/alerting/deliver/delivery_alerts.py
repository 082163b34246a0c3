"""News about deliveries themselves: an address that refuses everything is told to another destination. Pure."""

from shared.kafka.topics import NOTIFICATIONS
from shared.kafka.transaction import Write
from shared.messages import codec, headers
from shared.messages.ids import content_id
from shared.messages.schemas import AlertOutcome, Delivery, Notification


def closed(parked: Delivery, fallback: str) -> Notification | None:
    """What to tell the fallback destination when ``parked`` closed its own; None where there is no other one to tell."""
    if not fallback or fallback == parked.destination:
        return None
    return Notification(
        notification_id=content_id("closed", fallback, parked.notification_id),
        destination=fallback,
        outcome=AlertOutcome.NOTIFIED,
        reason=f"{parked.destination} takes no messages any more ({parked.answer}); its notifications are parked until its address is mended",
        alerts=(),
    )


def write(notice: Notification, topic: str, now_ms: int) -> Write:
    """The notice as a record of the notifications topic (``topic``: its name on the cluster)."""
    value = codec.encode(notice)
    told = headers.build_outgoing(
        (),
        value=value,
        ce_type=f"{NOTIFICATIONS.message.__name__}.v1",
        ce_source="alerting/deliver",
        checkpoint=None,
        now_ms=now_ms,
    )
    return Write(topic, notice.destination.encode(), value, told)
