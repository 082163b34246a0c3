"""Alerts → the messages that people would have received: where a backtest calls notify. Pure."""

from collections.abc import Iterable

from services.alerting.notify.burst_notifications import notifications_for
from shared.messages.schemas import Alert, Notification
from shared.stream.state_store import StateStore


def collect_notifications(alerts: Iterable[Alert]) -> tuple[Notification, ...]:
    """Return the notifications of these alerts, which reach notify by event time.

    Thresholds start with empty state.
    """
    ordered = sorted(alerts, key=lambda alert: (alert.event_time, alert.alert_id))
    state = StateStore()
    return tuple(
        notification for alert in ordered for notification in notifications_for(alert, state)
    )
