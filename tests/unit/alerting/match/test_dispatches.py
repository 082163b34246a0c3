"""One record per article version and destination, and who hears of what follows."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from services.alerting.match.dispatches import (
    ALL_ALERTS_BYTES,
    MAX_BODY,
    plan_dispatches,
    slim_article,
)
from services.alerting.match.recipients import load_recipients
from shared.kafka.topics import DISPATCHES
from shared.messages.codec import encode
from shared.messages.schemas import (
    Alert,
    Change,
    DroppedLine,
    Severity,
    Span,
    TaggedArticle,
    Threshold,
)
from shared.stream.output import output
from shared.stream.state_store import StateStore
from tests.builders import build_clean_article, build_tagged_article
from tests.hypothesis_profiles import examples

Make = Callable[..., Alert]


def article(version: int = 1, **changes: Any) -> TaggedArticle:
    """Return a version of one article."""
    known = {"article_id": "b" * 32, "revision": f"v{version}", "version": version}
    return build_tagged_article(build_clean_article("Two died.", **(known | changes)))


def plan(state: StateStore, tagged: TaggedArticle, *alerts: Alert) -> list[tuple[str, str, int]]:
    """Return destination, kind and number of alerts of each dispatch; the state is committed."""
    dispatches = plan_dispatches(tagged, alerts, state)
    state.commit()
    return [(each.destination, each.kind, len(each.alerts)) for each in dispatches]


def test_all_rules_of_an_article_share_a_record_for_each_destination(make_alert: Make) -> None:
    """The most urgent alert is first."""
    low = make_alert(rule_id="a", alert_id="1", severity=Severity.LOW)
    both = ("slack:newsroom", "webhook:b")
    urgent = make_alert(rule_id="z", alert_id="2", severity=Severity.CRITICAL, destinations=both)
    dispatches = plan_dispatches(article(), [low, urgent], StateStore())
    assert [(each.destination, [a.rule_id for a in each.alerts]) for each in dispatches] == [
        ("slack:newsroom", ["z", "a"]),
        ("webhook:b", ["z"]),
    ]
    assert {each.severity for each in dispatches} == {Severity.CRITICAL}
    assert all(each.article and each.article.article.body == "Two died." for each in dispatches)


def test_a_later_version_reaches_who_received_an_earlier_one(make_alert: Make) -> None:
    """It does whether or not a rule still fires, and so does every version after it."""
    state = StateStore()
    assert plan(state, article(1), make_alert()) == [("slack:newsroom", "article", 1)]
    assert plan(state, article(2)) == [("slack:newsroom", "revision", 0)]
    second = make_alert(alert_id="c" * 32, destinations=("webhook:b",))
    assert plan(state, article(3), second) == [
        ("slack:newsroom", "revision", 0),
        ("webhook:b", "article", 1),
    ]
    assert plan(state, article(4)) == [
        ("slack:newsroom", "revision", 0),
        ("webhook:b", "revision", 0),
    ]


def test_a_withdrawal_reaches_all_who_were_notified(make_alert: Make) -> None:
    """A kill may have the text of the version that it takes back.

    For who was not notified it is only a fact, and so is what follows it.
    """
    state = StateStore()
    plan(state, article(1), make_alert())
    kill = article(2, pubstatus="canceled", revision="v1")
    alert = make_alert(alert_id="k", destinations=("slack:newsroom", "webhook:b"))
    withdrawals = plan_dispatches(kill, [alert], state)
    assert [(each.destination, each.kind, each.only_if_notified) for each in withdrawals] == [
        ("slack:newsroom", "withdrawal", False),
        ("webhook:b", "withdrawal", True),
    ]
    assert [each.only_if_notified for each in plan_dispatches(article(3), [], state)] == [
        False,
        True,
    ]


def test_an_embargo_is_nothing_to_who_was_not_notified(make_alert: Make) -> None:
    """To others it is a withdrawal: what they have read must not be used."""
    state = StateStore()
    assert plan(state, article(2, pubstatus="withheld")) == []
    plan(state, article(1), make_alert())
    assert plan(state, article(3, pubstatus="withheld")) == [("slack:newsroom", "withdrawal", 0)]


def test_a_replay_of_all_versions_gives_the_same_ids(make_alert: Make) -> None:
    """Deliver knows them by their ids, so that nothing is sent twice."""
    state = StateStore()
    first, again = (
        [
            each.dispatch_id
            for version in (1, 2, 3)
            for each in plan_dispatches(
                article(version), [make_alert()] if version == 1 else [], state
            )
        ]
        for _ in range(2)
    )
    assert len(first) == 3
    assert set(again) <= set(first)


def test_a_rule_with_a_threshold_is_dispatched_by_count(make_alert: Make) -> None:
    """Only count knows whether it was notified, so what follows is sent under that condition."""
    state = StateStore()
    counted = make_alert(threshold=Threshold(count=3, within_s=60))
    assert plan(state, article(1), counted) == []
    (revision,) = plan_dispatches(article(2), (), state)
    assert (revision.kind, revision.only_if_notified) == ("revision", True)
    plan_dispatches(article(3), (make_alert(alert_id="d"),), state)
    (certain,) = plan_dispatches(article(4), (), state)
    assert not certain.only_if_notified


def test_a_changed_rule_is_no_correction(make_alert: Make) -> None:
    """The same version with another alert is another dispatch of the article."""
    state = StateStore()
    plan(state, article(1), make_alert())
    assert plan(state, article(1), make_alert(alert_id="new")) == [("slack:newsroom", "article", 1)]


@pytest.mark.parametrize("count", [1, 40, 3_000])
def test_however_many_rules_fire_it_fits_into_a_record(make_alert: Make, count: int) -> None:
    """What does not fit is counted."""
    alerts = [
        make_alert(alert_id=str(number), rule_id=f"r{number}", headline="\U0001f600" * 1_000)
        for number in range(count)
    ]
    (dispatch,) = plan_dispatches(article(), alerts, StateStore())
    assert len(dispatch.alerts) + dispatch.omitted == count
    assert sum(len(encode(alert)) for alert in dispatch.alerts) <= ALL_ALERTS_BYTES
    output(DISPATCHES, dispatch)


def test_the_article_is_slim() -> None:
    """What only cleaner and tagger need is left out, and the body ends at a paragraph."""
    body = "\n\n".join(["word " * 400] * 20)
    paragraphs = tuple(Span(start=2_002 * n, end=2_002 * n + 2_000) for n in range(20))
    clean = build_clean_article(
        body,
        paragraphs=paragraphs,
        sentences=paragraphs,
        dropped=(DroppedLine(line=1, text="x", why="y"),),
        changes=(Change(field="body", start=39_000, end=39_001, removed=""),),
    )
    slim = slim_article(build_tagged_article(clean)).article
    assert len(slim.body) == paragraphs[8].end <= MAX_BODY
    assert (len(slim.paragraphs), len(slim.sentences)) == (9, 9)
    assert (slim.dropped, slim.changes) == ((), ())


STEPS = st.lists(
    st.tuples(st.integers(1, 4), st.sampled_from(["", "a", "b", "ab"]), st.booleans()), max_size=12
)


@examples(200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_whoever_was_told_hears_of_every_later_version(
    make_alert: Make, steps: list[tuple[int, str, bool]]
) -> None:
    """Against a small model: what each destination has received, and the highest version."""
    state, received, highest = StateStore(), dict[str, set[str]](), 0
    for version, names, is_kill in steps:
        status = "canceled" if is_kill else "usable"
        token = f"{status}{version}"
        alerts = [
            make_alert(alert_id=name + token, rule_id=name, destinations=(f"slack:{name}",))
            for name in names
        ]
        dispatches = plan_dispatches(article(version, pubstatus=status), alerts, state)
        sent = {each.destination: each for each in dispatches}
        for name, tokens in received.items():
            if token not in tokens and (is_kill or version > highest):
                assert sent[f"slack:{name}"].kind == ("withdrawal" if is_kill else "revision")
        received |= {name: received.get(name, set()) for name in names}
        for tokens in received.values():
            tokens.add(token)
        highest = max(highest, version) if received else highest
    recipients = load_recipients("b" * 32, state)
    known = {each.destination for each in recipients.recipients} if recipients else set()
    assert known == {f"slack:{name}" for name in received}
