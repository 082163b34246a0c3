"""Parse routes.yaml: every mistake is reported at its place, and a file with one is refused."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from services.alerting.routes.fields import (
    KnownValues,
    is_mapping,
    items_of,
    read,
    read_clock,
    read_days,
    read_labels,
    read_matchers,
    read_name,
    read_reference,
    read_seconds,
    read_severity,
    read_zone,
)
from services.alerting.routes.local_times import DAY_MINUTES, DigestTime, MuteTime
from services.alerting.routes.matchers import LabelMatcher, find_contradiction
from services.alerting.routes.routes import (
    ROOT,
    DeliverySettings,
    Receiver,
    Route,
    RouteEscalation,
    Routes,
    RouteTest,
)
from services.alerting.rules.fields import parse_destinations
from shared.files.yaml_document import VALUE, Problem, Steps, YamlDocument, load, raise_if_bad
from shared.messages.schemas import Severity

_SETTINGS: Final = ("group_wait", "group_interval", "repeat_interval", "mute_times", "digest")
_SECTIONS: Final = ("mute_times", "digests", "inhibit", "receivers", "route", "tests")
_MUTE_TIME: Final = ("name", "zone", "days", "start", "end", "up_to")
_DIGEST: Final = ("name", "zone", "days", "at", "up_to")
_DAILY: Final = ("at", "zone", "days")
_RECEIVER: Final = ("name", "notify", "inhibit", "daily", *_SETTINGS)
_ROUTE: Final = ("receiver", "matchers", "continue", "routes", "escalate", *_SETTINGS)
_ESCALATION: Final = ("after", "to", "from")
_MAX_DEPTH: Final = 15


@dataclass(slots=True)
class _Names:
    """What routes and receivers may name, as it is read; ``known_values`` are values of labels.

    ``matchers_above`` are those of the routes around the one that is being read.
    """

    mute_times: dict[str, MuteTime] = field(default_factory=dict)
    digests: dict[str, DigestTime] = field(default_factory=dict)
    receivers: dict[str, Receiver] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)
    matchers_above: tuple[LabelMatcher, ...] = ()
    known_values: KnownValues = field(default_factory=dict)


def load_routes(path: Path) -> Routes:
    """Load the file. DocumentError lists every mistake."""
    document = load(path)
    routes = parse_routes(document)
    raise_if_bad([document])
    return routes


def find_route_problems(path: Path, known_values: KnownValues | None = None) -> tuple[Problem, ...]:
    """Return every mistake and warning in the file, in order.

    A matcher that none of the ``known_values`` values of its label satisfies is a warning.
    """
    document = load(path)
    parse_routes(document, known_values)
    return tuple(sorted(document.problems))


def parse_routes(document: YamlDocument, known_values: KnownValues | None = None) -> Routes:
    """Return the routes as far as they can be read; the document lists the problems."""
    if document.data is None or not is_mapping(document, (), _SECTIONS):
        if document.data is None and not document.problems:
            document.report((), "the file is empty", code="no-routes", suggestion="add route:")
        return Routes()
    names = _Names(known_values=known_values or {})
    _read_mute_times(document, names)
    _read_digests(document, names)
    _read_receivers(document, names)
    root = None
    if document.value_at(("route",)) is not None:
        root = _read_route(document, ("route",), ROOT, Route(), names)
    routes = Routes(
        root=root,
        receivers=names.receivers,
        mute_times=names.mute_times,
        digests=names.digests,
        tests=_read_tests(document, names),
    )
    _report_unused(document, names)
    return routes


def _read_mute_times(document: YamlDocument, names: _Names) -> None:
    for path in items_of(document, ("mute_times",)):
        if not is_mapping(document, path, _MUTE_TIME):
            continue
        name = read_name(document, path, "mute time", names.mute_times)
        start = read_clock(document, (*path, "start"))
        end = read_clock(document, (*path, "end"), until=DAY_MINUTES)
        zone, days = read_zone(document, path), read_days(document, path)
        up_to = read_severity(document, path, "up_to")
        if start is not None and start == end:
            document.report(
                (*path, "end"),
                "it mutes the whole day: it ends at the time at which it begins",
                code="whole-day",
                suggestion='if you mean that, write start: "00:00" and end: "24:00"',
                level="warning",
            )
        if name is not None:
            names.mute_times[name] = MuteTime(
                name=name, zone=zone, start=start or 0, end=end or 0, days=days, up_to=up_to
            )


def _read_digests(document: YamlDocument, names: _Names) -> None:
    for path in items_of(document, ("digests",)):
        if not is_mapping(document, path, _DIGEST):
            continue
        name = read_name(document, path, "digest", names.digests)
        places = list(items_of(document, (*path, "at")))
        at = [read_clock(document, place) for place in places]
        zone, days = read_zone(document, path), read_days(document, path)
        if not at:
            document.report(
                path,
                "the digest has no time",
                code="missing-field",
                suggestion='for example at: ["07:00", "18:00"]',
            )
        elif not days:
            document.report((*path, "days"), "the digest has no day", code="bad-day")
        up_to = read_severity(document, path, "up_to")
        if name is not None:
            names.digests[name] = DigestTime(
                name=name,
                zone=zone,
                at=tuple(sorted({minutes or 0 for minutes in at or (0,)})),
                days=days,
                up_to=up_to,
            )


def _read_receivers(document: YamlDocument, names: _Names) -> None:
    inhibits = read(document, (), "inhibit", bool) or False
    owners: dict[str, str] = {}
    for path in items_of(document, ("receivers",)):
        if not is_mapping(document, path, _RECEIVER):
            continue
        name = read_name(document, path, "receiver", names.receivers)
        destinations = parse_destinations(document, path)
        if document.value_at((*path, "notify")) in (None, []):
            document.report(
                path,
                "the receiver has no destination",
                code="missing-field",
                suggestion="for example notify: [slack:asia-desk]",
            )
        for destination in destinations:
            if destination in owners:
                document.report(
                    (*path, "notify"),
                    f"{destination} belongs to the receiver {owners[destination]} already",
                    code="duplicate-name",
                )
            owners.setdefault(destination, name or "above")
        own = read(document, path, "inhibit", bool)
        settings, daily = _read_settings(document, path, names), _read_daily(document, path)
        if name is not None:
            names.receivers[name] = Receiver(
                name=name,
                destinations=destinations,
                settings=settings,
                inhibits=inhibits if own is None else own,
                daily=daily,
            )


def _read_daily(document: YamlDocument, receiver: Steps) -> DigestTime | None:
    path = (*receiver, "daily")
    if document.value_at(path) is None or not is_mapping(document, path, _DAILY):
        return None
    zone, days = read_zone(document, path), read_days(document, path)
    if document.value_at((*path, "at")) is None:
        document.report(
            path,
            "the daily line has no time",
            code="missing-field",
            suggestion='for example at: "07:00"',
        )
        return None
    at = read_clock(document, (*path, "at"))
    if not days:
        document.report((*path, "days"), "the daily line has no day", code="bad-day")
        return None
    return None if at is None else DigestTime(name="daily", zone=zone, at=(at,), days=days)


def _read_settings(document: YamlDocument, path: Steps, names: _Names) -> DeliverySettings:
    mute_times = None
    if document.value_at((*path, "mute_times")) is not None:
        places = items_of(document, (*path, "mute_times"))
        read_names = (
            read_reference(document, place, "mute time", names.mute_times) for place in places
        )
        mute_times = tuple(name for name in read_names if name is not None)
    digest = None
    if document.value_at((*path, "digest")) is not None:
        digest = read_reference(document, (*path, "digest"), "digest", names.digests)
    names.used |= {*(f"mute time {name}" for name in mute_times or ()), f"digest {digest}"}
    return DeliverySettings(
        wait_s=read_seconds(document, path, "group_wait"),
        interval_s=read_seconds(document, path, "group_interval"),
        repeat_s=read_seconds(document, path, "repeat_interval"),
        mute_times=mute_times,
        digest=digest,
    )


def _read_route(
    document: YamlDocument, path: Steps, place: str, above: Route, names: _Names
) -> Route:
    """Read a route and those below it; what it does not say it has from the route ``above``."""
    if not is_mapping(document, path, _ROUTE):
        return replace(above, place=place, routes=())
    receiver = above.receiver
    if document.value_at((*path, "receiver")) is not None:
        receiver = read_reference(document, (*path, "receiver"), "receiver", names.receivers)
        names.used.add(f"receiver {receiver}")
    settings = _read_settings(document, path, names).or_else(above.settings)
    matchers = read_matchers(document, path, names.known_values)
    _report_contradiction(document, path, matchers, names)
    if place == ROOT and matchers:
        document.report(
            (*path, "matchers"),
            "the first route takes every alert: it has no matchers",
            code="bad-route",
            suggestion="put the matchers on a route under routes:",
        )
    route = Route(
        place=place,
        line=document.position(path)[0],
        receiver=receiver,
        matchers=matchers,
        continues=read(document, path, "continue", bool) or False,
        settings=settings,
        escalation=_read_escalation(document, path, receiver, names) or above.escalation,
    )
    names.matchers_above += matchers
    children = _read_children(document, path, route, names)
    names.matchers_above = names.matchers_above[: len(names.matchers_above) - len(matchers)]
    return replace(route, routes=children)


def _report_contradiction(
    document: YamlDocument, path: Steps, matchers: Sequence[LabelMatcher], names: _Names
) -> None:
    """Warn if no alert satisfies a route's matchers and those of the routes above it."""
    above = names.matchers_above
    for number, matcher in enumerate(matchers):
        other = find_contradiction(matcher, (*above, *matchers[:number]))
        if other is not None:
            document.report(
                (*path, "matchers"),
                f"no alert comes here: {matcher} and {other} never hold together",
                code="unreachable",
                suggestion="use =~ with | if either may hold, or two routes",
                level="warning",
            )
            return


def _read_escalation(
    document: YamlDocument, path: Steps, receiver: str | None, names: _Names
) -> RouteEscalation | None:
    """Read who is told if nobody answers; every field is checked even if another is wrong."""
    inner = (*path, "escalate")
    if document.value_at(inner) is None or not is_mapping(document, inner, _ESCALATION):
        return None
    after_s = read_seconds(document, inner, "after")
    if after_s is None:
        document.report(
            inner,
            "it does not say after how long",
            code="missing-field",
            suggestion="for example after: 10m",
        )
    elif after_s == 0:
        document.report(
            (*inner, "after", VALUE),
            "nobody can answer within no time",
            code="bad-duration",
            suggestion="to tell both at once, use a route with continue: true",
        )
    name = None
    if document.value_at((*inner, "to")) is None:
        document.report(
            inner,
            "it does not say who is told",
            code="missing-field",
            suggestion="for example to: duty-editor, a receiver",
        )
    else:
        name = read_reference(document, (*inner, "to"), "receiver", names.receivers)
    if name is not None and name == receiver:
        document.report(
            (*inner, "to", VALUE),
            f"{name} would be told of what it has not answered itself",
            code="bad-escalation",
            suggestion="name another receiver",
        )
    severity = Severity.INFO
    if document.value_at((*inner, "from")) is not None:
        severity = read_severity(document, inner, "from")
    if not after_s or name is None:
        return None
    return RouteEscalation(after_s=after_s, receiver=name, at_least=severity)


def _read_children(
    document: YamlDocument, path: Steps, route: Route, names: _Names
) -> tuple[Route, ...]:
    prefix = "" if route.place == ROOT else f"{route.place}."
    if prefix.count(".") >= _MAX_DEPTH:
        document.report(path, f"routes are nested deeper than {_MAX_DEPTH}", code="bad-route")
        return ()
    children: list[Route] = []
    has_matchers = False
    for number, inner in enumerate(items_of(document, (*path, "routes")), 1):
        previous = children[-1] if children else None
        if previous is not None and not has_matchers and not previous.continues:
            document.report(
                inner,
                f"no alert comes here: the route on line {previous.line} takes every one",
                code="unreachable",
                suggestion="give that route matchers, or continue: true",
                level="warning",
            )
        children.append(_read_route(document, inner, f"{prefix}{number}", route, names))
        has_matchers = bool(document.value_at((*inner, "matchers")))  # they may be wrong
    return tuple(children)


def _read_tests(document: YamlDocument, names: _Names) -> tuple[RouteTest, ...]:
    tests = []
    for path in items_of(document, ("tests",)):
        if not is_mapping(document, path, ("alert", "receivers")):
            continue
        labels = read_labels(document, (*path, "alert"))
        places = items_of(document, (*path, "receivers"))
        receivers = [
            read_reference(document, place, "receiver", names.receivers) for place in places
        ]
        if document.value_at((*path, "receivers")) is None:
            document.report(
                path,
                "the test does not say which receivers the alert must reach",
                code="missing-field",
                suggestion="for example receivers: [asia-desk], or receivers: [] for none",
            )
        tests.append(
            RouteTest(
                labels=labels,
                receivers=tuple(name for name in receivers if name is not None),
                line=document.position(path)[0],
            )
        )
    return tuple(tests)


def _report_unused(document: YamlDocument, names: _Names) -> None:
    """Warn of mute times and digests that nothing names; a receiver may serve rules alone."""
    for section, kind in (("mute_times", "mute time"), ("digests", "digest")):
        for path in items_of(document, (section,)):
            name = document.value_at((*path, "name"))
            if isinstance(name, str) and f"{kind} {name}" not in names.used:
                document.report(
                    path,
                    f"no route and no receiver names the {kind} {name[:40]}",
                    code="unused",
                    level="warning",
                )
