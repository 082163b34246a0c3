"""When a feed with a range is due: limits hold, failures only delay, Retry-After is exact."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from services.fetcher.sources.feeds_file import FeedSpec
from services.fetcher.timing.due_times import DueTimes
from services.fetcher.timing.schedule import (
    EPOCH,
    JITTER,
    LONGEST_WAIT_S,
    MAX_INTERVAL,
    PENDING_WAIT_S,
    PollOutcome,
    PollReport,
    due_at,
    next_state,
    regular_wait_s,
    reset_state,
    with_next_poll,
)
from shared.messages import codec
from shared.messages.schemas import FeedHints, FeedMove, FeedRhythm, FeedState
from shared.stream.state_store import MAX_ENTRY_BYTES
from tests.hypothesis_profiles import examples

URL = "https://news.example/feed"
NOW = datetime(2018, 9, 12, 10, 0, 0, 250_000, tzinfo=UTC)
MINUTE, SIX_HOURS = 60.0, 21_600.0


def state_of(wait_s: float | None, failures: int = 0, url: str = URL) -> FeedState:
    """Return a feed that was polled NOW and whose rhythm has this wait."""
    rhythm = FeedRhythm(last_slot=1, since_slot=0, wait_s=wait_s)
    return FeedState(url=url, polled_at=NOW, failures=failures, rhythm=rhythm)


def wait_of(state: FeedState, shortest_s: float = MINUTE, longest_s: float = SIX_HOURS) -> float:
    """Return the seconds from the last poll to the next."""
    return (due_at(state, shortest_s, NOW, longest_s) - NOW).total_seconds()


@given(
    st.floats(0, 10**9),
    st.floats(1, 86_400),
    st.floats(1, 86_400),
    st.integers(0, 10**6),
    st.text(max_size=8),
)
@examples(300)
def test_the_limits_hold_whatever_the_rhythm(
    rhythm_s: float, first_s: float, second_s: float, failures: int, url: str
) -> None:
    """Never before the shortest wait nor in the past; never after the longest unless it fails."""
    shortest_s, longest_s = min(first_s, second_s), max(first_s, second_s)
    state = state_of(rhythm_s, url=url)
    wait = wait_of(state, shortest_s, longest_s)
    assert (1 - JITTER) * shortest_s - 1e-3 <= wait <= (1 + JITTER) * longest_s + 1e-3
    assert wait == wait_of(state, shortest_s, longest_s), "the jitter is always the same"
    failing = wait_of(replace(state, failures=failures), shortest_s, longest_s)
    assert wait <= failing <= (1 + JITTER) * max(longest_s, LONGEST_WAIT_S) + 1e-3


@given(st.floats(0, 86_400), st.integers(0, 40), st.none() | st.integers(0, 10_000))
@examples(200)
def test_more_failures_never_make_the_next_poll_earlier(
    rhythm_s: float, failures: int, retry_after_s: int | None
) -> None:
    """With a Retry-After as without one."""
    states = [
        next_state(
            state_of(rhythm_s, failures=count),
            PollReport(polled_at=NOW, outcome=PollOutcome.FAILED, retry_after_s=retry_after_s),
        )
        for count in (failures, failures + 1)
    ]
    assert wait_of(states[0]) <= wait_of(states[1])


@given(st.integers(70, 86_400), st.floats(0, 86_400))
@examples(100)
def test_a_retry_after_is_kept_to_the_second(retry_after_s: int, rhythm_s: float) -> None:
    """The first failure is followed by a poll exactly when the server asks for it."""
    report = PollReport(polled_at=NOW, outcome=PollOutcome.FAILED, retry_after_s=retry_after_s)
    assert wait_of(next_state(state_of(rhythm_s), report)) == retry_after_s


def test_a_server_that_always_says_retry_now_is_left_alone_all_the_same() -> None:
    """Its floor doubles from the shortest wait up to six hours."""
    waits = []
    for failures in range(14):
        report = PollReport(polled_at=NOW, outcome=PollOutcome.FAILED, retry_after_s=0)
        waits.append(wait_of(next_state(state_of(900, failures=failures), report)))
    assert waits[0] < 70
    assert waits == sorted(waits)
    assert 0.9 * SIX_HOURS <= waits[-1] <= 1.1 * SIX_HOURS


def test_a_fixed_interval_ignores_the_rhythm_and_a_new_feed_waits_a_quarter_of_an_hour() -> None:
    """`interval: 5m` is what it was before there were rhythms."""
    assert regular_wait_s(state_of(7_000), 300) == 300
    assert regular_wait_s(state_of(None), 60, SIX_HOURS) == 900
    assert regular_wait_s(FeedState(url=URL), 60, 300) == 300
    assert regular_wait_s(state_of(1), 60, SIX_HOURS) == 60


def test_what_a_poll_had_to_leave_does_not_wait_for_the_rhythm() -> None:
    """A dead feed with a page that failed is polled again in five minutes."""
    report = PollReport(
        polled_at=NOW, outcome=PollOutcome.CHANGED, listed=("a", "b"), finished=frozenset("a")
    )
    state = next_state(FeedState(url=URL, succeeded_at=NOW - timedelta(days=30)), report)
    assert state.rhythm is not None
    assert state.rhythm.wait_s == PENDING_WAIT_S


def test_health_is_what_the_last_polls_said() -> None:
    """Success, error, arrival and the next poll; a revived feed keeps its rhythm and hints."""
    hints = FeedHints(wait_s=3_600)
    changed = PollReport(
        polled_at=NOW,
        outcome=PollOutcome.CHANGED,
        listed=("a",),
        finished=frozenset("a"),
        moments=(NOW,),
        entry_at=NOW - timedelta(minutes=3),
        hints=hints,
    )
    good = with_next_poll(next_state(FeedState(url=URL), changed), MINUTE, SIX_HOURS)
    assert (good.succeeded_at, good.arrived_at, good.entry_at) == (
        NOW,
        NOW,
        NOW - timedelta(minutes=3),
    )
    assert good.next_at == due_at(good, MINUTE, NOW, SIX_HOURS)
    later = NOW + timedelta(hours=1)
    bad = next_state(good, PollReport(polled_at=later, outcome=PollOutcome.FAILED, error="x"))
    assert (bad.succeeded_at, bad.arrived_at, bad.failures) == (NOW, NOW, 1)
    unchanged = next_state(bad, PollReport(polled_at=later, outcome=PollOutcome.UNCHANGED))
    assert (unchanged.succeeded_at, unchanged.arrived_at, unchanged.hints) == (later, NOW, hints)
    revived = reset_state(bad)
    assert (revived.rhythm, revived.hints, revived.failures) == (bad.rhythm, hints, 0)
    assert due_at(revived, MINUTE, later, SIX_HOURS) == EPOCH


def test_a_failure_at_a_remembered_address_forgets_it() -> None:
    """The feed's own address is asked next."""
    since = NOW - timedelta(days=9)
    moved = FeedMove(url="https://new.example/feed", since=since, checked_at=NOW, polls=3)
    state = replace(state_of(900), moved=moved)
    failed = PollReport(polled_at=NOW, outcome=PollOutcome.FAILED, error="x")
    assert next_state(state, failed).moved == moved
    assert next_state(state, replace(failed, at_moved=True)).moved is None


def test_a_state_does_not_grow() -> None:
    """Ten years of polls every six hours: as large as after four weeks."""
    state, sizes = FeedState(url=URL), list[int]()
    for number in range(14_600):
        now = NOW + timedelta(hours=6 * number)
        moments = (now - timedelta(minutes=number % 300),)
        report = PollReport(
            polled_at=now, outcome=PollOutcome.UNCHANGED, moments=moments, hints=FeedHints()
        )
        if number % 500 in (150, 151):
            state = next_state(state, report)
            sizes.append(len(codec.encode(state)))
    assert max(sizes) < 2_500 < MAX_ENTRY_BYTES


def test_due_times_follow_states_specs_and_clocks() -> None:
    """A feed's time is computed again when its state, its line in the file or the clock changes."""
    spec = FeedSpec(url=URL, source="n", interval_s=60, longest_interval_s=SIX_HOURS)
    times, state = DueTimes(), state_of(3_600)
    soon, late = NOW + timedelta(minutes=5), NOW + timedelta(hours=2)
    assert times.list_due([(spec, state)], soon) == []
    assert [feed.url for feed in times.list_due([(spec, state)], late)] == [URL]
    assert times.list_due([(spec, replace(state, polled_at=late))], late) == []
    fixed = replace(spec, interval_s=10, longest_interval_s=None)
    assert times.list_due([(fixed, state)], late) != []
    assert times.list_due([], late) == []
    before = NOW - timedelta(days=365)
    assert [feed.due_at for feed in times.list_due([(spec, state)], before)] == [EPOCH]
    assert due_at(state, 60, NOW + 400 * MAX_INTERVAL) < NOW + MAX_INTERVAL
