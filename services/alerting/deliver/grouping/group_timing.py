"""When a story's messages go out: a rule's own times, else its route's, else the defaults. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from services.alerting.routes.routes import find_route
from services.alerting.urgency import urgency
from shared.messages.schemas import Alert, Dispatch, GroupTiming, Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupDefaults:
    """The times, in seconds, where neither rule nor route gives any.

    ``urgent_wait_s`` holds for high and critical alerts.
    """

    wait_s: float = 30.0
    urgent_wait_s: float = 0.0
    interval_s: float = 300.0
    repeat_s: float = 14_400.0


def wait_s(dispatch: Dispatch, defaults: GroupDefaults) -> float:
    """Return how long a dispatch waits for others: the shortest that one of its alerts asks for.

    A notice belongs to no story, and waits for nothing; an escalation has waited long enough.
    """
    if dispatch.kind == "notice":
        return 0.0
    timings = ((alert, timing_of(alert, dispatch.destination)) for alert in dispatch.alerts)
    waits = [
        _default_wait_s(alert.severity, defaults) if timing.wait_s is None else timing.wait_s
        for alert, timing in timings
    ]
    return min(waits, default=_default_wait_s(dispatch.severity, defaults))


def interval_s(alerts: Sequence[Alert], destination: str, defaults: GroupDefaults) -> float:
    """Return the time between two messages of a story: the shortest that an alert asks for."""
    asked = [timing_of(alert, destination).interval_s for alert in alerts]
    return min((seconds for seconds in asked if seconds is not None), default=defaults.interval_s)


def repeat_s(alerts: Sequence[Alert], destination: str, defaults: GroupDefaults) -> float:
    """Return the time after which a story may be said to be corroborated once more."""
    asked = [timing_of(alert, destination).repeat_s for alert in alerts]
    return min((seconds for seconds in asked if seconds is not None), default=defaults.repeat_s)


def timing_of(alert: Alert, destination: str) -> GroupTiming:
    """Return when an alert's messages go out there; None in it stands for the default."""
    rule, route = alert.group or GroupTiming(), find_route(alert, destination)
    if route is None or route.group is None:
        return rule
    return GroupTiming(
        wait_s=route.group.wait_s if rule.wait_s is None else rule.wait_s,
        interval_s=route.group.interval_s if rule.interval_s is None else rule.interval_s,
        repeat_s=route.group.repeat_s if rule.repeat_s is None else rule.repeat_s,
    )


def _default_wait_s(severity: Severity, defaults: GroupDefaults) -> float:
    is_urgent = urgency(severity) >= urgency(Severity.HIGH)
    return defaults.urgent_wait_s if is_urgent else defaults.wait_s
