"""Rate limit, backoff and circuit breaker of one address; the watermark of a partition."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.alerting.deliver.channels.answers import Answer, Verdict
from services.alerting.deliver.channels.channel import PostingPace
from services.alerting.deliver.ledger.watermark import Watermark
from services.alerting.deliver.rate_limit import (
    FIRST_PROBE_S,
    MAX_PROBE_S,
    MAX_WAIT_S,
    RateLimit,
    on_response,
    on_send,
    wait_s,
)

SLACK = PostingPace(spacing_s=1.0)


def test_one_post_a_second() -> None:
    """The next post may begin a second later, or when the address allows it if that is later."""
    assert on_send(RateLimit(), 10.0, SLACK).ready_at == 11.0
    assert on_send(RateLimit(ready_at=40.0), 10.0, SLACK).ready_at == 40.0


def test_a_burst_is_allowed_after_a_pause() -> None:
    """As many posts as the channel's burst follow at once; then one for each spacing."""
    pace, limit, begun = PostingPace(spacing_s=2.0, burst=3), RateLimit(), []
    now = 100.0
    for _ in range(6):
        now = max(now, limit.next_at())
        begun.append(now)
        limit = on_send(limit, now, pace)
    assert begun == [100.0, 100.0, 100.0, 102.0, 104.0, 106.0]
    now += 2.0 * 2  # half of the pause that a whole burst takes
    for _ in range(3):
        now = max(now, limit.next_at())
        begun.append(now)
        limit = on_send(limit, now, pace)
    assert begun[6:] == [110.0, 110.0, 112.0]


def test_a_channel_without_a_pace_never_waits() -> None:
    """Files and the console take a message whenever there is one."""
    limit = RateLimit()
    for _ in range(100):
        limit = on_send(limit, 7.0, PostingPace())
    assert limit.next_at() <= 7.0


@given(
    st.floats(0.0, 5.0),
    st.integers(1, 10),
    st.lists(st.floats(0.0, 20.0), min_size=1, max_size=40),
)
def test_no_window_holds_more_posts_than_the_pace(
    spacing: float, burst: int, pauses: list[float]
) -> None:
    """In any time there are at most ``burst`` posts and one more for each whole spacing."""
    pace, limit, now, begun = (
        PostingPace(spacing_s=spacing, burst=burst),
        RateLimit(),
        0.0,
        list[float](),
    )
    for pause in pauses:
        now = max(now + pause, limit.next_at())
        begun.append(now)
        limit = on_send(limit, now, pace)
    for first, start in enumerate(begun):
        for last in range(first, len(begun)):
            count = last - first + 1
            assert begun[last] - start >= (count - burst) * spacing - 1e-6


def test_retry_after_is_honoured() -> None:
    """429 with Retry-After stops all posts to the address for at least that long."""
    lane = on_response(
        on_send(RateLimit(), 10.0, SLACK),
        Answer(verdict=Verdict.UNSENT, retry_after_s=30.0),
        now=10.2,
        jitter=0.0,
    )
    assert lane.ready_at == 40.2


def test_circuit_opens_and_closes() -> None:
    """A gone address is probed, ever less often; an accepted post closes the circuit."""
    limit, pauses = RateLimit(), []
    for _ in range(7):
        limit = on_response(limit, Answer(verdict=Verdict.GONE), now=10.0, jitter=0.5)
        pauses.append(limit.next_at() - 10.0)
    assert pauses == [FIRST_PROBE_S * 2**tries for tries in range(5)] + [MAX_PROBE_S] * 2
    assert limit.was_out
    limit = on_response(limit, Answer(verdict=Verdict.ACCEPTED), now=400.0, jitter=0.5)
    assert (limit.open_until, limit.refusals, limit.was_out) == (None, 0, False)


def test_an_outage_is_more_than_a_refusal_or_two() -> None:
    """After four failures in a row what waits is a backlog."""
    limit = RateLimit()
    for is_outage in (False, False, False, True):
        limit = on_response(limit, Answer(verdict=Verdict.IN_DOUBT), now=0.0, jitter=0.0)
        assert limit.was_out is is_outage


@given(tries=st.integers(1, 10_000), jitter=st.floats(0, 1, exclude_max=True))
def test_backoff_is_full_jitter_with_a_cap(tries: int, jitter: float) -> None:
    """A wait is between zero and a doubling span, and never above the cap."""
    wait = wait_s(Answer(verdict=Verdict.IN_DOUBT), tries, jitter)
    assert 0 <= wait <= min(MAX_WAIT_S, 2.0 ** min(tries - 1, 20))


@pytest.mark.parametrize(
    ("tries", "wait"), [(1, 0.5), (2, 1.0), (3, 2.0), (9, 128.0), (10, 150.0), (500, 150.0)]
)
def test_backoff_doubles(tries: int, wait: float) -> None:
    """The span doubles with each try, up to five minutes; here with jitter at one half."""
    assert wait_s(Answer(verdict=Verdict.UNSENT), tries, 0.5) == wait


@given(offsets=st.lists(st.integers(0, 60), unique=True, max_size=40).map(sorted), data=st.data())
def test_watermark_never_passes_an_unfinished_record(
    offsets: list[int], data: st.DataObject
) -> None:
    """All records below the watermark are finished, and at the end all are.

    It holds in whatever order records finish, and whatever gaps their offsets have.
    """
    mark, done = Watermark(), set[int]()
    for offset in offsets:
        mark.begin(offset)
    for offset in data.draw(st.permutations(offsets)):
        mark.finish(offset)
        done.add(offset)
        at = mark.offset()
        assert at is not None
        assert all(each in done for each in offsets if each < at)
        assert at == next((each for each in offsets if each not in done), offsets[-1] + 1)
