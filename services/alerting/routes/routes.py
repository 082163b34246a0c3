"""Routes as a value, and which of them an alert takes. Pure.

It is Alertmanager's tree. An alert goes down it: of a route's children the first that matches
takes it, and the next ones are only tried after one with ``continue``. If no child matches, the
route itself takes it. A route without a receiver, its own or one from above, is about the
destinations of the alert's rule.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from services.alerting.routes.local_times import DigestTime, MuteTime
from services.alerting.routes.matchers import LabelMatcher, Labels, labels_of, match_all
from services.alerting.urgency import urgency
from shared.messages.schemas import Alert, AlertRoute, Escalation, GroupTiming, Severity

ROOT: Final = "root"


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliverySettings:
    """When messages go out; None leaves it to the route above, the receiver or the default."""

    wait_s: int | None = None
    interval_s: int | None = None
    repeat_s: int | None = None
    mute_times: tuple[str, ...] | None = None
    digest: str | None = None

    def or_else(self, fallback: "DeliverySettings") -> "DeliverySettings":
        """Return these settings, and those of ``fallback`` where they say nothing."""
        return DeliverySettings(
            wait_s=fallback.wait_s if self.wait_s is None else self.wait_s,
            interval_s=fallback.interval_s if self.interval_s is None else self.interval_s,
            repeat_s=fallback.repeat_s if self.repeat_s is None else self.repeat_s,
            mute_times=fallback.mute_times if self.mute_times is None else self.mute_times,
            digest=fallback.digest if self.digest is None else self.digest,
        )


NO_SETTINGS: Final = DeliverySettings()


@dataclass(frozen=True, slots=True, kw_only=True)
class Receiver:
    """Destinations under one name, and when their messages go out unless a route says.

    ``daily`` is when they are told what was read, if they are.
    """

    name: str
    destinations: tuple[str, ...]
    settings: DeliverySettings = NO_SETTINGS
    inhibits: bool = False
    daily: DigestTime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteEscalation:
    """Whom to tell of alerts from a severity on if nobody has answered after so many seconds."""

    after_s: int
    receiver: str
    at_least: Severity = Severity.INFO


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """A node of the tree. Receiver, settings and escalation include those of the routes above it.

    ``place`` is its place in the tree: ``1.2`` is the second child of the root's first; ``line`` is
    its line in the file.
    """

    place: str = ROOT
    line: int = 1
    receiver: str | None = None
    matchers: tuple[LabelMatcher, ...] = ()
    continues: bool = False
    settings: DeliverySettings = NO_SETTINGS
    escalation: RouteEscalation | None = None
    routes: tuple["Route", ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteTest:
    """Labels of an alert, and the receivers that it must reach; ``line`` is its line."""

    labels: Mapping[str, tuple[str, ...]]
    receivers: tuple[str, ...]
    line: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Routes:
    """All of routes.yaml; empty, it leaves every alert to its rule."""

    root: Route | None = None
    receivers: Mapping[str, Receiver] = field(default_factory=dict)
    mute_times: Mapping[str, MuteTime] = field(default_factory=dict)
    digests: Mapping[str, DigestTime] = field(default_factory=dict)
    tests: tuple[RouteTest, ...] = ()

    def receiver_of(self, destination: str) -> Receiver | None:
        """Return the receiver that has the destination, if any."""
        receivers = self.receivers.values()
        return next((each for each in receivers if destination in each.destinations), None)


@dataclass(frozen=True, slots=True)
class RouteVisit:
    """A route that an alert came to: the matcher that did not hold, or whether it is taken."""

    route: Route
    failed: LabelMatcher | None
    is_taken: bool


def select_routes(root: Route, labels: Labels) -> list[Route]:
    """Return the routes that an alert with these labels takes, in order."""
    return [visit.route for visit in visit_routes(root, labels) if visit.is_taken]


def visit_routes(root: Route, labels: Labels) -> Iterator[RouteVisit]:
    """Yield each route that the alert comes to, the taken ones included; children come first."""
    failed = next((each for each in root.matchers if not each.holds(labels)), None)
    if failed is not None:
        yield RouteVisit(root, failed, is_taken=False)
        return
    is_taken = True
    for child in root.routes:
        yield from visit_routes(child, labels)
        if match_all(child.matchers, labels):
            is_taken = False
            if not child.continues:
                break
    yield RouteVisit(root, None, is_taken)


def route_alert(alert: Alert, routes: Routes) -> Alert:
    """Return the alert with the destinations of its rule and of its routes.

    Where two routes lead to a destination, the first decides when its messages go out.
    """
    if routes.root is None and not routes.receivers:
        return alert
    reached: dict[str, AlertRoute] = {}
    for route in select_routes(routes.root, labels_of(alert)) if routes.root else ():
        for destination in _destinations(route, alert, routes):
            reached.setdefault(
                destination,
                replace(
                    _alert_route(destination, route, routes),
                    escalation=_escalation(alert, destination, route, routes),
                ),
            )
    for destination in alert.destinations:
        reached.setdefault(destination, _alert_route(destination, None, routes))
    return replace(
        alert,
        destinations=tuple(dict.fromkeys((*alert.destinations, *reached))),
        routes=tuple(each for each in reached.values() if _says_something(each)),
    )


def route_alerts(alerts: Sequence[Alert], routes: Routes) -> tuple[Alert, ...]:
    """Return the alerts as ``route_alert`` does."""
    return tuple(route_alert(alert, routes) for alert in alerts)


def _says_something(route: AlertRoute) -> bool:
    return route != AlertRoute(destination=route.destination)


def find_route(alert: Alert, destination: str) -> AlertRoute | None:
    """Return what the routes say of an alert at a destination, if anything."""
    return next((each for each in alert.routes if each.destination == destination), None)


def _destinations(route: Route, alert: Alert, routes: Routes) -> tuple[str, ...]:
    if route.receiver is None:
        return alert.destinations
    return routes.receivers[route.receiver].destinations


def _escalation(alert: Alert, destination: str, route: Route, routes: Routes) -> Escalation | None:
    """Return whom else to tell of an alert that a route takes to a destination, if anybody."""
    escalation = route.escalation
    if escalation is None or urgency(alert.severity) < urgency(escalation.at_least):
        return None
    others = routes.receivers[escalation.receiver].destinations
    destinations = tuple(each for each in others if each != destination)
    return Escalation(
        after_s=escalation.after_s, receiver=escalation.receiver, destinations=destinations
    )


def _alert_route(destination: str, route: Route | None, routes: Routes) -> AlertRoute:
    receiver = routes.receiver_of(destination)
    if route and route.receiver is None and route.settings == NO_SETTINGS:
        route = None
    settings = route.settings if route else NO_SETTINGS
    if receiver is not None:
        settings = settings.or_else(receiver.settings)
    timing = GroupTiming(
        wait_s=settings.wait_s, interval_s=settings.interval_s, repeat_s=settings.repeat_s
    )
    return AlertRoute(
        destination=destination,
        route=route.place if route else "",
        group=None if timing == GroupTiming() else timing,
        mute_times=settings.mute_times or (),
        digest=settings.digest or None,
        inhibits=receiver is not None and receiver.inhibits,
    )
