"""The messages that a backtest counts go the ways of the routes."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from services.alerting.backtest.simulation import pack_article, simulate
from services.alerting.routes.local_times import DigestTime, MuteTime
from services.alerting.routes.matchers import parse_matcher
from services.alerting.routes.routes import DeliverySettings, Receiver, Route, Routes
from shared.messages.schemas import Alert, Severity
from tests.delivery_tools import dispatch

START = datetime(2018, 9, 10, 20, 0, tzinfo=UTC)
SEVERITIES = (Severity.LOW, Severity.HIGH, Severity.CRITICAL)


def raised(count: int) -> tuple[list[Alert], dict[tuple[str, str], bytes]]:
    """Return alerts about as many articles, one every three hours, and the articles."""
    alerts, articles = [], {}
    for number in range(count):
        known = dispatch(number)
        assert known.article is not None
        at = START + timedelta(hours=3 * number)
        clean = replace(known.article.article, event_time=at)
        tagged = replace(known.article, article=clean)
        severity = SEVERITIES[number % 3]
        alerts.append(replace(known.alerts[0], event_time=at, severity=severity))
        articles[clean.article_id, clean.revision] = pack_article(tagged)
    return alerts, articles


def count(routes: Routes, alerts: int = 6) -> Counter[tuple[str, str, str]]:
    """Count the notifications by destination, outcome and kind."""
    return Counter(
        (note.destination, str(note.outcome), note.kind)
        for note in (each.notification for each in simulate(*raised(alerts), routes))
    )


def build_routes(*children: Route, settings: DeliverySettings | None = None) -> Routes:
    """Return routes with a receiver slack:asia, a night and a morning."""
    return Routes(
        root=replace(Route(), routes=children, settings=settings or DeliverySettings()),
        receivers={"asia": Receiver(name="asia", destinations=("slack:asia",))},
        mute_times={"nights": MuteTime(name="nights", zone="UTC", start=1320, end=360)},
        digests={"morning": DigestTime(name="morning", zone="UTC", at=(420,))},
    )


def urgent(*, receiver: str | None = "asia") -> Sequence[Route]:
    return (Route(place="1", receiver=receiver, matchers=(parse_matcher("severity>=high"),)),)


def test_without_routes_every_article_is_a_message() -> None:
    """As before."""
    assert count(Routes()) == {("slack:newsroom", "notified", "first"): 6}


def test_a_route_adds_messages_for_its_receiver() -> None:
    """Four of six alerts are high or critical."""
    assert count(build_routes(*urgent())) == {
        ("slack:newsroom", "notified", "first"): 6,
        ("slack:asia", "notified", "first"): 4,
    }


def test_what_is_muted_is_no_message() -> None:
    """Of the alerts at 20:00, 23:00, 2:00, 5:00, 8:00 and 11:00 two are muted; one is critical."""
    nights = DeliverySettings(mute_times=("nights",))
    assert count(build_routes(settings=nights)) == {
        ("slack:newsroom", "notified", "first"): 4,
        ("slack:newsroom", "muted", "first"): 2,
    }


def test_a_digest_is_one_message() -> None:
    """Two go out at once, as they are critical; three wait until 7:00 and one until the next day."""
    morning = DeliverySettings(digest="morning")
    assert count(build_routes(settings=morning)) == {
        ("slack:newsroom", "notified", "first"): 3,
        ("slack:newsroom", "notified", "digest"): 1,
    }
