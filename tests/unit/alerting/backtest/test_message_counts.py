"""Messages are counted by receiver, day and kind, at the time at which they go out."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from services.alerting.backtest.message_counts import (
    Busiest,
    DayCounts,
    ReceiverCounts,
    count_messages,
)
from services.alerting.backtest.simulation import pack_article, simulate
from services.alerting.routes.local_times import DigestTime, MuteTime
from services.alerting.routes.routes import DeliverySettings, Receiver, Route, Routes
from shared.messages.schemas import Alert, Severity, TimePrecision
from tests.delivery_tools import dispatch

NOON = datetime(2018, 9, 10, 12, tzinfo=UTC)


def article(
    number: int,
    at: datetime,
    *,
    severity: Severity = Severity.HIGH,
    rule: str = "second-summit",
    precision: TimePrecision = "moment",
    copy_of: int | None = None,
) -> tuple[Alert, tuple[tuple[str, str], bytes]]:
    """Return an alert and its article, packed; a copy has the text of another."""
    known = dispatch(number)
    assert known.article is not None
    clean = replace(known.article.article, event_time=at, event_time_precision=precision)
    if copy_of is not None:
        original = dispatch(copy_of).article
        assert original is not None
        clean = replace(clean, headline=original.article.headline, body=original.article.body)
    alert = replace(
        known.alerts[0],
        alert_id=f"{rule} {number}",
        rule_id=rule,
        event_time=at,
        event_time_precision=precision,
        severity=severity,
    )
    packed = pack_article(replace(known.article, article=clean))
    return alert, ((clean.article_id, clean.revision), packed)


def count(
    *known: tuple[Alert, tuple[tuple[str, str], bytes]], routes: Routes | None = None
) -> dict[str, ReceiverCounts]:
    messages = simulate([alert for alert, _ in known], dict(packed for _, packed in known), routes)
    return {each.destination: each for each in count_messages(messages, routes)}


def test_each_kind_is_counted_and_alerts_once() -> None:
    """Two rules on one article are a message; a copy that says nothing new is folded."""
    counts = count(
        article(1, NOON),
        article(1, NOON, rule="venue"),
        article(2, NOON + timedelta(minutes=20)),
        article(3, NOON + timedelta(hours=1), copy_of=1),
    )["slack:newsroom"]
    assert (counts.messages, counts.alerts) == (2, 4)
    assert counts.kinds == {"first": 2, "folded": 1}
    assert counts.busiest_day == Busiest(at="2018-09-10", messages=2)
    assert counts.busiest_hour == Busiest(at="2018-09-10T12:00Z", messages=2)


def test_a_message_counts_on_the_day_on_which_it_goes_out() -> None:
    """A low alert waits 30 s: over midnight, into the next day."""
    late = datetime(2018, 9, 10, 23, 59, 45, tzinfo=UTC)
    counts = count(article(1, late, severity=Severity.LOW))["slack:newsroom"]
    assert counts.days == (DayCounts(day="2018-09-11", messages=1, alerts=1, kinds={"first": 1}),)


def test_a_digest_is_one_message_of_the_next_morning_with_its_stories_beside_it() -> None:
    """Five stories of an afternoon: a message on another day, five stories digested."""
    routes = Routes(
        root=Route(settings=DeliverySettings(digest="morning")),
        digests={"morning": DigestTime(name="morning", zone="UTC", at=(420,))},
    )
    stories = [article(n, NOON + timedelta(minutes=7 * n)) for n in range(5)]
    counts = count(*stories, routes=routes)["slack:newsroom"]
    assert counts.kinds == {"digest": 1, "digested": 5}
    assert (counts.messages, counts.alerts) == (1, 5)
    assert counts.busiest_day == Busiest(at="2018-09-11", messages=1)
    assert counts.busiest_hour == Busiest(at="2018-09-11T07:00Z", messages=1)


def test_what_is_inhibited_beside_a_message_is_counted_too() -> None:
    """After a critical message a later article's low alert is withheld, and nothing is sent."""
    routes = Routes(
        receivers={
            "desk": Receiver(name="desk", destinations=("slack:newsroom",), inhibits=True),
        }
    )
    counts = count(
        article(1, NOON, severity=Severity.CRITICAL),
        article(2, NOON + timedelta(hours=1), severity=Severity.LOW, copy_of=1, rule="low"),
        routes=routes,
    )["slack:newsroom"]
    assert counts.receiver == "desk"
    assert counts.kinds == {"first": 1, "inhibited": 1}
    assert (counts.messages, counts.alerts) == (1, 2)


def test_muted_and_sent_are_apart() -> None:
    """Of two alerts one is at night."""
    routes = Routes(
        root=Route(settings=DeliverySettings(mute_times=("nights",))),
        mute_times={"nights": MuteTime(name="nights", zone="UTC", start=1320, end=360)},
    )
    night = NOON + timedelta(hours=12)
    counts = count(article(1, NOON), article(2, night), routes=routes)["slack:newsroom"]
    assert counts.kinds == {"first": 1, "muted": 1}
    assert [(day.day, day.messages) for day in counts.days] == [
        ("2018-09-10", 1),
        ("2018-09-11", 0),
    ]


def test_articles_that_say_only_their_day_have_no_busiest_hour() -> None:
    """Their midnight is no time of day."""
    midnight = datetime(2018, 9, 10, tzinfo=UTC)
    stories = [article(n, midnight, precision="day") for n in range(3)]
    counts = count(*stories)["slack:newsroom"]
    assert (counts.messages, counts.busiest_hour) == (3, None)
    assert counts.busiest_day == Busiest(at="2018-09-10", messages=3)


def test_days_over_a_budget_are_the_worst_first() -> None:
    """A day with as many messages as the budget is within it."""
    stories = [article(n, NOON + timedelta(days=n // 3 if n < 6 else 2)) for n in range(10)]
    counts = count(*stories)["slack:newsroom"]
    assert [(day.day, day.messages) for day in counts.over(2)] == [
        ("2018-09-12", 4),
        ("2018-09-10", 3),
        ("2018-09-11", 3),
    ]
    assert [day.day for day in counts.over(3)] == ["2018-09-12"]
