"""Alerts → the messages that people would have got: the one place where a backtest asks notify. Pure."""

from collections.abc import Iterable

from services.alerting.notify.thresholds import notifications_for
from shared.messages.schemas import Alert, Notification
from shared.stream.state_store import StateStore


def collect_notifications(alerts: Iterable[Alert]) -> tuple[Notification, ...]:
    """The notifications of these alerts, which come to notify in the order of their event times; thresholds begin with nothing remembered."""
    ordered, state = (
        sorted(alerts, key=lambda alert: (alert.event_time, alert.alert_id)),
        StateStore(),
    )
    return tuple(
        notification for alert in ordered for notification in notifications_for(alert, state)
    )
