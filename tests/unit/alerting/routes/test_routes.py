"""Which routes an alert takes, against a naive model, and what it carries then."""

from collections.abc import Callable
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from services.alerting.deliver.grouping.group_timing import timing_of
from services.alerting.routes.matchers import LabelMatcher, Labels, parse_matcher
from services.alerting.routes.routes import (
    NO_SETTINGS,
    DeliverySettings,
    Receiver,
    Route,
    Routes,
    find_route,
    route_alert,
    select_routes,
    visit_routes,
)
from shared.messages.schemas import Alert, AlertRoute, GroupTiming, Severity
from tests.hypothesis_profiles import examples

MATCHERS = st.sampled_from(
    [parse_matcher(f"{label}={value}") for label in ("rule", "owner") for value in "ab"]
)
ALERTS = st.fixed_dictionaries(
    {"rule": st.tuples(st.sampled_from("abc")), "owner": st.tuples(st.sampled_from("abc"))}
)


def trees(depth: int = 3) -> st.SearchStrategy[Route]:
    children = st.just(()) if depth == 0 else st.lists(trees(depth - 1), max_size=3).map(tuple)
    return st.builds(
        Route,
        line=st.integers(1, 10_000),
        receiver=st.sampled_from(["x", "y", None]),
        matchers=st.lists(MATCHERS, max_size=1).map(tuple),
        continues=st.booleans(),
        routes=children,
    )


def naive(route: Route, labels: Labels) -> list[Route]:
    """Alertmanager's dispatch.Route.Match, word for word."""
    if not all(labels[matcher.label] == (matcher.value,) for matcher in route.matchers):
        return []
    taken: list[Route] = []
    for child in route.routes:
        matches = naive(child, labels)
        taken += matches
        if matches and not child.continues:
            break
    return taken or [route]


@examples(400)
@given(root=trees(), labels=ALERTS)
def test_an_alert_takes_the_routes_that_alertmanager_would_choose(
    root: Route, labels: Labels
) -> None:
    """A naive recursion is the model; whoever explains the way names the same routes."""
    assert select_routes(root, labels) == naive(root, labels)
    for visit in visit_routes(root, labels):
        assert visit.failed is None or not visit.failed.holds(labels)
        assert not (visit.is_taken and visit.failed)


ASIA = Receiver(
    name="asia",
    destinations=("slack:asia", "webhook:cms"),
    settings=DeliverySettings(wait_s=60, mute_times=("nights",)),
    inhibits=True,
)
DESK = Receiver(
    name="desk", destinations=("slack:newsroom",), settings=DeliverySettings(repeat_s=5)
)


def routes(*children: Route, settings: DeliverySettings = NO_SETTINGS) -> Routes:
    return Routes(
        root=replace(Route(), routes=children, settings=settings),
        receivers={"asia": ASIA, "desk": DESK},
    )


def test_a_route_adds_its_receiver_to_those_of_the_rule(make_alert: Callable[..., Alert]) -> None:
    """The rule's come first; the route's settings hold for its receiver, the receiver's below."""
    child = Route(
        place="1",
        receiver="asia",
        matchers=(parse_matcher("severity>=high"),),
        settings=DeliverySettings(interval_s=10, digest="morning"),
    )
    routed = route_alert(make_alert(destinations=("console:a",)), routes(child))
    assert routed.destinations == ("console:a", "slack:asia", "webhook:cms")
    assert find_route(routed, "console:a") is None
    assert find_route(routed, "webhook:cms") == AlertRoute(
        destination="webhook:cms",
        route="1",
        group=GroupTiming(wait_s=60, interval_s=10),
        mute_times=("nights",),
        digest="morning",
        inhibits=True,
    )
    low = make_alert(severity=Severity.LOW, destinations=("console:a",))
    assert route_alert(low, routes(child)) == low


def test_a_route_without_receiver_is_about_the_destinations_of_the_rule(
    make_alert: Callable[..., Alert],
) -> None:
    """It adds none, and sets their times."""
    routed = route_alert(make_alert(), routes(settings=DeliverySettings(wait_s=7)))
    assert routed.destinations == ("slack:newsroom",)
    assert routed.routes == (
        AlertRoute(
            destination="slack:newsroom", route="root", group=GroupTiming(wait_s=7, repeat_s=5)
        ),
    )


def test_the_times_of_a_receiver_hold_wherever_an_alert_comes_from(
    make_alert: Callable[..., Alert],
) -> None:
    """Its destination may stand in a rule's own ``notify``."""
    routed = route_alert(make_alert(destinations=("slack:asia",)), routes())
    assert routed.destinations == ("slack:asia",)
    assert timing_of(routed, "slack:asia") == GroupTiming(wait_s=60)
    own = make_alert(destinations=("slack:asia",), group=GroupTiming(wait_s=0, interval_s=3))
    assert timing_of(route_alert(own, routes()), "slack:asia") == GroupTiming(
        wait_s=0, interval_s=3
    )


def test_the_first_of_two_routes_to_a_receiver_decides(make_alert: Callable[..., Alert]) -> None:
    """A destination is told once."""
    first = Route(place="1", receiver="asia", continues=True, settings=DeliverySettings(wait_s=1))
    second = Route(place="2", receiver="asia", settings=DeliverySettings(wait_s=2))
    routed = route_alert(make_alert(), routes(first, second))
    assert routed.destinations == ("slack:newsroom", "slack:asia", "webhook:cms")
    assert timing_of(routed, "slack:asia").wait_s == 1


def test_without_routes_an_alert_stays_as_it_is(make_alert: Callable[..., Alert]) -> None:
    """Byte for byte."""
    alert = make_alert()
    assert route_alert(alert, Routes()) is alert
    assert route_alert(alert, routes()).destinations == alert.destinations


def test_a_matcher_prints_as_it_may_be_written() -> None:
    """So that an explanation can be copied."""
    matcher = LabelMatcher("source", "=~", "Yonhap.*")
    assert parse_matcher(str(matcher)) == matcher
