"""Alerts of a rule with a threshold → dispatches: who gets them, the state, and their size."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.alerting.count.burst_counting import MAX_HITS
from services.alerting.count.burst_dispatches import (
    MAX_FULL_ALERT_BYTES,
    decide,
    format_duration,
)
from services.alerting.deliver.channels.channel import Post
from services.alerting.deliver.channels.slack_message import render, render_plain
from services.alerting.deliver.channels.slack_sizes import find_problems, refusal
from services.alerting.deliver.grouping.group_timing import GroupDefaults
from services.alerting.deliver.grouping.story_decision import decide_story
from services.alerting.deliver.grouping.waiting import WaitingDispatch
from services.alerting.deliver.grouping.withholding import DeliveryPolicy, withhold
from services.alerting.short_alert import shorten_alert
from services.alerting.silences.silence_book import SilenceBook
from shared.kafka.topics import DISPATCHES, NOTIFICATIONS
from shared.messages.codec import encode
from shared.messages.schemas import (
    ActorOnDate,
    Alert,
    AlertOutcome,
    Dispatch,
    Notification,
    Silence,
    Threshold,
)
from shared.stream.output import output
from shared.stream.state_store import StateStore
from tests.hypothesis_profiles import examples
from tests.unit.alerting.conftest import _alert

Make = Callable[..., Alert]
THREE = Threshold(count=3, within_s=3600, distinct="source")
NOON = datetime(2018, 9, 10, 12, tzinfo=UTC)


def hit(number: int, **changes: Any) -> Alert:
    """Return the number-th alert of one rule: its own article and source, a minute later."""
    name = f"{number:032}"
    known = {
        "alert_id": name,
        "article_id": name,
        "source": f"Wire {number}",
        "headline": f"Talks {number}",
        "url": f"https://wire.example/{number}",
    }
    return _alert(
        **(known | {"event_time": NOON + timedelta(minutes=number), "threshold": THREE} | changes)
    )


def run(alerts: list[Alert], state: StateStore | None = None) -> list[Notification]:
    """Return the facts about these alerts, and what people are told of each burst."""
    state = state if state is not None else StateStore()
    return [notification for alert in alerts for notification in notifications_of(alert, state)]


def notifications_of(alert: Alert, state: StateStore) -> list[Notification]:
    decision = decide(alert, state)
    return [*decision.facts, *(told_of(dispatch) for dispatch in decision.dispatches)]


def told_of(dispatch: Dispatch) -> Notification:
    """Return the notification that deliver makes of a burst."""
    waiting = WaitingDispatch(
        dispatch=dispatch, record=None, headers={}, written_at=NOON, due=NOON, offset=None
    )
    told = decide_story(None, [waiting], now=NOON, defaults=GroupDefaults()).notification
    assert told is not None
    return told


def test_a_rule_without_a_threshold_is_dispatched_by_match(make_alert: Make) -> None:
    """Nothing is decided here, and no state is left."""
    state = StateStore()
    decision = decide(make_alert(), state)
    assert (decision.reason, decision.dispatches, decision.facts) == (None, (), ())
    assert state.changes == {}


def test_every_hit_has_its_outcome_and_the_burst_holds_all_of_its_alerts() -> None:
    """The last alert is first and in full; the others are shortened, by event time."""
    one, two, three = run([hit(1), hit(0), hit(2)])
    assert [(each.outcome, each.reason) for each in (one, two, three)] == [
        (AlertOutcome.COUNTED, "1 of 3 sources within 1 h"),
        (AlertOutcome.COUNTED, "2 of 3 sources within 1 h"),
        (AlertOutcome.NOTIFIED, "3 articles from 3 sources within 1 h"),
    ]
    assert three.alerts == (hit(2), shorten_alert(hit(0)), shorten_alert(hit(1)))
    assert len({each.notification_id for each in (one, two, three)}) == 3


def test_each_destination_hears_of_the_burst() -> None:
    """Destinations are in the rule's order; a rule without one only counts."""
    found = run([hit(number, destinations=("slack:a", "webhook:b")) for number in range(3)])
    assert [each.destination for each in found[-2:]] == ["slack:a", "webhook:b"]
    assert run([hit(number, destinations=()) for number in range(3)]) == []


def test_only_what_may_still_be_told_is_kept() -> None:
    """Once notified, the alerts themselves are deleted."""
    state = StateStore()
    run([hit(number) for number in range(2)], state)
    state.commit()
    assert sorted(key for key, _ in state.items()) == [
        b"second-summit",
        b"second-summit/00000000000000000000000000000000",
        b"second-summit/00000000000000000000000000000001",
    ]
    run([hit(number) for number in range(2, 4)], state)
    state.commit()
    assert [key for key, _ in state.items()] == [b"second-summit"]


@given(st.lists(st.integers(0, 400), min_size=1, max_size=40), st.integers(0, 40))
@examples(50)
def test_the_same_log_gives_the_same_bytes_after_a_crash(numbers: list[int], at: int) -> None:
    """State that was committed and restored continues as if nothing had happened."""
    log = [hit(number) for number in numbers]
    whole = [encode(each) for each in run(log)]
    state = StateStore()
    before = run(log[:at], state)
    state.commit()
    after = run(log[at:], StateStore(dict(state.items())))
    assert [encode(each) for each in before + after] == whole


def test_a_withdrawn_article_does_not_count() -> None:
    """A kill does not count, and its notification says so."""
    found = run([hit(0), hit(1), hit(2, pubstatus="canceled"), hit(3)])
    assert [each.outcome.value for each in found] == ["counted", "counted", "folded", "notified"]
    assert found[2].reason == "taken back by its publisher: it does not count"


def test_the_largest_burst_of_the_largest_alerts_fits_into_a_record() -> None:
    """It has 200 alerts of extreme length, and the last is just small enough to be in full."""
    threshold = Threshold(count=100, within_s=86_400, distinct="source")
    long = {
        "headline": "\U0001f600" * 5_000,
        "url": "https://wire.example/" + "x" * 279,
        "uri": "\U0001f600" * 5_000,
        "rule_title": "\U0001f600" * 200,
        "actors": [ActorOnDate(actor=f"{n:040}", name="\U0001f600" * 500) for n in range(50)],
        "countries": ("prk",) * 50,
    }
    room = MAX_HITS - 100 + 1
    many = [
        hit(number, source="one\x01" * 90, threshold=threshold, **long) for number in range(room)
    ]
    many += [hit(room + number, threshold=threshold, **long) for number in range(99)]
    last = hit(room + 98, threshold=threshold)
    big = hit(
        room + 98,
        threshold=threshold,
        uri="x" * (MAX_FULL_ALERT_BYTES - len(encode(last)) + len(last.uri)),
    )
    (found,) = run([*many[:-1], big])[-1:]
    assert found.outcome is AlertOutcome.NOTIFIED
    assert len(found.alerts) == MAX_HITS
    output(NOTIFICATIONS, found)
    output(DISPATCHES, decided_last(many, big))


def decided_last(alerts: list[Alert], last: Alert) -> Dispatch:
    """Return the dispatch that the last alert leads to."""
    state = StateStore()
    for alert in alerts[:-1]:
        decide(alert, state)
    (dispatch,) = decide(last, state).dispatches
    return dispatch


def test_rewritten_copies_are_one_story() -> None:
    """With distinct: story near-duplicates count once, whatever their sources; all are listed."""
    threshold = Threshold(count=3, within_s=3600, distinct="story")
    like = tuple(range(128))
    near, far = (*range(64), *range(1000, 1064)), (*range(63), *range(1000, 1065))
    signatures = [like, near, like, far, (), tuple(range(2000, 2128))]
    found = run(
        [
            hit(number, signature=signature, threshold=threshold)
            for number, signature in enumerate(signatures[:5])
        ]
    )
    assert [each.reason for each in found] == [
        "1 of 3 stories within 1 h",
        "1 of 3 stories within 1 h",
        "1 of 3 stories within 1 h",
        "2 of 3 stories within 1 h",
        "5 articles with 3 stories within 1 h",
    ]
    assert [alert.signature for alert in found[-1].alerts[1:]] == [()] * 4


def test_slack_shows_the_burst() -> None:
    """Message and fallback say how many articles, from how many sources, in what time.

    All are listed, and the sentence of the last is shown.
    """
    found = run([hit(number) for number in range(3)])[-1]
    payload = render(Post(notification=found))
    shown = "\n".join(block["text"]["text"] for block in payload["blocks"] if "text" in block)
    assert "*High · A second summit: 3 articles from 3 sources within 1 h*" in shown
    listed = [line.split(" · ")[:2] for line in shown.splitlines() if "• <" in line]
    assert sorted(listed) == [
        [f"• <https://wire.example/{number}|Talks {number}>", f"Wire {number}"]
        for number in range(3)
    ]
    assert "(Wire 2) — Trump said a *second* *summit* with Kim was close." in shown
    assert payload["text"].startswith("High: A second summit: 3 articles from 3 sources within 1 h")


@pytest.mark.parametrize(
    "text", ["&" * 400, "*" * 400, "<!channel>" * 40, "\U0001f600" * 400, "x" * 400]
)
def test_a_large_burst_fits_into_slacks_limits(text: str) -> None:
    """It does whatever feeds put into headlines and addresses."""
    threshold = Threshold(count=50, within_s=86_400)
    url = "https://wire.example/?" + "&" * 250
    found = run(
        [
            hit(number, headline=text, source=text, url=url, threshold=threshold)
            for number in range(50)
        ]
    )[-1]
    for payload in (
        render(Post(notification=found, is_possible_repeat=True)),
        render_plain(Post(notification=found, is_possible_repeat=True)),
    ):
        assert list(find_problems(payload.get("blocks", []))) == []
        assert refusal(payload) is None
    counted = re.search(r"and (\d+) more articles", str(render(Post(notification=found))))
    assert counted is not None
    assert int(counted[1]) >= 30


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(1, "1 s"), (90, "90 s"), (300, "5 min"), (3600, "1 h"), (5400, "90 min"), (172_800, "2 d")],
)
def test_durations_are_said_in_the_largest_whole_unit(seconds: int, said: str) -> None:
    """They look as people write them in a rule."""
    assert format_duration(seconds) == said


@pytest.mark.parametrize(
    ("matcher", "is_closed"),
    [
        ("actor=kim-jong-un", True),
        ("actor=moon-jae-in", True),
        ("country=prk", True),
        ("source=~Agency.*", True),
        ("actor=xi-jinping", False),
        ("country=usa", False),
    ],
)
def test_a_silence_by_actor_or_country_closes_a_burst(matcher: str, is_closed: bool) -> None:
    """All of its alerts say who is in their articles, also those that are shortened."""
    actors = (
        ActorOnDate(actor="kim-jong-un", name="Kim Jong Un"),
        ActorOnDate(actor="moon-jae-in", name="Moon Jae-in"),
    )
    labels = {"actors": actors, "countries": ("prk", "kor")}
    alerts = [hit(number, source=f"Agency {number}", **labels) for number in range(2)]
    alerts.append(hit(2, source="Agency 2", **(labels | {"countries": ("prk", "usa")})))
    burst = decided_last(alerts, alerts[-1])
    silence = Silence(
        silence_id="s",
        matchers=(matcher,),
        starts_at=NOON,
        ends_at=NOON + timedelta(hours=1),
        author="kim",
        comment="live page",
    )
    waiting = WaitingDispatch(
        dispatch=burst, record=None, headers={}, written_at=NOON, due=NOON, offset=0
    )
    policy = DeliveryPolicy(silences=SilenceBook([silence]))
    withheld = withhold([waiting], None, policy, NOON)
    assert (len(withheld) == len(burst.alerts)) is is_closed
