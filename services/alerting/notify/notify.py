"""alerts.v1 → notifications.v1: which destinations hear of an alert. Pure: the same alert gives the same notifications, byte for byte."""

from typing import Final

from shared.messages.ids import notification_id
from shared.messages.schemas import Alert, AlertOutcome, Notification

FIRST_OF_STORY: Final = "first of its story"


def notify(alert: Alert) -> tuple[Notification, ...]:
    """One notification for each destination of the alert's rule, in the rule's order; none where the rule names none (it is on the board).

    A destination that stands twice is told once. Addresses are not checked here: deliver parks what it has no address for.
    """
    return tuple(
        _notification(alert, destination) for destination in dict.fromkeys(alert.destinations)
    )


def _notification(alert: Alert, destination: str) -> Notification:
    return Notification(
        notification_id=notification_id(destination, alert.alert_id),
        destination=destination,
        outcome=AlertOutcome.NOTIFIED,
        reason=FIRST_OF_STORY,
        alerts=(alert,),
    )
