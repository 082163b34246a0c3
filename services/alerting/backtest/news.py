"""Alerts → the messages that people would have got: the one place where a backtest asks notify. Pure."""

from collections.abc import Iterable

from services.alerting.notify import notify
from shared.schemas import Alert, Notification


def news(alerts: Iterable[Alert]) -> tuple[Notification, ...]:
    """The notifications of these alerts, which come to notify in the order of their event times."""
    ordered = sorted(alerts, key=lambda alert: (alert.event_time, alert.alert_id))
    return tuple(notification for alert in ordered for notification in notify(alert))
