"""When a story's messages go out: a rule's own times, else the defaults. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from services.alerting.urgency import urgency
from shared.messages.schemas import Alert, Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupDefaults:
    """The times, in seconds, of rules that give none.

    ``urgent_wait_s`` holds for high and critical alerts.
    """

    wait_s: float = 30.0
    urgent_wait_s: float = 0.0
    interval_s: float = 300.0
    repeat_s: float = 14_400.0


def wait_s(alerts: Sequence[Alert], severity: Severity, defaults: GroupDefaults) -> float:
    """Return how long an article's alerts wait for others: the shortest that a rule asks for."""
    waits = [_wait_s(alert, defaults) for alert in alerts]
    return min(waits, default=_default_wait_s(severity, defaults))


def interval_s(alerts: Sequence[Alert], defaults: GroupDefaults) -> float:
    """Return the time between two messages of a story: the shortest that a rule asks for."""
    asked = [alert.group.interval_s for alert in alerts if alert.group]
    return min((seconds for seconds in asked if seconds is not None), default=defaults.interval_s)


def repeat_s(alerts: Sequence[Alert], defaults: GroupDefaults) -> float:
    """Return the time after which a story may be said to be corroborated once more."""
    asked = [alert.group.repeat_s for alert in alerts if alert.group]
    return min((seconds for seconds in asked if seconds is not None), default=defaults.repeat_s)


def _wait_s(alert: Alert, defaults: GroupDefaults) -> float:
    if alert.group and alert.group.wait_s is not None:
        return alert.group.wait_s
    return _default_wait_s(alert.severity, defaults)


def _default_wait_s(severity: Severity, defaults: GroupDefaults) -> float:
    is_urgent = urgency(severity) >= urgency(Severity.HIGH)
    return defaults.urgent_wait_s if is_urgent else defaults.wait_s
