"""Digests: what waits for one, what does not, and that nothing is lost or told twice."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from services.alerting.deliver.grouping.destination_queue import DestinationQueue
from services.alerting.deliver.grouping.destination_stories import DestinationStories
from services.alerting.deliver.grouping.group_timing import GroupDefaults
from services.alerting.deliver.grouping.queued_notification import QueuedNotification
from services.alerting.deliver.grouping.waiting import WaitingDispatch
from services.alerting.deliver.grouping.withholding import DeliveryPolicy
from services.alerting.routes.local_times import DigestTime
from services.alerting.routes.routes import Routes
from shared.messages.schemas import AlertOutcome, AlertRoute, Severity
from tests.delivery_tools import dispatch
from tests.hypothesis_profiles import examples

NOW = datetime(2026, 3, 6, 22, 0, tzinfo=UTC)
MORNING = datetime(2026, 3, 7, 7, 0, tzinfo=UTC)
ROUTES = Routes(
    digests={
        "morning": DigestTime(name="morning", zone="Asia/Singapore", at=(15 * 60,)),
        "mondays": DigestTime(name="mondays", zone="UTC", at=(420,), days=frozenset({0})),
    }
)


def waiting(
    number: int,
    digest: str | None = "morning",
    severity: Severity = Severity.HIGH,
    minutes: int = 0,
) -> WaitingDispatch:
    known = dispatch(number)
    route = AlertRoute(destination="slack:newsroom", digest=digest)
    alert = replace(known.alerts[0], severity=severity, routes=(route,))
    at = NOW + timedelta(minutes=minutes)
    return WaitingDispatch(
        dispatch=replace(known, alerts=(alert,), severity=severity),
        record=None,
        headers={},
        written_at=at,
        due=at,
        offset=number,
    )


def queue_of(*members: WaitingDispatch) -> DestinationQueue:
    policy = DeliveryPolicy(routes=lambda: ROUTES)
    queue = DestinationQueue(DestinationStories(), GroupDefaults(), policy)
    for member in members:
        queue.add(member)
    return queue


def take_until(
    queue: DestinationQueue, end: datetime
) -> Iterator[tuple[datetime, QueuedNotification]]:
    """Take everything up to a time, each when it is due."""
    now = NOW
    while now <= end:
        queue.place_all(now)
        item = queue.take(now, 0.0)
        if item is not None:
            yield now, item
            continue
        due_in = queue.due_in(now, 0.0)
        if due_in is None:
            return
        now += timedelta(seconds=max(due_in, 0.0)) or timedelta(milliseconds=1)


def test_stories_wait_for_the_digest_and_share_one_message() -> None:
    """At its local time, the most urgent story first; it says which digest it is."""
    queue = queue_of(waiting(1), waiting(2, severity=Severity.LOW), waiting(3, minutes=90))
    ((at, item),) = take_until(queue, MORNING + timedelta(hours=1))
    assert at == MORNING
    assert (item.notification.kind, item.notification.reason) == ("digest", "digest: morning")
    assert item.notification.outcome is AlertOutcome.NOTIFIED
    headlines = [each.headline for each in item.notification.articles]
    assert set(headlines) == {dispatch(number).alerts[0].headline for number in (1, 2, 3)}
    assert headlines[-1] == dispatch(2).alerts[0].headline
    assert sorted(item.offsets) == [1, 2, 3]
    assert item.waiting_since == MORNING, "only from then on it waits for its destination"
    assert len(queue) == 0


def test_what_is_critical_or_has_no_digest_goes_out_at_once() -> None:
    """And a digest that the file no longer has holds nothing back."""
    queue = queue_of(
        waiting(1), waiting(2, severity=Severity.CRITICAL), waiting(3, None), waiting(4, "gone")
    )
    times = {item.offsets[0]: at for at, item in take_until(queue, MORNING)}
    assert times == {1: MORNING, 2: NOW, 3: NOW, 4: NOW}


def test_a_digest_of_one_story_is_its_own_message() -> None:
    """It says what there is to say."""
    ((at, item),) = take_until(queue_of(waiting(1)), MORNING)
    assert (at, item.notification.kind) == (MORNING, "first")


def test_what_comes_after_a_digest_waits_for_the_next() -> None:
    """A day later."""
    queue = queue_of(waiting(1), waiting(2, minutes=9 * 60 + 1))
    times = [at for at, _ in take_until(queue, MORNING + timedelta(days=2))]
    assert times == [MORNING, MORNING + timedelta(days=1)]


def test_a_burst_waits_for_a_digest_too() -> None:
    """It is a message of its own then: a line of a list does not say what it says."""
    member = waiting(1)
    member.dispatch = replace(member.dispatch, kind="burst", article=None, reason="2 articles")
    queue = queue_of(member, waiting(2))
    queue.place_all(NOW)
    assert queue.take(NOW, 0.0) is None
    assert queue.due_in(NOW, 0.0) == 9 * 3_600
    taken = list(take_until(queue, MORNING))
    assert {at for at, _ in taken} == {MORNING}
    assert sorted(item.notification.kind for _, item in taken) == ["burst", "first"]


def test_a_digest_may_be_days_away() -> None:
    """Nothing is given up before: it goes out, and then as a digest."""
    queue = queue_of(waiting(1, "mondays"), waiting(2, "mondays"))
    monday = datetime(2026, 3, 9, 7, 0, tzinfo=UTC)
    late = monday - timedelta(minutes=1)
    queue.place_all(late)
    assert queue.take(late, 0.0) is None
    assert queue.take_older(monday, late) is None
    item = queue.take_older(monday, monday)
    assert item is not None
    assert (item.notification.kind, item.waiting_since) == ("digest", monday)


def test_what_is_held_for_long_is_to_be_kept_in_the_state() -> None:
    """Not what goes out soon."""
    queue = queue_of(waiting(1), waiting(2, severity=Severity.CRITICAL))
    list(take_until(queue, NOW))
    assert [each.offset for each in queue.unstored_until(NOW + timedelta(minutes=10))] == [1]
    assert queue.unstored_until(MORNING + timedelta(seconds=1)) == []


@examples(60)
@given(
    plan=st.lists(
        st.tuples(
            st.sampled_from(["morning", "mondays", None]),
            st.sampled_from(list(Severity)),
            st.integers(0, 3_000),
        ),
        max_size=8,
    )
)
def test_every_dispatch_is_told_once_when_its_digest_is_due(
    plan: list[tuple[str | None, Severity, int]],
) -> None:
    """The model: at the next time of its digest after it was written, else at once."""
    members = [waiting(n, *each) for n, each in enumerate(plan)]
    expected = {}
    for number, (digest, severity, minutes) in enumerate(plan):
        at = NOW + timedelta(minutes=minutes)
        holds = digest is not None and severity is not Severity.CRITICAL
        expected[number] = ROUTES.digests[digest].next_after(at) if holds and digest else at
    taken: dict[int, datetime] = {}
    queue = queue_of(*members)
    for at, item in take_until(queue, NOW + timedelta(days=20)):
        for offset in item.offsets:
            assert offset not in taken
            taken[offset] = at
    assert taken == expected
