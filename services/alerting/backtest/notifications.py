"""Alerts → the messages that people would have got: the one place where a backtest asks notify. Pure."""

from collections.abc import Iterable

from services.alerting.notify.thresholds import told
from shared.messages.schemas import Alert, Notification
from shared.stream.state_store import State


def news(alerts: Iterable[Alert]) -> tuple[Notification, ...]:
    """The notifications of these alerts, which come to notify in the order of their event times; thresholds begin with nothing remembered."""
    ordered, state = sorted(alerts, key=lambda alert: (alert.event_time, alert.alert_id)), State()
    return tuple(notification for alert in ordered for notification in told(alert, state))
