"""What a destination is not told of: silenced, muted, inhibited; and what it is told all the same."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from services.alerting.deliver.grouping.destination_stories import ArticleKind, StoryPlace
from services.alerting.deliver.grouping.group_timing import GroupDefaults
from services.alerting.deliver.grouping.story_decision import MessageDecision, decide_story
from services.alerting.deliver.grouping.waiting import WaitingDispatch
from services.alerting.deliver.grouping.withholding import DeliveryPolicy
from services.alerting.routes.local_times import MuteTime
from services.alerting.routes.routes import Routes
from services.alerting.silences.silence_book import SilenceBook
from shared.messages.schemas import (
    Alert,
    AlertOutcome,
    AlertRoute,
    Dispatch,
    Severity,
    Silence,
    Story,
)
from tests.delivery_tools import dispatch
from tests.hypothesis_profiles import examples

NOW = datetime(2026, 3, 6, 23, 0, tzinfo=UTC)
HERE = "slack:newsroom"


def silence(*matchers: str, story: str | None = None, hours: float = 1) -> Silence:
    return Silence(
        silence_id="s",
        matchers=matchers,
        starts_at=NOW - timedelta(hours=1),
        ends_at=NOW + timedelta(hours=hours),
        author="kim",
        comment="live page",
        story_id=story,
    )


def with_alerts(number: int, *alerts: Alert, **changes: Any) -> Dispatch:
    known = dispatch(number)
    severity = max((alert.severity for alert in alerts), key=list(Severity).index)
    return replace(known, alerts=alerts, severity=severity, **changes)


def alert(number: int, rule: str, severity: Severity = Severity.HIGH, **changes: Any) -> Alert:
    known = dispatch(number).alerts[0]
    return replace(known, alert_id=f"{number} {rule}", rule_id=rule, severity=severity, **changes)


def waiting(each: Dispatch, kind: ArticleKind = "first") -> WaitingDispatch:
    place = None if each.article is None else StoryPlace(story_id="story", kind=kind)
    return WaitingDispatch(
        dispatch=each, record=None, headers={}, written_at=NOW, due=NOW, offset=0, place=place
    )


def decide(
    *members: WaitingDispatch,
    silences: tuple[Silence, ...] = (),
    story: Story | None = None,
    routes: Routes | None = None,
    now: datetime = NOW,
) -> MessageDecision:
    policy = DeliveryPolicy(routes=lambda: routes or Routes(), silences=SilenceBook(silences))
    return decide_story(story, members, now=now, defaults=GroupDefaults(), policy=policy)


def outcomes(decision: MessageDecision) -> dict[str, str]:
    """Return the outcome of each alert, by rule."""
    assert decision.notification is not None
    return {
        each.rule_id: str(fact.outcome)
        for fact in (decision.notification, *decision.facts)
        for each in fact.alerts
    }


def told(severity: Severity = Severity.HIGH) -> Story:
    return Story(
        story_id="story",
        destination=HERE,
        headline="Blast",
        seen_at=NOW - timedelta(hours=1),
        severity=severity,
        rules=("first",),
        sent_at=NOW - timedelta(hours=1),
        messages=1,
    )


def test_a_story_whose_alerts_are_all_silenced_is_not_sent() -> None:
    """It says who silenced it and why; the story was not told."""
    decision = decide(waiting(dispatch(1)), silences=(silence("rule=second-summit"),))
    assert decision.notification is not None
    assert decision.notification.outcome is AlertOutcome.SILENCED
    assert decision.notification.reason == "silenced by kim: live page"
    assert decision.story is not None
    assert (decision.story.sent_at, decision.story.rules, decision.story.folded) == (None, (), 0)


def test_what_is_not_silenced_is_sent_without_the_rest() -> None:
    """The silenced alert is recorded, and no line of the message shows it."""
    member = waiting(with_alerts(1, alert(1, "a", Severity.CRITICAL), alert(1, "b")))
    decision = decide(member, silences=(silence("severity=critical"),))
    assert decision.notification is not None
    assert [each.rule_id for each in decision.notification.alerts] == ["b"]
    assert decision.notification.severity is Severity.HIGH
    assert outcomes(decision) == {"a": "silenced", "b": "notified"}


def test_an_article_whose_alerts_are_all_silenced_is_not_in_the_message_of_its_story() -> None:
    """Another article of the story is."""
    first, second = waiting(dispatch(1)), waiting(with_alerts(2, alert(2, "b")), "update")
    decision = decide(first, second, silences=(silence("rule=b"),))
    assert decision.notification is not None
    assert [each.headline for each in decision.notification.articles] == [
        first.dispatch.alerts[0].headline
    ]
    assert outcomes(decision) == {"second-summit": "notified", "b": "silenced"}


def test_a_silence_has_a_beginning_and_an_end() -> None:
    """What counts is the time of the decision."""
    short = silence("rule=second-summit", hours=0.5)
    for minutes, outcome in (
        (-61, "notified"),
        (-60, "silenced"),
        (29, "silenced"),
        (30, "notified"),
    ):
        now = NOW + timedelta(minutes=minutes)
        assert outcomes(decide(waiting(dispatch(1)), silences=(short,), now=now)) == {
            "second-summit": outcome
        }


def test_a_silence_of_a_story() -> None:
    """Other stories are told."""
    assert set(
        outcomes(decide(waiting(dispatch(1)), silences=(silence(story="story"),))).values()
    ) == {"silenced"}
    assert set(outcomes(decide(waiting(dispatch(1)), silences=(silence(story="x"),))).values()) == {
        "notified"
    }


def test_corrections_and_withdrawals_are_told_in_any_case() -> None:
    """Whoever was told something wrong learns it, silence or not."""
    everything = silence("rule=~.*")
    for kind in ("correction", "withdrawal"):
        decision = decide(waiting(dispatch(1), kind), silences=(everything,), story=told())
        assert decision.notification is not None
        assert decision.notification.outcome is AlertOutcome.NOTIFIED
    assert outcomes(decide(waiting(dispatch(1), "correction"), silences=(everything,))) == {
        "second-summit": "silenced"
    }


NIGHTS = Routes(mute_times={"nights": MuteTime(name="nights", zone="UTC", start=1320, end=360)})
MUTED = (AlertRoute(destination=HERE, mute_times=("nights", "gone")),)


def test_quiet_hours_mute_what_is_not_critical() -> None:
    """In the morning it is told again; a mute time that the file no longer has mutes nothing."""
    alerts = alert(1, "a", Severity.CRITICAL, routes=MUTED), alert(1, "b", routes=MUTED)
    member = waiting(with_alerts(1, *alerts))
    night = decide(member, routes=NIGHTS)
    assert outcomes(night) == {"a": "notified", "b": "muted"}
    assert night.facts[0].reason == "muted: nights"
    morning = NOW + timedelta(hours=7)
    assert set(outcomes(decide(member, routes=NIGHTS, now=morning)).values()) == {"notified"}
    assert set(outcomes(decide(member)).values()) == {"notified"}
    elsewhere = replace(MUTED[0], destination="slack:b")
    free = waiting(with_alerts(1, alert(1, "b", routes=(elsewhere,))))
    assert outcomes(decide(free, routes=NIGHTS)) == {"b": "notified"}


INHIBITED = (AlertRoute(destination=HERE, inhibits=True),)


def test_a_critical_message_inhibits_less_urgent_ones_of_its_story() -> None:
    """Only where the receiver says so, and never another critical alert."""
    member = waiting(with_alerts(1, alert(1, "a", routes=INHIBITED)), "update")
    assert outcomes(decide(member, story=told(Severity.CRITICAL))) == {"a": "inhibited"}
    assert outcomes(decide(member, story=told(Severity.HIGH))) == {"a": "notified"}
    assert outcomes(decide(member)) == {"a": "notified"}
    free = waiting(with_alerts(1, alert(1, "a")), "update")
    assert outcomes(decide(free, story=told(Severity.CRITICAL))) == {"a": "notified"}
    critical = alert(1, "b", Severity.CRITICAL, routes=INHIBITED)
    both = waiting(with_alerts(1, critical, alert(1, "a", routes=INHIBITED)), "update")
    assert outcomes(decide(both, story=told(Severity.CRITICAL))) == {
        "a": "inhibited",
        "b": "notified",
    }


def test_a_burst_is_sent_unless_all_of_it_is_silenced() -> None:
    """It has no article, and is a story of its own."""
    alerts = alert(1, "a"), alert(2, "a", source="Other Wire")
    burst = waiting(with_alerts(1, *alerts, kind="burst", article=None, reason="2 articles"))
    partly = decide(burst, silences=(silence('source="Other Wire"'),))
    assert outcomes(partly) == {"a": "notified"}
    assert len(partly.notification.alerts if partly.notification else ()) == 2
    closed = decide(burst, silences=(silence("rule=a"),))
    assert outcomes(closed) == {"a": "silenced"}
    assert closed.story is None
    notice = waiting(replace(dispatch(3), kind="notice", article=None, alerts=(), reason="x"))
    assert decide(notice, silences=(silence("rule!=x"),)).notification is not None


RULES = ("a", "b", "c")


@examples(150)
@given(
    fires=st.lists(st.sets(st.sampled_from(RULES), min_size=1), min_size=1, max_size=4),
    silenced=st.sets(st.sampled_from(RULES)),
    muted=st.sets(st.sampled_from(RULES)),
    inhibited=st.sets(st.sampled_from(RULES)),
    critical=st.booleans(),
)
def test_every_alert_ends_in_one_outcome(
    fires: list[set[str]],
    silenced: set[str],
    muted: set[str],
    inhibited: set[str],
    critical: bool,
) -> None:
    """A silence goes before a mute time, and both before inhibition; the model is four lines."""
    routes = {
        rule: (
            AlertRoute(
                destination=HERE,
                mute_times=("nights",) if rule in muted else (),
                inhibits=rule in inhibited,
            ),
        )
        for rule in RULES
    }
    members = [
        waiting(
            with_alerts(n, *(alert(n, rule, routes=routes[rule]) for rule in sorted(rules))),
            "update",
        )
        for n, rules in enumerate(fires, 1)
    ]
    story = told(Severity.CRITICAL) if critical else None
    silences = tuple(replace(silence(f"rule={rule}"), silence_id=rule) for rule in sorted(silenced))
    decision = decide(*members, silences=silences, routes=NIGHTS, story=story)
    assert decision.notification is not None
    counted = [
        (each.alert_id, str(fact.outcome))
        for fact in (decision.notification, *decision.facts)
        for each in fact.alerts
    ]
    expected = []
    for number, rules in enumerate(fires, 1):
        for rule in rules:
            outcome = "silenced" if rule in silenced else "muted" if rule in muted else "notified"
            if outcome == "notified" and rule in inhibited and critical:
                outcome = "inhibited"
            expected.append((f"{number} {rule}", outcome))
    assert sorted(counted) == sorted(expected)


def test_what_a_person_asks_for_is_sent() -> None:
    """A redriven dispatch is neither silenced nor muted."""
    member = waiting(with_alerts(1, alert(1, "b", routes=MUTED)))
    member.is_redriven = True
    decision = decide(member, silences=(silence("rule=b"),), routes=NIGHTS)
    assert outcomes(decision) == {"b": "notified"}
