"""When a feed is asked, and what is remembered: against a slow obvious version, and case by case."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from services.fetcher.schedule import EPOCH, LONGEST_WAIT_S, SEEN_LIMIT, Outcome, Polled, after, conditions, due_at, wait_s
from shared.schemas import FeedState

URL = "https://news.example/feed"
NOW = datetime(2018, 9, 12, 10, 0, tzinfo=UTC)
FRESH = FeedState(url=URL)


def test_a_feed_that_was_never_asked_is_due_at_once_and_a_gone_one_never() -> None:
    """The epoch is always past; a 410 ends the asking."""
    assert due_at(FRESH, 300) == EPOCH
    assert due_at(after(FRESH, Polled(at=NOW, outcome=Outcome.GONE, error="HTTP 410")), 300) is None


@given(st.text(max_size=20), st.floats(60, 86_400), st.integers(0, 10_000))
def test_waits_lie_around_the_doubled_interval_and_never_grow_beyond_the_limit(url: str, interval_s: float, failures: int) -> None:
    """Within a tenth of the interval, doubled a failure (counted the slow way), capped; the same URL always waits the same."""
    expected = interval_s
    for _ in range(failures):
        expected = min(expected * 2, max(interval_s, LONGEST_WAIT_S))
        if expected == max(interval_s, LONGEST_WAIT_S):
            break
    assert 0.9 * expected <= wait_s(url, interval_s, failures) <= 1.1 * expected
    assert wait_s(url, interval_s, failures) == wait_s(url, interval_s, failures)


def test_feeds_of_one_interval_are_spread() -> None:
    """A hundred feeds that start together drift apart."""
    assert len({round(wait_s(f"https://news.example/{number}", 300, 0)) for number in range(100)}) > 30


@given(st.integers(0, 7 * 86_400), st.integers(0, 20))
def test_a_feed_is_never_asked_before_the_server_allows(retry_after_s: int, failures: int) -> None:
    """Retry-After is a lower bound, for a failure and for an answer alike, and counts from the poll."""
    for outcome in (Outcome.FAILED, Outcome.UNCHANGED):
        state = after(replace(FRESH, failures=failures), Polled(at=NOW, outcome=outcome, retry_after_s=retry_after_s))
        due = due_at(state, 300)
        assert due is not None
        assert due >= NOW + timedelta(seconds=retry_after_s)
        assert due >= NOW + timedelta(seconds=0.9 * 300)


def test_failures_are_counted_and_an_answer_ends_them() -> None:
    """The count and the last error grow with each failure and go with the next answer, 304 included; what was known stays known."""
    state = replace(FRESH, etag='"1"', seen=("a",))
    for number in (1, 2, 3):
        state = after(state, Polled(at=NOW, outcome=Outcome.FAILED, error="HTTP 500"))
        assert (state.failures, state.last_error, state.etag, state.seen) == (number, "HTTP 500", '"1"', ("a",))
    state = after(state, Polled(at=NOW, outcome=Outcome.UNCHANGED))
    assert (state.failures, state.last_error, state.etag, state.seen, state.polled_at) == (0, None, '"1"', ("a",), NOW)


def test_conditions_send_back_what_the_server_gave() -> None:
    """Both validators, only those that there are, and none that could not be sent as they came."""
    changed = Polled(at=NOW, outcome=Outcome.CHANGED, etag='W/"1"', last_modified="Tue, 11 Sep 2018 09:00:00 GMT")
    assert conditions(after(FRESH, changed)) == {"if-none-match": 'W/"1"', "if-modified-since": "Tue, 11 Sep 2018 09:00:00 GMT"}
    assert conditions(FRESH) == {}
    for bad in ("é", "a\nb", "x" * 501, ""):
        assert conditions(after(FRESH, replace(changed, etag=bad, last_modified=bad))) == {}


def test_no_validator_is_kept_while_an_entry_waits() -> None:
    """A 304 would keep back the list in which the waiting entry stands."""
    polled = Polled(at=NOW, outcome=Outcome.CHANGED, etag='"2"', listed=("b", "a"), done=frozenset("a"), tried={"b": 1})
    state = after(FRESH, polled)
    assert (state.etag, state.seen, state.tried) == (None, ("a",), {"b": 1})
    state = after(state, replace(polled, done=frozenset("b"), tried={}))
    assert (state.etag, state.seen, state.tried) == ('"2"', ("a", "b"), {})


@given(st.lists(st.tuples(st.lists(st.integers(0, 40), unique=True, max_size=12), st.integers(0, 12)), max_size=12))
def test_what_a_feed_lists_and_was_done_is_never_forgotten(polls: list[tuple[list[int], int]]) -> None:
    """Over any run of polls, seen holds exactly the done entries, each once, the newest poll's last."""
    state, done_ever = FRESH, set[str]()
    for keys, count in polls:
        listed = tuple(map(str, keys))
        done = frozenset(listed[:count])
        done_ever |= done
        state = after(state, Polled(at=NOW, outcome=Outcome.CHANGED, listed=listed, done=done))
        assert set(state.seen) == done_ever
        assert len(state.seen) == len(done_ever)
        present = [key for key in reversed(listed) if key in done_ever]
        assert list(state.seen[len(state.seen) - len(present) :]) == present


def test_the_memory_is_bounded_and_drops_the_oldest() -> None:
    """Entries that left the feed long ago go first; those that it lists now stay."""
    state = after(
        replace(FRESH, seen=tuple(f"old{n}" for n in range(SEEN_LIMIT))), Polled(at=NOW, outcome=Outcome.CHANGED, listed=("n",), done=frozenset("n"))
    )
    assert (len(state.seen), state.seen[0], state.seen[-1]) == (SEEN_LIMIT, "old1", "n")
