"""What is measured of rules: precision with an interval, rate, and when a rule is dead."""

import math
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.feedback.feedback_book import build_feedback
from shared.feedback.notification_head import decode_head
from shared.feedback.rule_measures import (
    DAY_MS,
    WINDOW_DAYS,
    RuleActivity,
    RuleMeasure,
    count_verdicts,
    wilson_interval,
)
from shared.messages.codec import encode
from shared.messages.schemas import AlertOutcome, EscalationOrigin, Feedback, Notification

NOW = datetime(2026, 6, 1, tzinfo=UTC)
NOW_MS = int(NOW.timestamp() * 1000)


def said(message: int, word: str, *rules: str, author: str = "Ana") -> Feedback:
    """What an author says of a message: acknowledged, or why it is wrong."""
    kind: Any = "acknowledged" if word == "acknowledged" else "wrong"
    return build_feedback(
        kind,
        destination="slack:a",
        story_id="s",
        author=author,
        at=NOW,
        notification_id=f"n{message}",
        rules=rules or ("r",),
        wrong_reason=None if kind == "acknowledged" else word,
    )


def measured(
    *alert_days: float, feedback: tuple[Feedback, ...] = (), messages: int = 0
) -> RuleMeasure:
    """The measure of a rule that fired so many days ago, in a system that has run for 90 days."""
    activity = RuleActivity()
    activity.take_alert("other", NOW_MS - WINDOW_DAYS * DAY_MS)
    for days in alert_days:
        activity.take_alert("r", NOW_MS - int(days * DAY_MS))
    for number in range(messages):
        activity.take_message(["r", "r", "other"], NOW_MS - number * DAY_MS // 10)
    (measure,) = activity.measure({"r": "The rule"}, feedback, NOW_MS)
    return measure


@pytest.mark.parametrize(
    ("right", "trials", "low", "high"),
    [
        # by hand, and as in Brown, Cai & DasGupta 2001 and R's prop.test(correct = FALSE)
        (0, 10, 0.0, 0.2775),
        (10, 10, 0.7225, 1.0),
        (1, 1, 0.2065, 1.0),
        (8, 10, 0.4902, 0.9433),
        (50, 100, 0.4038, 0.5962),
        (190, 200, 0.9104, 0.9726),
    ],
)
def test_the_interval_is_wilsons(right: int, trials: int, low: float, high: float) -> None:
    """Also for no success and for no failure, where the usual interval has no width."""
    interval = wilson_interval(right, trials)
    assert interval is not None
    assert interval == pytest.approx((low, high), abs=5e-4)


def test_without_a_verdict_there_is_no_precision() -> None:
    """Nothing is claimed."""
    assert wilson_interval(0, 0) is None
    measure = measured(1)
    assert (measure.precision, measure.low, measure.high) == (None, None, None)


@given(st.integers(1, 10_000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_an_interval_contains_the_share(pair: tuple[int, int]) -> None:
    """It lies between 0 and 1, and more trials make it narrower."""
    right, trials = pair
    interval = wilson_interval(right, trials)
    more = wilson_interval(right * 4, trials * 4)
    assert interval is not None
    assert more is not None
    assert 0.0 <= interval[0] <= right / trials + 1e-12
    assert right / trials - 1e-12 <= interval[1] <= 1.0
    assert more[1] - more[0] < interval[1] - interval[0]


def test_each_message_counts_once() -> None:
    """Whoever said how much of it; wrong outweighs acknowledged; duplicates are no verdict."""
    feedback = (
        said(1, "acknowledged"),
        said(1, "acknowledged", author="Bo"),
        said(2, "acknowledged"),
        said(2, "denied", author="Bo"),
        said(2, "old_news", author="Cy"),
        said(3, "duplicate"),
        said(4, "duplicate"),
        said(4, "acknowledged", author="Bo"),
        replace(said(5, "denied"), withdrawn_at=NOW),
    )
    measure = measured(1, feedback=feedback)
    assert (measure.right, measure.wrong, measure.precision) == (2, 1, 2 / 3)
    assert measure.reasons == {"old_news": 1, "denied": 1, "duplicate": 2}
    assert count_verdicts(feedback) == count_verdicts(feedback[::-1])


def test_only_the_named_rules_are_wrong() -> None:
    """The others of the message have no verdict, unless somebody acknowledged it."""
    verdicts = count_verdicts([said(1, "off_topic", "a"), said(2, "acknowledged", "a", "b")])
    assert (verdicts["a"]["wrong"], verdicts["a"]["right"]) == (1, 1)
    assert (verdicts["b"]["wrong"], verdicts["b"]["right"]) == (0, 1)


def test_the_rate_counts_messages_of_the_last_months() -> None:
    """Each once for a rule, by the days that there was anything to count."""
    measure = measured(1, messages=45)
    assert (measure.messages, measure.days, measure.messages_per_day) == (45, 90, 0.5)
    young = RuleActivity()
    young.take_message(["r"], NOW_MS - DAY_MS // 2)
    (first_day,) = young.measure({"r": ""}, (), NOW_MS)
    assert (first_day.days, first_day.messages_per_day) == (1, 1.0)
    old = RuleActivity()
    old.take_message(["r"], NOW_MS - 200 * DAY_MS)
    (past,) = old.measure({"r": ""}, (), NOW_MS)
    assert (past.messages, past.days) == (0, 90)


@pytest.mark.parametrize(
    ("days", "state"),
    [
        ((0.5, 1.5, 2.5, 3.5), "active"),
        (tuple(6 + n for n in range(20)), "active"),  # daily, silent for 6 days
        (tuple(8 + n for n in range(20)), "dead"),  # daily, silent for 8 days
        (tuple(30 + 7 * n for n in range(8)), "active"),  # weekly, silent for 30 days
        (tuple(36 + 7 * n for n in range(7)), "dead"),  # weekly, silent for 36 days
        ((10,), "active"),
        ((29, 29.1), "active"),
        ((31,), "dead"),
        ((), "dead"),
    ],
)
def test_a_rule_is_dead_by_its_own_rhythm(days: tuple[float, ...], state: str) -> None:
    """After five times its usual gap, at least a week; if it is hardly known, at least a month."""
    assert measured(*days).state == state


def test_in_a_young_system_nothing_is_dead() -> None:
    """Nobody knows yet."""
    activity = RuleActivity()
    activity.take_alert("other", NOW_MS - 3 * DAY_MS)
    (measure,) = activity.measure({"r": ""}, (), NOW_MS)
    assert (measure.state, measure.last_fired_at) == ("unknown", None)
    (empty,) = RuleActivity().measure({"r": ""}, (), NOW_MS)
    assert empty.state == "unknown"


@given(st.lists(st.tuples(st.integers(0, 120), st.booleans()), max_size=30), st.randoms())
def test_the_order_of_records_does_not_matter(records: list[tuple[int, bool]], random: Any) -> None:
    """Partitions have no common order."""
    reports = []
    for _ in range(2):
        activity = RuleActivity()
        for days, is_alert in records:
            at_ms = NOW_MS - days * DAY_MS
            if is_alert:
                activity.take_alert("r", at_ms)
            else:
                activity.take_message(["r"], at_ms)
        reports.append(activity.measure({"r": ""}, (), NOW_MS))
        random.shuffle(records)
    assert reports[0] == reports[1]
    (measure,) = reports[0]
    assert math.isfinite(measure.messages_per_day)


def test_only_what_was_sent_counts_as_a_message() -> None:
    """Not what was folded, no escalation of a message, and nothing that cannot be read."""
    sent = Notification(
        notification_id="n",
        destination="slack:a",
        outcome=AlertOutcome.NOTIFIED,
        reason="news",
        alerts=(),
    )
    origin = EscalationOrigin(destination="d", story_id="s", notification_id="n", after_s=1)
    raw = encode(sent).replace(b'"alerts":[]', b'"alerts":[{"rule_id":"a"},{"rule_id":"a"}]')
    head = decode_head(raw)
    assert head is not None
    assert head.rules == {"a"}
    for value in (
        raw.replace(b'"notified"', b'"folded"'),
        encode(replace(sent, escalated_from=origin)).replace(
            b'"alerts":[]', b'"alerts":[{"rule_id":"a"}]'
        ),
    ):
        other = decode_head(value)
        assert other is not None
        assert other.rules == frozenset()
    assert decode_head(b"{") is None
    assert decode_head(b"\xff") is None
