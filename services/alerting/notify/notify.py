"""alerts.v1 → notifications.v1 for rules without a threshold: one notification per destination.

Pure: the same alert gives the same notifications, byte for byte.
"""

from services.alerting.reasons import NotificationReason
from shared.messages.ids import notification_id
from shared.messages.schemas import Alert, AlertOutcome, Notification


def notify(alert: Alert) -> tuple[Notification, ...]:
    """Return one notification per destination of the alert's rule, in the rule's order.

    A destination that the rule lists twice gets one notification. A rule without destinations
    gives none: its alerts are on the board only. Addresses are not checked here; deliver parks
    notifications that have no address.
    """
    return tuple(
        Notification(
            notification_id=notification_id(destination, alert.alert_id),
            destination=destination,
            outcome=AlertOutcome.NOTIFIED,
            reason=NotificationReason.EVERY_MATCH.text(),
            alerts=(alert,),
        )
        for destination in dict.fromkeys(alert.destinations)
    )
