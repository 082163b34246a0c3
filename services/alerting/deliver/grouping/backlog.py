"""One message for many stories that waited while their destination took nothing. Pure."""

from collections.abc import Sequence
from typing import Final

from services.alerting.deliver.grouping.story_decision import highest_severity
from services.alerting.reasons import NotificationReason
from services.alerting.short_alert import shorten_alert
from shared.messages.ids import notification_id
from shared.messages.schemas import AlertOutcome, Notification

MAX_STORIES: Final = 100
"""Stories in one digest; with an alert and an article each they fit into a record."""


def build_digest(notifications: Sequence[Notification]) -> Notification:
    """Return the digest of these notifications, one line for each, most urgent first."""
    destination = notifications[0].destination
    alerts = tuple(shorten_alert(each.alerts[0]) for each in notifications if each.alerts)
    return Notification(
        notification_id=notification_id(
            destination, *(each.notification_id for each in notifications)
        ),
        destination=destination,
        outcome=AlertOutcome.NOTIFIED,
        reason=NotificationReason.BACKLOG.text(),
        alerts=alerts,
        possible_repeat=any(each.possible_repeat for each in notifications),
        kind="digest",
        severity=highest_severity(each.severity for each in notifications),
        articles=tuple(each.articles[0] for each in notifications if each.articles),
        omitted=sum(max(0, len(each.alerts) - 1) + each.omitted for each in notifications),
    )
