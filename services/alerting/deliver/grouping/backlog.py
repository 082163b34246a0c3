"""One message for many stories that waited: for their destination, or for a digest. Pure."""

from collections.abc import Sequence
from typing import Final

from services.alerting.deliver.grouping.story_decision import highest_severity
from services.alerting.match.dispatches import fit_alerts
from shared.messages.ids import notification_id
from shared.messages.schemas import AlertOutcome, Notification

MAX_STORIES: Final = 40
"""Stories in one digest: as many as a Slack message shows with a line each."""


def build_digest(notifications: Sequence[Notification], reason: str) -> Notification:
    """Return the digest of these notifications, one line for each, in their order."""
    destination = notifications[0].destination
    alerts, omitted = fit_alerts((), [alert for each in notifications for alert in each.alerts])
    return Notification(
        notification_id=notification_id(
            destination, *(each.notification_id for each in notifications)
        ),
        destination=destination,
        outcome=AlertOutcome.NOTIFIED,
        reason=reason,
        alerts=alerts,
        possible_repeat=any(each.possible_repeat for each in notifications),
        kind="digest",
        severity=highest_severity(each.severity for each in notifications),
        articles=tuple(each.articles[0] for each in notifications if each.articles),
        omitted=omitted + sum(each.omitted for each in notifications),
    )
