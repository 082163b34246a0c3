"""When a notification is posted, marked or parked: tables, and promises in any course of events."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from services.alerting.deliver.channels.answers import Answer, Verdict
from services.alerting.deliver.ledger.policy import (
    GIVE_UP,
    Action,
    apply_answer,
    decide,
    end_without_post,
    intent,
    is_marked,
)
from services.alerting.reasons import ParkingReason
from shared.messages.schemas import Delivery, DeliveryState, Notification
from tests.hypothesis_profiles import examples

NOW = datetime(2026, 1, 1, tzinfo=UTC)
Make = Callable[..., Notification]


def entry(state: DeliveryState, **changes: int) -> Delivery:
    known = Delivery(
        notification_id="n",
        destination="slack:x",
        state=state,
        attempts=1,
        in_doubt=0,
        first_attempt_at=NOW,
        last_attempt_at=NOW,
    )
    return replace(known, **changes)  # type: ignore[arg-type]  # only its counters are changed


@pytest.mark.parametrize(
    ("state", "after", "obstacle", "redriven", "action"),
    [
        (None, 0, None, False, "send"),
        (None, 0, ParkingReason.NO_ADDRESS, False, "send"),
        (None, 72, ParkingReason.NO_ADDRESS, False, "park"),
        ("intent", 0, None, False, "send"),
        ("intent", 72, None, False, "park"),
        ("retry", 71, None, False, "send"),
        ("retry", 72, None, False, "park"),
        ("delivered", 0, None, False, "skip"),
        ("delivered", 99, ParkingReason.NO_ADDRESS, True, "skip"),
        ("closed", 0, None, True, "skip"),
        ("parked", 99, None, False, "skip"),
        ("parked", 99, None, True, "send"),
        ("dead", 0, None, False, "skip"),
        ("dead", 99, None, True, "send"),
    ],
)
def test_next_step(
    state: str | None, after: int, obstacle: ParkingReason | None, redriven: bool, action: str
) -> None:
    """Each state of the ledger leads to one action; hours count from the begin of the wait."""
    known = entry(DeliveryState(state)) if state else None
    decision = decide(
        known,
        now=NOW + timedelta(hours=after),
        waiting_since=NOW,
        obstacle=obstacle,
        is_redriven=redriven,
    )
    assert decision.action == action


@pytest.mark.parametrize(
    ("verdict", "plain", "state", "in_doubt"),
    [
        (Verdict.ACCEPTED, False, "delivered", 0),
        (Verdict.UNSENT, False, "retry", 0),
        (Verdict.IN_DOUBT, False, "retry", 1),
        (Verdict.MALFORMED, False, "retry", 0),
        (Verdict.MALFORMED, True, "dead", 0),
        (Verdict.GONE, False, "retry", 0),
    ],
)
def test_settle(verdict: Verdict, plain: bool, state: str, in_doubt: int) -> None:
    """Each answer leads to one state, and only a lost answer raises doubt."""
    found = apply_answer(
        entry(DeliveryState.INTENT), Answer(verdict=verdict, detail="x"), is_plain=plain
    )
    assert (found.state, found.in_doubt, found.answer) == (state, in_doubt, "x")


def test_intent_found_after_a_restart_is_in_doubt(make_notification: Make) -> None:
    """The next post after an INTENT without an answer is marked: it may have been accepted.

    After a RETRY, which had an answer, it is not.
    """
    fresh = intent(None, make_notification(), NOW)
    assert not is_marked(fresh)
    assert is_marked(intent(fresh, make_notification(), NOW))
    assert not is_marked(
        intent(replace(fresh, state=DeliveryState.RETRY), make_notification(), NOW)
    )


def test_parking_keeps_the_doubt(make_notification: Make) -> None:
    """A post whose answer was lost stays in doubt while parked: when redriven it is marked."""
    parked = end_without_post(
        intent(None, make_notification(), NOW),
        make_notification(),
        DeliveryState.PARKED,
        "gone",
        NOW,
    )
    assert is_marked(intent(parked, make_notification(), NOW))


def test_redriven_has_its_full_time_again(make_notification: Make) -> None:
    """A notification that is redriven after days is not given up after its first try."""
    parked = entry(DeliveryState.PARKED)
    later = NOW + 2 * GIVE_UP
    again = replace(intent(parked, make_notification(), later), state=DeliveryState.RETRY)
    assert decide(again, now=later, waiting_since=again.first_attempt_at).action is Action.SEND


@dataclass
class World:
    """Plays any course of events: what the destination accepts, lost answers, and crashes."""

    ledger: Delivery | None = None
    accepted: list[bool] = field(default_factory=list)
    posts: list[bool] = field(default_factory=list)
    crashes: int = 0
    unheard: int = 0
    unsent_marked: int = 0
    after_delivered: int = 0
    plain: bool = False
    now: datetime = NOW

    def play(self, event: str, notification: Notification) -> None:
        self.now += timedelta(minutes=7)
        step = decide(
            self.ledger,
            now=self.now,
            waiting_since=self.ledger.first_attempt_at if self.ledger else NOW,
            is_redriven=event == "redriven",
        )
        if step.action is Action.PARK:
            self.ledger = end_without_post(
                self.ledger, notification, DeliveryState.PARKED, step.text, self.now
            )
        if step.action is Action.SEND:
            self.post(event, notification)

    def post(self, event: str, notification: Notification) -> None:
        self.after_delivered += (
            self.ledger is not None and self.ledger.state is DeliveryState.DELIVERED
        )
        announced = intent(self.ledger, notification, self.now)
        if event == "crash before intent":
            self.crashes += 1
            return
        self.ledger = announced
        if event == "crash before post":
            self.crashes += 1
            return
        self.posts.append(is_marked(announced))
        if event in ("ok", "lost", "crash after post", "redriven"):
            self.accepted.append(is_marked(announced))
        if event == "crash after post":
            self.crashes += 1
            return
        verdict = {
            "lost": Verdict.IN_DOUBT,
            "500": Verdict.IN_DOUBT,
            "429": Verdict.UNSENT,
            "400": Verdict.MALFORMED,
            "404": Verdict.GONE,
        }
        answer = Answer(verdict=verdict.get(event, Verdict.ACCEPTED))
        self.unheard += answer.verdict is Verdict.IN_DOUBT
        self.unsent_marked += is_marked(announced) and answer.verdict not in (
            Verdict.IN_DOUBT,
            Verdict.ACCEPTED,
        )
        self.ledger = apply_answer(announced, answer, is_plain=self.plain)
        self.plain = self.plain or answer.verdict is Verdict.MALFORMED


EVENTS = [
    "ok",
    "lost",
    "500",
    "429",
    "400",
    "404",
    "redriven",
    "crash before intent",
    "crash before post",
    "crash after post",
]


@examples(400, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(events=st.lists(st.sampled_from(EVENTS), max_size=30))
def test_promises_hold_whatever_happens(make_notification: Make, events: list[str]) -> None:
    """At most one accepted post without a mark, nothing after DELIVERED, and it always ends.

    Accepted posts with a mark are at most as many as crashes and lost answers.
    """
    world, notification = World(), make_notification()
    for event in events:
        world.play(event, notification)
    assert world.accepted.count(False) <= 1
    assert world.accepted.count(True) <= world.crashes + world.unheard
    assert world.posts.count(True) <= world.crashes + world.unheard + world.unsent_marked
    assert world.after_delivered == 0
    last = len(world.posts)
    if world.ledger is not None and world.ledger.state is DeliveryState.DELIVERED:
        for event in EVENTS:
            world.play(event, notification)
        assert len(world.posts) == last
    else:
        world.now += GIVE_UP
        world.play("ok", notification)
        assert world.ledger is not None
        assert world.ledger.state in (
            DeliveryState.DELIVERED,
            DeliveryState.PARKED,
            DeliveryState.DEAD,
        )
