# ruff: noqa: ARG002 - the fakes keep the signatures of what they stand in for
"""The destination worker: what it writes and posts, in which order.

Clock, ledger and channel are fakes.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from types import SimpleNamespace
from typing import Any

import pytest
from prometheus_client import REGISTRY
from structlog.testing import capture_logs

from services.alerting.deliver.channels.answers import Answer, Verdict
from services.alerting.deliver.channels.channel import Post, PostingPace
from services.alerting.deliver.channels.table import describe_missing_address
from services.alerting.deliver.context import DeliveryContext
from services.alerting.deliver.destination_worker import (
    MAX_BACKLOG_STORIES,
    MAX_INTENT_AGE_S,
    DestinationWorker,
)
from services.alerting.deliver.grouping.destination_stories import DestinationStories
from services.alerting.deliver.grouping.queued_notification import QueuedNotification
from services.alerting.deliver.grouping.withholding import DeliveryPolicy
from services.alerting.deliver.ledger.ledger import StateChange
from services.alerting.deliver.ledger.policy import GIVE_UP
from services.alerting.deliver.resume import build_waiting
from services.alerting.reasons import ParkingReason
from services.alerting.routes.local_times import DigestTime
from services.alerting.routes.routes import Routes
from services.alerting.silences.silence_book import SilenceBook
from shared.base.outcomes import InvalidMessage
from shared.kafka.transaction import Write
from shared.limits.record_limits import RecordLimits
from shared.messages import codec
from shared.messages.delivery_keys import CONTENT, STORY, WAITING
from shared.messages.schemas import (
    Alert,
    AlertOutcome,
    AlertRoute,
    Change,
    Delivery,
    DeliveryState,
    Dispatch,
    Notification,
    Severity,
    Silence,
    Story,
    StoryThread,
)
from shared.stream.work import DeadLettered
from tests.delivery_tools import dispatch, notification_id_of
from tests.hostile_work import act

OK, LOST, GONE = (
    Answer(verdict=Verdict.ACCEPTED, detail="200 ok"),
    Answer(verdict=Verdict.IN_DOUBT, detail="500"),
    Answer(verdict=Verdict.GONE, detail="404"),
)
BUSY, BAD = (
    Answer(verdict=Verdict.UNSENT, detail="429", retry_after_s=30.0),
    Answer(verdict=Verdict.MALFORMED, detail="400 invalid_blocks"),
)


FACTS = "n"


class Crash(BaseException):
    """The process dies."""


def dispatched_on(event_time: datetime, number: int) -> Dispatch:
    """Return an invented dispatch of an article of that time."""
    known = dispatch(number)
    assert known.article is not None
    article = replace(known.article.article, event_time=event_time)
    return replace(
        known,
        article=replace(known.article, article=article),
        alerts=(replace(known.alerts[0], event_time=event_time),),
    )


def correction_of(number: int) -> Dispatch:
    """Return the dispatch of a second version in whose headline a number has changed."""
    known = dispatch(number)
    assert known.article is not None
    article = replace(
        known.article.article,
        revision="v2",
        version=2,
        headline="Four dead in blast",
        changes=(Change(field="headline", start=0, end=4, removed="Two"),),
    )
    return replace(
        known,
        dispatch_id="correction",
        kind="revision",
        article=replace(known.article, article=article),
        alerts=(),
    )


def low_alert(number: int) -> Alert:
    """Return the alert of an invented dispatch, of low severity: it waits for others."""
    return replace(dispatch(number).alerts[0], severity=Severity.LOW)


LIMITS = RecordLimits(cpu_s=0.3, memory_mb=40)


@dataclass
class FakeClock:
    """Waiting advances the time, and stops the worker once there is nothing left to wait for."""

    at: float = 1_000.0
    done: Callable[[], None] = lambda: None
    on_wait: Callable[[], None] = lambda: None

    def now(self) -> datetime:
        return datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=self.at)

    def monotonic(self) -> float:
        return self.at

    async def wait(self, event: asyncio.Event, seconds: float | None) -> None:
        self.on_wait()
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
    state: dict[bytes, Any] = field(default_factory=dict)
    slow: list[float] = field(default_factory=list)
    horizon: datetime | None = None
    facts: list[Write] = field(default_factory=list)
    on_write: Callable[[], None] = lambda: None

    def get(self, notification_id: str) -> Delivery | None:
        return self.entries.get(notification_id)

    def forget_expired(self, now: datetime) -> datetime | None:
        return self.horizon

    async def write(
        self,
        entry: Delivery,
        *,
        now_ms: int,
        changes: Sequence[StateChange] = (),
        finished: Sequence[int] = (),
        also: Sequence[Write] = (),
    ) -> None:
        self.on_write()
        self.clock.at += self.slow.pop(0) if self.slow else 0.0
        self.entries[entry.notification_id] = entry
        self.log.append(str(entry.state))
        await self.change(changes, now_ms=now_ms, finished=finished, also=also)

    async def change(
        self,
        changes: Sequence[StateChange],
        *,
        now_ms: int,
        finished: Sequence[int] = (),
        also: Sequence[Write] = (),
    ) -> None:
        for change in changes:
            self.state[change.key] = change.message
            if change.message is None:
                del self.state[change.key]
        self.also += [write for write in also if write.topic != FACTS]
        self.facts += [write for write in also if write.topic == FACTS]
        self.finished += finished

    def dead_letter(self, record: Any, reason: DeadLettered) -> Write:
        return Write("dead", None, reason.message.encode())

    def kept(self, kind: bytes) -> list[Any]:
        """Return what the state keeps of a kind (delivery_keys.py)."""
        return [value for key, value in self.state.items() if key.startswith(kind + b"/")]


@dataclass
class FakeChannel:
    """Answers from a list, then ``ok``; ``posts`` has the time, mark and plainness of each post."""

    ledger: FakeLedger
    answers: list[Answer | BaseException] = field(default_factory=list)
    posts: list[tuple[float, bool, bool]] = field(default_factory=list)
    rendered: Post | None = None
    rendered_posts: list[Post] = field(default_factory=list)
    states: list[tuple[str, Story]] = field(default_factory=list)
    address: str | None = "lane"
    unrenderable: bool = False
    hostile: bytes = b""
    fails: str = ""
    accepted: list[Post] = field(default_factory=list)
    kept_at_post: list[int] = field(default_factory=list)

    def headlines(self) -> list[str]:
        headlines = (post.notification.alerts[0].headline for post in self.accepted)
        return [" ".join(headline.split()[:2]) for headline in headlines]

    @property
    def pace(self) -> PostingPace:
        return PostingPace(spacing_s=1.0)

    def rate_limit_key(self, name: str) -> str | None:
        return self.address

    def render(self, post: Post) -> bytes:
        if self.unrenderable:
            raise InvalidMessage("too large")
        if self.hostile:
            how, self.hostile = self.hostile, b""
            act(how)
        self.rendered = post
        self.rendered_posts.append(post)
        return b""

    async def send(self, name: str, body: bytes, notification_id: str) -> Answer:
        assert self.rendered is not None
        self.posts.append(
            (self.ledger.clock.at, self.rendered.is_possible_repeat, self.rendered.is_plain)
        )
        self.ledger.log.append("POST")
        self.kept_at_post.append(len(self.ledger.kept(CONTENT)))
        answer = (
            LOST if notification_id == self.fails else self.answers.pop(0) if self.answers else OK
        )
        if isinstance(answer, BaseException):
            raise answer
        if answer is OK:
            self.accepted.append(self.rendered)
        return answer

    def show_state(self, name: str, story: Story) -> None:
        self.states.append((name, story))


class Scene:
    """One worker and its surroundings."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.ledger = FakeLedger(self.clock)
        self.channel = FakeChannel(self.ledger)
        self.context = DeliveryContext(
            channels={"slack": self.channel},
            clock=self.clock,
            dice=lambda: 0.5,
            fallback="console:ops",
            dispatches_topic="d",
            notifications_topic=FACTS,
            limits=LIMITS,
        )
        self.stories: DestinationStories | None = None
        self.count = 0

    def facts(self) -> list[Notification]:
        """Return what was decided."""
        return [codec.decode(write.value, Notification) for write in self.ledger.facts]

    async def deliver(
        self,
        *dispatches: Dispatch,
        destination: str = "slack:newsroom",
        resumed: Sequence[QueuedNotification] = (),
        redriven: bool = False,
    ) -> None:
        """Run a worker until nothing is left to wait for."""
        worker = DestinationWorker(destination, self.ledger, self.context, self.stories)
        self.clock.done = worker.stop
        for item in resumed:
            worker.resume(item)
        for each in dispatches:
            record = SimpleNamespace(
                offset=self.count,
                value=b"",
                key=b"",
                headers=[],
                timestamp=int(self.clock.now().timestamp() * 1000),
            )
            waiting = build_waiting(each, record, {}, self.context.defaults, self.clock.now())
            waiting.is_redriven = redriven
            worker.add(waiting)
            self.count += 1
        await worker.run()


@pytest.fixture
def scene() -> Scene:
    """Return a worker's surroundings in which everything goes well."""
    return Scene()


async def test_announces_posts_and_writes_it_down(scene: Scene) -> None:
    """INTENT is committed with the offset before the post, DELIVERED after it.

    Between the two the content is kept, so that another process can post it.
    """
    await scene.deliver(dispatch(1))
    assert scene.ledger.log == ["intent", "POST", "delivered"]
    assert scene.ledger.finished == [0]
    assert scene.channel.kept_at_post == [1]
    assert scene.ledger.kept(CONTENT) == []
    (entry,) = scene.ledger.entries.values()
    assert entry.dispatch_ids == (dispatch(1).dispatch_id,)


async def test_keeps_the_pace(scene: Scene) -> None:
    """Posts to one address begin a second apart, in the order of the topic."""
    await scene.deliver(*(dispatch(number) for number in range(3)))
    assert [at for at, _, _ in scene.channel.posts] == [1_000.0, 1_001.0, 1_002.0]
    assert scene.ledger.finished == [0, 1, 2]


async def test_unsent_is_tried_again_unmarked_after_the_asked_time(scene: Scene) -> None:
    """After 429 with Retry-After 30 the next post follows 30 s later, without a mark."""
    scene.channel.answers = [BUSY]
    await scene.deliver(dispatch(1))
    assert scene.channel.posts == [(1_000.0, False, False), (1_030.0, False, False)]


async def test_doubt_is_marked(scene: Scene) -> None:
    """After a lost answer every further post says that it may be a repeat."""
    scene.channel.answers = [LOST, BUSY]
    await scene.deliver(dispatch(1))
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
    """An INTENT in the ledger may have been posted; its content is posted again."""
    scene.channel.answers = [Crash()]
    with pytest.raises(Crash):
        await scene.deliver(dispatch(1))
    (content,) = scene.ledger.kept(CONTENT)
    item = QueuedNotification(
        notification=content,
        headers={},
        written_at=scene.clock.now(),
        is_written=True,
        has_content=True,
    )
    await scene.deliver(resumed=[item])
    assert [marked for _, marked, _ in scene.channel.posts] == [False, True]
    assert scene.ledger.kept(CONTENT) == []


async def test_what_may_be_forgotten_is_marked(scene: Scene) -> None:
    """An old article's notification without an entry is marked, once the ledger forgets."""
    await scene.deliver(dispatch(1))
    scene.ledger.horizon = datetime(2025, 8, 1, tzinfo=UTC)
    await scene.deliver(dispatch(2), dispatched_on(datetime(2025, 12, 31, tzinfo=UTC), 3))
    assert [marked for _, marked, _ in scene.channel.posts] == [False, True, False]


async def test_a_burst_that_may_have_been_told_is_marked(scene: Scene) -> None:
    """If count has forgotten whether it reported a burst, the post says so."""
    await scene.deliver(dispatch(1, kind="burst", article=None, possible_repeat=True))
    assert [marked for _, marked, _ in scene.channel.posts] == [True]


async def test_frozen_between_intent_and_post_announces_again(scene: Scene) -> None:
    """A post never begins more than two seconds after its INTENT was sent.

    If it would, another INTENT comes first, which fences a zombie. It is not a new attempt.
    """
    scene.ledger.slow = [MAX_INTENT_AGE_S + 0.1, MAX_INTENT_AGE_S + 5, 0.1]
    await scene.deliver(dispatch(1))
    assert scene.ledger.log == ["intent", "intent", "intent", "POST", "delivered"]
    (entry,) = scene.ledger.entries.values()
    assert (entry.attempts, entry.in_doubt) == (1, 0)
    assert scene.channel.posts[0][1] is False


async def test_malformed_is_tried_once_in_the_plain_form(scene: Scene) -> None:
    """400 leads to the plain form, without a mark: nothing was accepted before."""
    scene.channel.answers = [BAD]
    await scene.deliver(dispatch(1))
    assert [(marked, plain) for _, marked, plain in scene.channel.posts] == [
        (False, False),
        (False, True),
    ]
    assert scene.ledger.log[-1] == "delivered"


async def test_refused_twice_is_a_dead_letter(scene: Scene) -> None:
    """The dead letter has the destination's answer, and in the ledger nothing is in doubt."""
    scene.channel.answers = [BAD, BAD]
    await scene.deliver(dispatch(1))
    assert [plain for _, _, plain in scene.channel.posts] == [False, True]
    (entry,) = scene.ledger.entries.values()
    assert (entry.state, entry.in_doubt) == (DeliveryState.DEAD, 0)
    assert b"400 invalid_blocks" in (scene.ledger.also[0].value or b"")


async def test_a_gone_address_is_probed_and_another_hears_of_it(scene: Scene) -> None:
    """404 parks nothing: it is tried ever less often, with one alert to the fallback."""
    scene.channel.answers = [GONE, GONE, GONE]
    await scene.deliver(dispatch(1), dispatch(2))
    assert [at for at, _, _ in scene.channel.posts] == [1_000, 1_015, 1_045, 1_105, 1_106]
    assert {entry.state for entry in scene.ledger.entries.values()} == {DeliveryState.DELIVERED}
    assert not any(marked for _, marked, _ in scene.channel.posts)
    (notice,) = scene.ledger.also
    assert (notice.topic, notice.key) == ("d", b"console:ops")
    assert b"slack:newsroom takes no messages (404)" in (notice.value or b"")


async def test_after_an_outage_the_least_urgent_stories_share_a_message(scene: Scene) -> None:
    """Twenty stories go out by themselves, the most urgent first; one digest has all others."""
    scene.channel.answers = [GONE]
    urgent = dispatch(0, severity=Severity.CRITICAL)
    await scene.deliver(*(dispatch(number) for number in range(1, 60)), urgent)
    kinds = Counter(post.notification.kind for post in scene.channel.accepted)
    assert kinds == {"first": MAX_BACKLOG_STORIES + 1, "digest": 1}
    digest = scene.channel.accepted[-1].notification
    assert len(digest.articles) == 60 - kinds["first"]
    assert "Headline 0" in scene.channel.headlines()[:2]
    told = [i for entry in scene.ledger.entries.values() for i in entry.dispatch_ids]
    assert len(told) == len(set(told)) == 60


async def test_one_429_among_many_parks_and_folds_nothing(scene: Scene) -> None:
    """A short refusal is no outage: every story still has its own message."""
    scene.channel.answers = [OK, BUSY]
    await scene.deliver(*(dispatch(number) for number in range(60)))
    assert len(scene.channel.accepted) == 60
    assert {entry.state for entry in scene.ledger.entries.values()} == {DeliveryState.DELIVERED}


async def test_the_most_urgent_goes_first(scene: Scene) -> None:
    """What waits is sent by severity, then by the time of its article."""
    low, high, critical = (
        dispatch(number, severity=severity)
        for number, severity in enumerate((Severity.LOW, Severity.HIGH, Severity.CRITICAL))
    )
    await scene.deliver(low, high, critical)
    assert scene.channel.headlines() == ["Headline 2", "Headline 1", "Headline 0"]


async def test_the_same_article_again_is_folded(scene: Scene) -> None:
    """It is no second message; the ledger knows its dispatch, and the story counts it."""
    await scene.deliver(dispatch(1), replace(dispatch(1), dispatch_id="again"))
    assert len(scene.channel.posts) == 1
    scene.stories = DestinationStories(scene.ledger.kept(STORY))
    await scene.deliver(replace(dispatch(1), dispatch_id="once more"))
    assert len(scene.channel.posts) == 1
    (story,) = scene.ledger.kept(STORY)
    assert (story.messages, story.folded) == (1, 1)
    folded = [e for e in scene.ledger.entries.values() if e.state is DeliveryState.CLOSED]
    assert [entry.dispatch_ids for entry in folded] == [("once more",)]


async def test_a_correction_goes_out_at_once_with_what_changed(scene: Scene) -> None:
    """It reaches who was told, although no rule fires any more."""
    scene.stories = DestinationStories()
    await scene.deliver(dispatch(1))
    scene.stories = DestinationStories(scene.ledger.kept(STORY))
    await scene.deliver(correction_of(1))
    first, second = scene.channel.accepted
    assert (first.notification.kind, second.notification.kind) == ("first", "correction")
    (change,) = second.notification.changes
    assert (change.before, change.after) == ("Two dead in blast", "Four dead in blast")


async def test_a_thread_is_remembered_with_what_was_delivered(scene: Scene) -> None:
    """It is written with DELIVERED, used after a restart, and forgotten once it is lost."""
    thread = StoryThread(address="C1", message="1.2")
    scene.channel.answers = [replace(OK, thread=thread)]
    await scene.deliver(dispatch(1))
    (story,) = scene.ledger.kept(STORY)
    assert story.thread == thread
    scene.stories = DestinationStories(scene.ledger.kept(STORY))
    lost = Answer(verdict=Verdict.UNSENT, retry_after_s=0.0, is_thread_lost=True)
    scene.channel.answers = [lost]
    await scene.deliver(correction_of(1))
    assert [post.thread for post in scene.channel.rendered_posts] == [None, thread, None]
    assert [at for at, *_ in scene.channel.posts][1:] == [1_001.0, 1_002.0], "at the channel's pace"


async def test_the_state_of_a_story_is_shown_with_each_reply(scene: Scene) -> None:
    """Not with the message that begins the thread; and never as a post."""
    thread = StoryThread(address="C1", message="1.2")
    scene.channel.answers = [replace(OK, thread=thread)]
    await scene.deliver(dispatch(1))
    assert scene.channel.states == []
    scene.stories = DestinationStories(scene.ledger.kept(STORY))
    await scene.deliver(correction_of(1))
    ((name, shown),) = scene.channel.states
    assert name == "newsroom"
    assert shown.thread == StoryThread(address="C1", message="1.2", is_corrected=True)
    assert len(scene.channel.posts) == 2


async def test_what_says_nothing_new_is_counted_in_the_state_of_its_story(scene: Scene) -> None:
    """A reprint is no message, and the first message shows that there are two articles by now."""
    scene.channel.answers = [replace(OK, thread=StoryThread(address="C1", message="1.2"))]
    await scene.deliver(dispatch(1))
    scene.stories = DestinationStories(scene.ledger.kept(STORY))
    tagged = dispatch(1).article
    assert tagged is not None
    again = replace(tagged, article=replace(tagged.article, article_id="again", source="Other"))
    await scene.deliver(replace(dispatch(1), dispatch_id="again", article=again))
    assert len(scene.channel.posts) == 1
    ((_, shown),) = scene.channel.states
    assert (len(shown.article_ids), shown.folded) == (2, 1)


async def test_a_withdrawal_reaches_only_who_was_told(scene: Scene) -> None:
    """What was never sent is closed without a post."""
    withdrawal = dispatch(1, dispatch_id="w", kind="withdrawal", alerts=(), only_if_notified=True)
    await scene.deliver(withdrawal)
    assert scene.channel.posts == []
    assert [entry.state for entry in scene.ledger.entries.values()] == [DeliveryState.CLOSED]
    await scene.deliver(dispatch(2))
    scene.stories = DestinationStories(scene.ledger.kept(STORY))
    taken_back = dispatch(2, dispatch_id="w2", kind="withdrawal", alerts=())
    await scene.deliver(taken_back)
    assert [post.notification.kind for post in scene.channel.accepted] == ["first", "withdrawal"]


async def test_what_is_taken_back_within_its_wait_is_not_sent(scene: Scene) -> None:
    """An article and its withdrawal that wait together end as withdrawn, and nothing is posted."""
    first = replace(dispatch(1), severity=Severity.LOW, alerts=(low_alert(1),))
    await scene.deliver(first, replace(first, dispatch_id="w", kind="withdrawal", alerts=()))
    assert scene.channel.posts == []
    assert [fact.outcome for fact in scene.facts()] == [AlertOutcome.WITHDRAWN]


async def test_of_two_articles_the_one_that_was_not_taken_back_is_sent(scene: Scene) -> None:
    """The other one has the alert that is shown and the link, although it came later."""
    first = replace(dispatch(1), severity=Severity.LOW, alerts=(low_alert(1),))
    assert first.article is not None
    again = replace(first.article.article, article_id="again", source="Another Wire")
    second = replace(
        first,
        dispatch_id="second",
        article=replace(first.article, article=again),
        alerts=(replace(low_alert(1), alert_id="second", article_id="again"),),
    )
    gone = replace(first, dispatch_id="w", kind="withdrawal", alerts=())
    await scene.deliver(first, gone, second)
    (post,) = scene.channel.accepted
    assert post.notification.alerts[0].article_id == "again"
    assert [article.article_id for article in post.notification.articles] == ["again"]


async def test_a_later_version_of_what_was_not_sent_is_folded(scene: Scene) -> None:
    """Who was not told of an article need not know that it changed."""
    await scene.deliver(correction_of(1))
    assert scene.channel.posts == []
    assert [fact.outcome for fact in scene.facts()] == [AlertOutcome.FOLDED]


async def test_a_dispatch_that_comes_again_while_it_is_decided_is_one(scene: Scene) -> None:
    """Its second record changes nothing, before the ledger knows it and afterwards."""
    worker = DestinationWorker("slack:newsroom", scene.ledger, scene.context)
    scene.clock.done = worker.stop
    at_ms = int(scene.clock.now().timestamp() * 1000)
    record = SimpleNamespace(offset=0, value=b"", key=b"", headers=[], timestamp=at_ms)
    added: list[bool] = []

    def add() -> None:
        added.append(
            worker.add(
                build_waiting(dispatch(1), record, {}, scene.context.defaults, scene.clock.now())
            )
        )

    add()
    scene.ledger.on_write = add
    await worker.run()
    assert added == [True, False, False]
    assert scene.ledger.log == ["intent", "POST", "delivered"]


async def test_a_destination_without_address_waits_for_three_days(scene: Scene) -> None:
    """Then its notifications are parked, and say why; until then they could still be sent."""
    scene.channel.address = None
    await scene.deliver(dispatch(1))
    (entry,) = scene.ledger.entries.values()
    assert (entry.state, entry.answer, scene.channel.posts) == (
        DeliveryState.PARKED,
        ParkingReason.NO_ADDRESS,
        [],
    )
    assert scene.clock.at - 1_000 >= GIVE_UP.total_seconds()
    assert len(scene.ledger.kept(CONTENT)) == 1


async def test_without_an_address_what_waits_is_stored_with_the_reason(scene: Scene) -> None:
    """The console and the board show it, the log warns once, and a metric counts destinations.

    Source records are finished, so that no offset is kept back for days.
    """
    worker = DestinationWorker("email:zoo", scene.ledger, scene.context)
    records = [
        SimpleNamespace(offset=number, value=b"", key=b"", headers=[], timestamp=0)
        for number in range(3)
    ]
    for record in records:
        each, now = dispatch(record.offset, "email:zoo"), scene.clock.now()
        worker.add(build_waiting(each, record, {}, scene.context.defaults, now))
    gauges: list[float | None] = []

    def look() -> None:
        labels = {"channel": "email"}
        name = "summitwire_destinations_without_address"
        gauges.append(REGISTRY.get_sample_value(name, labels))
        worker.stop()

    scene.clock.on_wait = look
    with capture_logs() as lines:
        await worker.run()
    reasons = {each.waits_because for each in scene.ledger.kept(WAITING)}
    assert reasons == {"no address is configured (SMTP_URL and EMAIL_ADDRESSES)"}
    assert (len(scene.ledger.kept(WAITING)), scene.ledger.finished) == (3, [0, 1, 2])
    warnings = [line for line in lines if line["event"] == "messages wait"]
    assert [(line["destination"], line["because"]) for line in warnings] == [
        ("email:zoo", *reasons)
    ]
    assert gauges == [1.0]
    assert scene.context.without_address == set()


@pytest.mark.parametrize(
    ("destination", "expected"),
    [
        ("slack:zoo", "no address is configured (SLACK_WEBHOOKS or SLACK_CHANNELS)"),
        ("file:log", "no address is configured (DELIVERY_FILES_DIR)"),
        ("webhook:x", "no address is configured (WEBHOOK_URLS)"),
        ("apprise:x", "no address is configured (APPRISE_URLS)"),
        ("pager:x", "there is no channel 'pager'"),
        ("", "there is no channel ''"),
    ],
)
def test_a_missing_address_is_named_by_its_setting(destination: str, expected: str) -> None:
    """Who reads it knows where to look."""
    assert describe_missing_address(destination) == expected


async def test_parked_is_sent_when_redriven(scene: Scene) -> None:
    """It is posted without a mark: it was never posted before."""
    scene.channel.address = None
    await scene.deliver(dispatch(1))
    scene.channel.address = "lane"
    (content,) = scene.ledger.kept(CONTENT)
    item = QueuedNotification(
        notification=content,
        headers={},
        written_at=scene.clock.now(),
        is_redriven=True,
        is_written=True,
        has_content=True,
    )
    await scene.deliver(resumed=[item])
    assert [marked for _, marked, _ in scene.channel.posts] == [False]
    assert scene.ledger.kept(CONTENT) == []


async def test_parked_notifications_are_counted_by_reason(scene: Scene) -> None:
    """A metric has one count for each reason."""
    before = parked_count(ParkingReason.NO_ADDRESS)
    scene.channel.address = None
    await scene.deliver(dispatch(1), destination="slack:newsroom")
    assert parked_count(ParkingReason.NO_ADDRESS) == before + 1


def parked_count(reason: ParkingReason) -> float:
    """Return how many Slack notifications were parked for this reason."""
    labels = {"channel": "slack", "reason": reason.label}
    return REGISTRY.get_sample_value("summitwire_notifications_parked_total", labels) or 0.0


@pytest.mark.parametrize("destination", ["pager:night", "nonsense"])
async def test_an_unknown_channel_is_no_address(scene: Scene, destination: str) -> None:
    """It parks its notifications in the end, as a destination without an address does."""
    await scene.deliver(dispatch(1, destination), destination=destination)
    (entry,) = scene.ledger.entries.values()
    assert (entry.state, entry.answer) == (DeliveryState.PARKED, ParkingReason.NO_ADDRESS)


async def test_what_waits_is_kept_in_the_state(scene: Scene) -> None:
    """Then its source record is finished, and the message finishes what was kept."""
    worker = DestinationWorker("slack:newsroom", scene.ledger, scene.context)
    record = SimpleNamespace(offset=7, value=b"", key=b"", headers=[], timestamp=0)
    worker.add(build_waiting(dispatch(1), record, {}, scene.context.defaults, scene.clock.now()))
    await worker.store()
    assert (scene.ledger.finished, worker.unstored) == ([7], 0)
    since = scene.clock.now()  # the record's own time makes no sense
    assert scene.ledger.kept(WAITING) == [replace(dispatch(1), waits_since=since)]
    scene.clock.done = worker.stop
    await worker.run()
    assert scene.ledger.kept(WAITING) == []
    assert scene.ledger.finished == [7]


async def test_what_cannot_be_rendered_is_a_dead_letter_before_any_intent(scene: Scene) -> None:
    """A notification that cannot be rendered stops no other and leaves no doubt."""
    scene.channel.unrenderable = True
    await scene.deliver(dispatch(1))
    assert scene.ledger.log == ["dead"]
    assert scene.ledger.also[0].value == b"too large"


async def test_a_channels_bug_is_doubt(scene: Scene) -> None:
    """Whatever a channel raises counts as a lost answer, and the next post is marked."""
    scene.channel.answers = [RuntimeError("https://secret")]
    await scene.deliver(dispatch(1))
    assert [marked for _, marked, _ in scene.channel.posts] == [False, True]
    assert "secret" not in str(scene.ledger.entries)


async def test_given_up_after_three_days(scene: Scene) -> None:
    """If a destination is down for three days, its notification is parked.

    The waits grow to five minutes at most.
    """
    scene.channel.answers = [LOST] * 5_000
    await scene.deliver(dispatch(1))
    (entry,) = scene.ledger.entries.values()
    times = [at for at, _, _ in scene.channel.posts]
    assert entry.state is DeliveryState.PARKED
    assert "given up after 72 h" in entry.answer
    assert 72 * 3_600 - 300 <= times[-1] - times[0] <= 72 * 3_600
    assert max(after - before for before, after in pairwise(times)) <= 300


async def test_one_bad_notification_does_not_hold_up_the_others(scene: Scene) -> None:
    """If one post always fails, all others of the destination go out, one failure later at most."""
    scene.channel.fails = notification_id_of(0)
    await scene.deliver(*(dispatch(number) for number in range(4)))
    assert scene.ledger.entries[notification_id_of(0)].state is DeliveryState.PARKED
    assert len([at for at, _, _ in scene.channel.posts if at < 1_010.0]) <= 8
    assert len(scene.channel.accepted) == 3


@pytest.mark.parametrize("how", [b"spin", b"eat"])
async def test_what_takes_too_much_to_render_is_a_dead_letter_and_the_next_is_posted(
    scene: Scene, how: bytes
) -> None:
    """CPU time and memory are limited during rendering; nobody waits behind it."""
    scene.channel.hostile = how
    await scene.deliver(dispatch(1), dispatch(2))
    assert scene.ledger.log == ["dead", "intent", "POST", "delivered"]
    assert {entry.state for entry in scene.ledger.entries.values()} == {
        DeliveryState.DEAD,
        DeliveryState.DELIVERED,
    }
    (letter,) = scene.ledger.also
    assert b"and was stopped" in (letter.value or b"")


def routed(number: int, **route: Any) -> Dispatch:
    """Return an invented dispatch whose alert has taken a route."""
    known = dispatch(number)
    way = AlertRoute(destination="slack:newsroom", **route)
    return replace(known, alerts=(replace(known.alerts[0], routes=(way,)),))


async def test_what_waits_for_a_digest_is_kept_in_the_state(scene: Scene) -> None:
    """So its source record is finished at once; the digest finishes the rest hours later."""
    digest = DigestTime(name="noon", zone="UTC", at=(720,))
    routes = Routes(digests={"noon": digest})
    scene.context = replace(scene.context, policy=DeliveryPolicy(routes=lambda: routes))
    await scene.deliver(routed(1, digest="noon"), routed(2, digest="noon"))
    assert scene.ledger.finished == [0, 1]
    ((at, _, _),) = scene.channel.posts
    assert at == 12 * 3_600
    assert scene.ledger.log == ["intent", "POST", "delivered"]
    assert scene.ledger.kept(WAITING) == []
    (entry,) = scene.ledger.entries.values()
    assert set(entry.dispatch_ids) == {dispatch(number).dispatch_id for number in (1, 2)}


async def test_every_withheld_alert_is_a_fact(scene: Scene) -> None:
    """In the transaction of the decision, beside that of the message."""
    silence = Silence(
        silence_id="s",
        matchers=("rule=quiet",),
        starts_at=scene.clock.now(),
        ends_at=scene.clock.now() + timedelta(hours=1),
        author="kim",
        comment="live page",
    )
    policy = DeliveryPolicy(silences=SilenceBook([silence]))
    scene.context = replace(scene.context, policy=policy)
    known = dispatch(1)
    quiet = replace(known.alerts[0], alert_id="q", rule_id="quiet")
    await scene.deliver(replace(known, alerts=(*known.alerts, quiet)))
    outcomes = [
        (str(fact.outcome), [each.rule_id for each in fact.alerts]) for fact in scene.facts()
    ]
    assert outcomes == [
        ("notified", ["second-summit"]),
        ("silenced", ["quiet"]),
    ]
    assert scene.ledger.log == ["intent", "POST", "delivered"]
