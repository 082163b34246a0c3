# ruff: noqa: ARG002 - the fakes keep the signatures of what they stand in for
"""The destination worker: what it writes and posts, in which order.

Clock, ledger and channel are fakes.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from types import SimpleNamespace
from typing import Any

import pytest
from prometheus_client import REGISTRY

from services.alerting.deliver.channels.answers import Answer, Verdict
from services.alerting.deliver.channels.channel import Post
from services.alerting.deliver.context import DeliveryContext
from services.alerting.deliver.grouping.queued_notification import QueuedNotification
from services.alerting.deliver.destination_worker import (
    MAX_INTENT_AGE_S,
    REDRIVE_HEADER,
    DestinationWorker,
)
from services.alerting.reasons import ParkingReason
from shared.base.outcomes import InvalidMessage
from shared.kafka.transaction import Write
from shared.limits.record_limits import RecordLimits
from shared.messages.schemas import Delivery, DeliveryState, Notification
from shared.stream.work import DeadLettered
from tests.hostile_work import act

Make = Callable[..., Notification]
OK, LOST, GONE = (
    Answer(verdict=Verdict.ACCEPTED, detail="200 ok"),
    Answer(verdict=Verdict.IN_DOUBT, detail="500"),
    Answer(verdict=Verdict.GONE, detail="404"),
)
BUSY, BAD = (
    Answer(verdict=Verdict.UNSENT, detail="429", retry_after_s=30.0),
    Answer(verdict=Verdict.MALFORMED, detail="400 invalid_blocks"),
)


LIMITS = RecordLimits(cpu_s=0.3, memory_mb=40)


@dataclass
class FakeClock:
    """Waiting advances the time, and stops the worker once there is nothing left to wait for."""

    at: float = 1_000.0
    done: Callable[[], None] = lambda: None

    def now(self) -> datetime:
        return datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=self.at)

    def monotonic(self) -> float:
        return self.at

    async def wait(self, event: asyncio.Event, seconds: float | None) -> None:
        if seconds is None:
            self.done()
        else:
            self.at += seconds


@dataclass
class FakeLedger:
    """Keeps entries in memory; ``slow`` are the seconds that each of the next writes takes."""

    clock: FakeClock
    entries: dict[str, Delivery] = field(default_factory=dict)
    log: list[str] = field(default_factory=list)
    finished: list[int] = field(default_factory=list)
    also: list[Write] = field(default_factory=list)
    slow: list[float] = field(default_factory=list)
    horizon: datetime | None = None

    def get(self, notification_id: str) -> Delivery | None:
        return self.entries.get(notification_id)

    def forget_expired(self, now: datetime) -> datetime | None:
        return self.horizon

    def finish(self, offset: int) -> None:
        self.finished.append(offset)

    async def write(
        self,
        entry: Delivery,
        *,
        origin: Mapping[str, str],
        now_ms: int,
        finished: int | None = None,
        also: Sequence[Write] = (),
    ) -> None:
        self.clock.at += self.slow.pop(0) if self.slow else 0.0
        self.entries[entry.notification_id] = entry
        self.log.append(str(entry.state))
        self.also += also
        self.finished += [] if finished is None else [finished]

    def dead_letter(self, record: Any, reason: DeadLettered) -> Write:
        return Write("dead", None, reason.message.encode())


@dataclass
class FakeChannel:
    """Answers from a list, then ``ok``; ``posts`` has the time, mark and plainness of each post."""

    ledger: FakeLedger
    answers: list[Answer | Exception] = field(default_factory=list)
    posts: list[tuple[float, bool, bool]] = field(default_factory=list)
    rendered: Post | None = None
    address: str | None = "lane"
    unrenderable: bool = False
    hostile: bytes = b""
    fails: str = ""

    def rate_limit_key(self, name: str) -> str | None:
        return self.address

    def render(self, post: Post) -> bytes:
        if self.unrenderable:
            raise InvalidMessage("too large")
        if self.hostile:
            how, self.hostile = self.hostile, b""
            act(how)
        self.rendered = post
        return b""

    async def send(self, name: str, body: bytes, notification_id: str) -> Answer:
        assert self.rendered is not None
        self.posts.append(
            (self.ledger.clock.at, self.rendered.is_possible_repeat, self.rendered.is_plain)
        )
        self.ledger.log.append("POST")
        answer = (
            LOST if notification_id == self.fails else self.answers.pop(0) if self.answers else OK
        )
        if isinstance(answer, Exception):
            raise answer
        return answer


class Scene:
    """One worker and its surroundings."""

    def __init__(self, make: Make) -> None:
        self.make, self.clock = make, FakeClock()
        self.ledger = FakeLedger(self.clock)
        self.channel = FakeChannel(self.ledger)
        self.context = DeliveryContext(
            channels={"slack": self.channel},
            clock=self.clock,
            dice=lambda: 0.5,
            fallback="console:ops",
            notifications_topic="n",
            limits=LIMITS,
        )
        self.count = 0

    async def deliver(
        self,
        *notifications: Notification,
        destination: str = "slack:newsroom",
        headers: Mapping[str, str] | None = None,
    ) -> None:
        courier = DestinationWorker(destination, self.ledger, self.context)
        self.clock.done = courier.stop
        for notification in notifications:
            courier.add(
                QueuedNotification(
                    SimpleNamespace(
                        offset=self.count,
                        value=b"",
                        key=b"",
                        headers=[],
                        timestamp=1_767_225_600_000,
                    ),
                    notification,
                    headers or {},
                )
            )
            self.count += 1
        await courier.run()


@pytest.fixture
def scene(make_notification: Make) -> Scene:
    """Return a worker's surroundings in which everything goes well."""
    return Scene(make_notification)


async def test_announces_posts_and_writes_it_down(scene: Scene) -> None:
    """INTENT is committed before the post, DELIVERED with the offset after it.

    A second time nothing is posted.
    """
    notification = scene.make()
    await scene.deliver(notification)
    assert scene.ledger.log == ["intent", "POST", "delivered"]
    await scene.deliver(notification)
    assert scene.ledger.log == ["intent", "POST", "delivered"]
    assert scene.ledger.finished == [0, 1]


async def test_keeps_the_pace(scene: Scene) -> None:
    """Posts to one address begin a second apart, in the order of the topic."""
    await scene.deliver(*(scene.make(alert_id=str(number)) for number in range(3)))
    assert [at for at, _, _ in scene.channel.posts] == [1_000.0, 1_001.0, 1_002.0]
    assert scene.ledger.finished == [0, 1, 2]


async def test_unsent_is_tried_again_unmarked_after_the_asked_time(scene: Scene) -> None:
    """After 429 with Retry-After 30 the next post follows 30 s later, without a mark."""
    scene.channel.answers = [BUSY]
    await scene.deliver(scene.make())
    assert scene.channel.posts == [(1_000.0, False, False), (1_030.0, False, False)]


async def test_doubt_is_marked(scene: Scene) -> None:
    """After a lost answer every further post says that it may be a repeat."""
    scene.channel.answers = [LOST, BUSY]
    await scene.deliver(scene.make())
    assert [marked for _, marked, _ in scene.channel.posts] == [False, True, True]
    assert scene.ledger.log == [
        "intent",
        "POST",
        "retry",
        "intent",
        "POST",
        "retry",
        "intent",
        "POST",
        "delivered",
    ]


async def test_intent_of_a_dead_worker_is_marked(scene: Scene) -> None:
    """An INTENT found in the ledger may have been posted."""
    notification = scene.make()
    await scene.deliver(notification)
    (entry,) = scene.ledger.entries.values()
    scene.ledger.entries[entry.notification_id] = Delivery(
        notification_id=entry.notification_id,
        destination=entry.destination,
        state=DeliveryState.INTENT,
        attempts=1,
        in_doubt=0,
        first_attempt_at=entry.first_attempt_at,
        last_attempt_at=entry.last_attempt_at,
    )
    await scene.deliver(notification)
    assert [marked for _, marked, _ in scene.channel.posts] == [False, True]


async def test_what_may_be_forgotten_is_marked(scene: Scene) -> None:
    """An old article's notification without an entry is marked, once the ledger forgets.

    This includes one that was parked before it was posted.
    """
    old, young = (
        {"event_time": datetime(2025, 1, 1, tzinfo=UTC)},
        {"event_time": datetime(2025, 12, 31, tzinfo=UTC)},
    )
    await scene.deliver(scene.make(alert_id="a", **old), scene.make(alert_id="b", **young))
    scene.ledger.horizon = datetime(2025, 8, 1, tzinfo=UTC)
    await scene.deliver(
        scene.make(alert_id="a", **old),
        scene.make(alert_id="c", **old),
        scene.make(alert_id="d", **young),
    )
    assert [marked for _, marked, _ in scene.channel.posts] == [False, False, True, False]
    scene.channel.answers = [GONE]
    await scene.deliver(scene.make(alert_id="e", **young), scene.make(alert_id="f", **old))
    scene.context.rate_limits.clear()
    await scene.deliver(scene.make(alert_id="f", **old), headers={REDRIVE_HEADER: "5"})
    assert [marked for _, marked, _ in scene.channel.posts][4:] == [False, True]


async def test_a_burst_that_may_have_been_told_is_marked(scene: Scene) -> None:
    """If notify has forgotten whether it reported a burst, the post says so."""
    await scene.deliver(replace(scene.make(), possible_repeat=True))
    assert [marked for _, marked, _ in scene.channel.posts] == [True]


async def test_frozen_between_intent_and_post_announces_again(scene: Scene) -> None:
    """A post never begins more than two seconds after its INTENT was sent.

    If it would, another INTENT comes first, which fences a zombie. It is not a new attempt.
    """
    scene.ledger.slow = [MAX_INTENT_AGE_S + 0.1, MAX_INTENT_AGE_S + 5, 0.1]
    await scene.deliver(scene.make())
    assert scene.ledger.log == ["intent", "intent", "intent", "POST", "delivered"]
    (entry,) = scene.ledger.entries.values()
    assert (entry.attempts, entry.in_doubt) == (1, 0)
    assert scene.channel.posts[0][1] is False


async def test_malformed_is_tried_once_in_the_plain_form(scene: Scene) -> None:
    """400 leads to the plain form, without a mark: nothing was accepted before."""
    scene.channel.answers = [BAD]
    await scene.deliver(scene.make())
    assert [(marked, plain) for _, marked, plain in scene.channel.posts] == [
        (False, False),
        (False, True),
    ]
    assert scene.ledger.log[-1] == "delivered"


async def test_refused_twice_is_a_dead_letter(scene: Scene) -> None:
    """The dead letter has the destination's answer, and in the ledger nothing is in doubt."""
    scene.channel.answers = [BAD, BAD]
    await scene.deliver(scene.make())
    assert [plain for _, _, plain in scene.channel.posts] == [False, True]
    (entry,) = scene.ledger.entries.values()
    assert (entry.state, entry.in_doubt) == (DeliveryState.DEAD, 0)
    assert b"400 invalid_blocks" in (scene.ledger.also[0].value or b"")


async def test_gone_address_parks_and_tells_another(scene: Scene) -> None:
    """404 parks this and all that follow without a post, with one alert to the fallback."""
    scene.channel.answers = [GONE]
    await scene.deliver(scene.make(), scene.make(alert_id="other"))
    assert len(scene.channel.posts) == 1
    assert {entry.state for entry in scene.ledger.entries.values()} == {DeliveryState.PARKED}
    assert {entry.answer for entry in scene.ledger.entries.values()} == {
        "404",
        ParkingReason.CIRCUIT_OPEN,
    }
    (notice,) = scene.ledger.also
    assert notice.key == b"console:ops"
    assert b"slack:newsroom takes no messages any more (404)" in (notice.value or b"")
    assert scene.ledger.finished == [0, 1]


async def test_parked_is_sent_when_redriven(scene: Scene) -> None:
    """A redriven notification is retried once its address is repaired; a delivered one never is."""
    scene.channel.answers = [GONE]
    await scene.deliver(scene.make())
    scene.context.rate_limits.clear()
    await scene.deliver(scene.make())
    assert len(scene.channel.posts) == 1
    await scene.deliver(scene.make(), scene.make(), headers={REDRIVE_HEADER: "5"})
    assert [marked for _, marked, _ in scene.channel.posts] == [False, False]


async def test_parked_notifications_are_counted_by_reason(scene: Scene) -> None:
    """The one that finds the address gone, and one that then finds the circuit open."""
    before = [parked_count(reason) for reason in ParkingReason]
    scene.channel.answers = [GONE]
    await scene.deliver(scene.make(), scene.make(alert_id="other"))
    after = [parked_count(reason) for reason in ParkingReason]
    changes = {
        reason: new - old for reason, old, new in zip(ParkingReason, before, after, strict=True)
    }
    expected = {ParkingReason.ADDRESS_GONE: 1, ParkingReason.CIRCUIT_OPEN: 1}
    assert {reason: change for reason, change in changes.items() if change} == expected


def parked_count(reason: ParkingReason) -> float:
    """Return how many Slack notifications were parked for this reason."""
    labels = {"channel": "slack", "reason": reason.label}
    return REGISTRY.get_sample_value("summitwire_notifications_parked_total", labels) or 0.0


@pytest.mark.parametrize("destination", ["slack:newsroom", "pager:night", "nonsense"])
async def test_no_address_is_parked(scene: Scene, destination: str) -> None:
    """A destination without an address parks its notifications and says why."""
    scene.channel.address = None
    await scene.deliver(scene.make(), destination=destination)
    (entry,) = scene.ledger.entries.values()
    assert (entry.state, entry.answer, scene.channel.posts) == (
        DeliveryState.PARKED,
        ParkingReason.NO_ADDRESS,
        [],
    )


async def test_what_cannot_be_rendered_is_a_dead_letter_before_any_intent(scene: Scene) -> None:
    """A notification that cannot be rendered stops no other and leaves no doubt."""
    scene.channel.unrenderable = True
    await scene.deliver(scene.make())
    assert scene.ledger.log == ["dead"]
    assert scene.ledger.also[0].value == b"too large"


async def test_a_channels_bug_is_doubt(scene: Scene) -> None:
    """Whatever a channel raises counts as a lost answer, and the next post is marked."""
    scene.channel.answers = [RuntimeError("https://secret")]
    await scene.deliver(scene.make())
    assert [marked for _, marked, _ in scene.channel.posts] == [False, True]
    assert "secret" not in str(scene.ledger.entries)


async def test_given_up_after_three_days(scene: Scene) -> None:
    """If a destination is down for three days, its notification is parked.

    The waits grow to five minutes at most.
    """
    scene.channel.answers = [LOST] * 5_000
    await scene.deliver(scene.make())
    (entry,) = scene.ledger.entries.values()
    times = [at for at, _, _ in scene.channel.posts]
    assert entry.state is DeliveryState.PARKED
    assert "given up after 72 h" in entry.answer
    assert 72 * 3_600 - 300 <= times[-1] - times[0] <= 72 * 3_600
    assert max(after - before for before, after in pairwise(times)) <= 300


async def test_one_bad_notification_does_not_hold_up_the_others(scene: Scene) -> None:
    """If one post always fails, all others of the destination go out, one failure later at most."""
    bad = scene.make(alert_id="bad")
    scene.channel.fails = bad.notification_id
    others = [scene.make(alert_id=str(number)) for number in range(3)]
    await scene.deliver(bad, *others)
    assert scene.ledger.finished == [1, 2, 3, 0]
    assert scene.ledger.entries[bad.notification_id].state is DeliveryState.PARKED
    assert len([at for at, _, _ in scene.channel.posts if at < 1_010.0]) <= 8


@pytest.mark.parametrize("how", [b"spin", b"eat"])
async def test_what_takes_too_much_to_render_is_a_dead_letter_and_the_next_is_posted(
    scene: Scene, how: bytes
) -> None:
    """CPU time and memory are limited during rendering; nobody waits behind it."""
    scene.channel.hostile = how
    await scene.deliver(scene.make(alert_id="1"), scene.make(alert_id="2"))
    assert scene.ledger.log == ["dead", "intent", "POST", "delivered"]
    assert {entry.state for entry in scene.ledger.entries.values()} == {
        DeliveryState.DEAD,
        DeliveryState.DELIVERED,
    }
    (letter,) = scene.ledger.also
    assert b"and was stopped" in (letter.value or b"")
