"""What the delivery ledger remembers, and for how long.

Once it has forgotten, nobody gets a repeat without a mark.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from services.alerting.deliver.channels.answers import Answer, Verdict
from services.alerting.deliver.ledger.delivered_ids import DeliveredIds
from services.alerting.deliver.ledger.ledger import build_delivered_entry
from services.alerting.deliver.ledger.ledger_state import MAX_ENTRIES, RETENTION, LedgerState
from services.alerting.deliver.ledger.policy import (
    GIVE_UP,
    Action,
    apply_answer,
    decide,
    end_without_post,
    intent,
    is_marked,
)
from services.alerting.deliver.ledger.retention import may_predate_ledger
from shared.kafka.topics import ALERTS, DELIVERIES, NOTIFICATIONS
from shared.messages import codec
from shared.messages.schemas import Delivery, DeliveryState, Notification, TimeSource
from tests.hypothesis_profiles import examples

NOW = datetime(2026, 1, 1, tzinfo=UTC)
DAY = timedelta(days=1)
Make = Callable[..., Notification]


def entry(name: str, state: DeliveryState, at: datetime = NOW) -> tuple[bytes, bytes]:
    delivery = Delivery(
        notification_id=name,
        destination="slack:x",
        state=state,
        attempts=1,
        in_doubt=0,
        first_attempt_at=at,
        last_attempt_at=at,
    )
    return name.encode(), codec.encode(delivery)


@given(
    st.lists(
        st.tuples(st.sampled_from(["add", "drop"]), st.integers(0, 30), st.integers(0, 5)),
        max_size=60,
    )
)
def test_ids_are_remembered_by_their_day(steps: list[tuple[str, int, int]]) -> None:
    """DeliveredIds behaves like a plain set of pairs."""
    ids, plain = DeliveredIds(), set[tuple[int, int]]()
    for what, number, day in steps:
        if what == "add":
            ids.add(b"%d" % number, day)
            plain.add((number, day))
        else:
            gone = {item for _, item in plain if item < day}
            assert ids.drop_before(day) == max(gone, default=None)
            plain = {item for item in plain if item[1] >= day}
        assert len(ids) == len(plain)
        for item in range(31):
            assert ids.day_of(b"%d" % item) == max(
                (day for known, day in plain if known == item), default=None
            )


def test_many_ids_of_a_day_are_all_known() -> None:
    """Sorted and unsorted ids are known; none that was not added is."""
    ids = DeliveredIds()
    for number in range(5_000):
        ids.add(b"%d" % number, 1)
        ids.add(b"%d" % number, 1)
    assert len(ids) == 5_000
    assert all(ids.day_of(b"%d" % number) == 1 for number in range(5_000))
    assert [number for number in range(5_000, 10_000) if ids.day_of(b"%d" % number)] == []


def test_too_many_ids_go_by_whole_days() -> None:
    """The oldest go first, never today's."""
    ids = DeliveredIds(max_ids=10)
    for day in range(4):
        for number in range(6):
            ids.add(b"%d %d" % (day, number), day)
    assert ids.drop_excess() == 2
    assert (len(ids), ids.day_of(b"3 0"), ids.day_of(b"2 0")) == (6, 3, None)
    for number in range(20):
        ids.add(b"3 %d" % number, 3)
    assert ids.drop_excess() is None


def test_a_delivered_entry_is_kept_as_an_id() -> None:
    """Its earlier entries are dropped; other entries are kept whole; a later attempt counts."""
    state = LedgerState()
    state.load(*entry("a", DeliveryState.INTENT))
    state.load(*entry("a", DeliveryState.DELIVERED))
    state.load(*entry("b", DeliveryState.PARKED))
    state.set(*entry("c", DeliveryState.DELIVERED))
    state.commit()
    assert [key for key, _ in state.items()] == [b"b"]
    assert [state.delivered_at(key) for key in (b"a", b"b", b"c")] == [NOW, None, NOW]
    state.load(*entry("a", DeliveryState.INTENT))
    assert state.get(b"a") is not None


@pytest.mark.parametrize(
    "value",
    [
        b"nonsense",
        b"\xff",
        b'{"state":"\xff"}',
        b"[]",
        b'{"state":"delivered","last_attempt_at":"2026"}',
        b"",
    ],
)
def test_an_entry_that_nobody_can_read_is_left_as_it_is(value: bytes) -> None:
    """It stops no restore and is not a delivered one: whoever asks for it gets the error."""
    state = LedgerState()
    state.load(b"x", value)
    assert state.get(b"x") == value
    assert state.delivered_at(b"x") is None
    assert state.forget_expired(NOW) is None


def test_a_young_ledger_has_forgotten_nothing() -> None:
    """It has not until something is dropped, or the topic's retention has deleted entries."""
    state = LedgerState()
    state.load(*entry("a", DeliveryState.DELIVERED))
    assert state.forget_expired(NOW + RETENTION - DAY) is None
    assert state.delivered_at(b"a") is not None
    horizon = state.forget_expired(NOW + RETENTION + DAY)
    assert horizon is not None
    assert NOW < horizon <= NOW + 2 * DAY
    assert state.delivered_at(b"a") is None
    truncated = LedgerState()
    truncated.truncated = True
    assert truncated.forget_expired(NOW) == NOW - RETENTION


def test_entries_that_have_ended_go_those_that_have_not_stay() -> None:
    """They go by age and by number, a few at a time; early drops are counted."""
    state = LedgerState(max_entries=10)
    for number in range(30):
        state.load(
            *entry(
                f"{number:02}",
                DeliveryState.RETRY if number < 3 else DeliveryState.PARKED,
                NOW + number * DAY,
            )
        )
    for _ in range(10):
        horizon = state.forget_expired(NOW + 30 * DAY)
    assert sorted(key for key, _ in state.items()) == [
        b"00",
        b"01",
        b"02",
        *(b"%d" % number for number in range(23, 30)),
    ]
    assert (state.dropped_early, horizon) == (20, NOW + 23 * DAY)
    for _ in range(10):
        state.forget_expired(NOW + 300 * DAY)
    assert sorted(key for key, _ in state.items()) == [b"00", b"01", b"02"]


def test_the_promise_lies_within_what_the_topics_keep() -> None:
    """The broker deletes no entry before its retention here is over.

    The ledger remembers longer than alerts and notifications can be read again.
    """
    kept = [topic.retention_ms or 0 for topic in (ALERTS, NOTIFICATIONS, DELIVERIES)]
    assert (
        max(kept[:2]) < RETENTION.total_seconds() * 1000 + GIVE_UP.total_seconds() * 1000 < kept[2]
    )
    assert MAX_ENTRIES > 0


@pytest.mark.parametrize(
    ("source", "event_time", "marked"),
    [
        (TimeSource.PAGE, NOW - DAY, False),
        (TimeSource.FEED, NOW - 200 * DAY, True),
        (TimeSource.FETCHED, NOW, True),
        (TimeSource.FEED, NOW + 400 * DAY, True),
    ],
)
def test_what_may_be_forgotten_is_told_by_its_date(
    make_notification: Make, source: TimeSource, event_time: datetime, *, marked: bool
) -> None:
    """Once something is forgotten, old, undated and future articles count as possibly forgotten.

    Before that none does.
    """
    notification = make_notification(event_time=event_time, event_time_source=source)
    assert may_predate_ledger(notification, NOW, forgotten_before=NOW - RETENTION) is marked
    assert may_predate_ledger(notification, NOW, forgotten_before=None) is False


def test_what_is_read_again_from_long_ago_is_marked(make_notification: Make) -> None:
    """So is a notification whose record is older than the ledger, also one without an article."""
    notification = make_notification(event_time=NOW)
    bare = Notification(
        notification_id="n",
        destination="slack:x",
        outcome=notification.outcome,
        reason="",
        alerts=(),
    )
    for item in (notification, bare):
        assert may_predate_ledger(item, NOW - RETENTION - DAY, forgotten_before=NOW - RETENTION)
    assert not may_predate_ledger(bare, NOW, forgotten_before=NOW - RETENTION)


@dataclass
class World:
    """A deliverer over years: its ledger, the ledger's topic with its retention, and Slack."""

    make: Make
    now: datetime = NOW
    topic: list[tuple[datetime, bytes, bytes]] = field(default_factory=list)
    truncated: bool = False
    state: LedgerState = field(default_factory=lambda: LedgerState(max_ids=12, max_entries=4))
    posts: dict[str, list[bool]] = field(default_factory=dict)
    faults: int = 0

    def restart(self) -> None:
        """Read what the topic holds, as another process does: the last record of each key."""
        self.state = LedgerState(max_ids=12, max_entries=4)
        self.state.truncated = self.truncated
        last = {key: (key, value) for _, key, value in self.topic}
        for key, value in last.values():
            self.state.load(key, value)

    def retain(self) -> None:
        """Delete what is older than the topic's retention, as the broker does."""
        kept = [
            record
            for record in self.topic
            if self.now - record[0] <= timedelta(milliseconds=DELIVERIES.retention_ms or 0)
        ]
        self.truncated = self.truncated or len(kept) < len(self.topic)
        self.topic = kept

    def write(self, changed: Delivery) -> None:
        record = changed.notification_id.encode(), codec.encode(changed)
        self.topic.append((self.now, *record))
        self.state.set(*record)
        self.state.commit()

    def entry_of(self, notification_id: str) -> Delivery | None:
        value, at = (
            self.state.get(notification_id.encode()),
            self.state.delivered_at(notification_id.encode()),
        )
        return (
            codec.decode(value, Delivery)
            if value is not None
            else build_delivered_entry(notification_id, at)
            if at is not None
            else None
        )

    def come(self, number: int, event: str) -> None:
        """Handle a notification that arrives, or arrives again.

        Every third article has no date of its own.
        """
        published_at, dated = NOW + (number - 3) * 60 * DAY, number % 3 != 0
        if published_at > self.now:
            return
        source, event_time = (
            (TimeSource.PAGE, published_at) if dated else (TimeSource.FETCHED, self.now)
        )
        notification = self.make(
            alert_id=str(number), event_time=event_time, event_time_source=source
        )
        forgotten = may_predate_ledger(
            notification, self.now, forgotten_before=self.state.forget_expired(self.now)
        )
        before = self.entry_of(notification.notification_id)
        since = before.first_attempt_at if before else self.now
        is_redriven = event == "redriven"
        decision = decide(before, now=self.now, waiting_since=since, is_redriven=is_redriven)
        if decision.action is not Action.SEND:
            return
        if event == "parked":
            self.write(
                end_without_post(
                    before,
                    notification,
                    DeliveryState.PARKED,
                    "closed",
                    self.now,
                    may_be_forgotten=forgotten,
                )
            )
            return
        announced = intent(before, notification, self.now, may_be_forgotten=forgotten)
        self.write(announced)
        self.posts.setdefault(notification.notification_id, []).append(is_marked(announced))
        if event == "crash":
            self.faults += 1
            self.restart()
        else:
            self.faults += event == "lost"
            self.write(
                apply_answer(
                    announced,
                    Answer(verdict=Verdict.IN_DOUBT if event == "lost" else Verdict.ACCEPTED),
                    is_plain=False,
                )
            )


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["ok", "ok", "lost", "crash", "parked", "redriven", "restart", "retain"]),
        st.integers(0, 9),
        st.integers(0, 60),
    ),
    max_size=60,
)


@examples(400, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_nobody_is_told_twice_without_a_mark(
    make_notification: Make, steps: list[tuple[str, int, int]]
) -> None:
    """It holds for any articles, replays, crashes and restarts over years.

    The ledger has room for twelve ids and four entries.
    """
    world = World(make_notification)
    for event, number, days in steps:
        world.now += days * DAY
        if event == "restart":
            world.restart()
        elif event == "retain":
            world.retain()
        else:
            world.come(number, event)
    assert all(marks.count(False) <= 1 for marks in world.posts.values())


@examples(200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(numbers=st.lists(st.integers(0, 9), max_size=40))
def test_a_young_system_marks_nothing(make_notification: Make, numbers: list[int]) -> None:
    """Replays of seeds of any age on a fresh system post each notification once, without a mark."""
    world = World(make_notification)
    for number in numbers:
        world.now += 2 * DAY
        world.come(number, "ok")
        world.restart()
    assert all(marks == [False] for marks in world.posts.values())
