"""When to poll a feed and what to remember: against a slow obvious version, and by case."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from services.fetcher.entries.entry_identity import MAX_ADDRESSES, MAX_URI
from services.fetcher.entries.page_memory import MAX_EARLIER
from services.fetcher.timing.schedule import (
    EPOCH,
    LONGEST_WAIT_S,
    MAX_INTERVAL,
    SEEN_LIMIT,
    PollOutcome,
    PollReport,
    conditional_headers,
    due_at,
    next_state,
    reset_state,
    wait_s,
)
from shared.messages import codec
from shared.messages.schemas import EntryMemory, FeedState, PageMemory
from shared.stream.state_store import MAX_ENTRY_BYTES

URL = "https://news.example/feed"
NOW = datetime(2018, 9, 12, 10, 0, tzinfo=UTC)
FRESH = FeedState(url=URL)


def test_a_feed_that_was_never_asked_is_due_at_once_and_a_gone_one_after_a_day() -> None:
    """The epoch is always past; a 410 makes the next poll wait, and never ends the polling."""
    assert due_at(FRESH, 300, NOW) == EPOCH
    assert (
        due_at(
            next_state(
                FRESH, PollReport(polled_at=NOW, outcome=PollOutcome.GONE, error="HTTP 410")
            ),
            300,
            NOW,
        )
        == NOW + MAX_INTERVAL
    )


MOMENTS = st.datetimes(timezones=st.just(UTC))
STATES = st.builds(
    FeedState,
    url=st.just(URL),
    polled_at=st.none() | MOMENTS,
    not_before=st.none() | MOMENTS,
    failures=st.integers(-5, 10**6),
    gone=st.booleans(),
    gone_since=st.none() | MOMENTS,
    read_at=st.none() | MOMENTS,
)


@given(STATES, MOMENTS.filter(lambda moment: moment.year < 9999), st.floats(1, 86_400))
def test_whatever_the_state_and_the_clock_the_next_poll_is_at_most_a_day_away(
    state: FeedState, now: datetime, interval_s: float
) -> None:
    """No wrong clock, Retry-After, number of failures or 410 delays a feed beyond MAX_INTERVAL."""
    due = due_at(state, interval_s, now)
    assert due <= now + MAX_INTERVAL
    assert due <= now or due_at(state, interval_s, due) <= due, (
        "when the time has come it still has"
    )


@given(
    STATES,
    MOMENTS.filter(lambda moment: moment.year < 9999),
    st.floats(1, 86_400),
    st.sampled_from(PollOutcome),
    st.none() | st.floats(0, 10**7),
)
def test_a_poll_is_followed_by_a_wait(
    state: FeedState,
    now: datetime,
    interval_s: float,
    outcome: PollOutcome,
    retry_after_s: float | None,
) -> None:
    """No state makes a feed due right after its poll: nine tenths of its interval pass first."""
    state = next_state(
        state, PollReport(polled_at=now, outcome=outcome, retry_after_s=retry_after_s)
    )
    assert due_at(state, interval_s, now) >= now + timedelta(
        seconds=min(0.9 * interval_s, MAX_INTERVAL.total_seconds())
    )


def test_a_state_that_a_wrong_clock_wrote_is_as_none() -> None:
    """Polled in 2031, with a Retry-After from there: it is polled at once, in full."""
    wrong = datetime(2031, 5, 1, tzinfo=UTC)
    state = next_state(FRESH, PollReport(polled_at=wrong, outcome=PollOutcome.CHANGED, etag='"1"'))
    state = next_state(
        state, PollReport(polled_at=wrong, outcome=PollOutcome.FAILED, retry_after_s=86_400)
    )
    assert due_at(state, 300, NOW) == EPOCH
    assert conditional_headers(state, NOW) == {}
    mended = next_state(state, PollReport(polled_at=NOW, outcome=PollOutcome.UNCHANGED))
    assert NOW < due_at(mended, 300, NOW) <= NOW + timedelta(seconds=330)


def test_gone_is_remembered_since_its_first_410_until_the_feed_answers() -> None:
    """Later 410s and failures keep the moment; an answer ends it, and so does an operator."""
    first = next_state(FRESH, PollReport(polled_at=NOW, outcome=PollOutcome.GONE))
    later = next_state(
        first, PollReport(polled_at=NOW + timedelta(days=1), outcome=PollOutcome.GONE)
    )
    failed = next_state(
        later, PollReport(polled_at=NOW + timedelta(days=2), outcome=PollOutcome.FAILED)
    )
    assert [(state.gone, state.gone_since) for state in (first, later, failed)] == [(True, NOW)] * 3
    for state in (
        next_state(failed, PollReport(polled_at=NOW, outcome=PollOutcome.CHANGED)),
        next_state(failed, PollReport(polled_at=NOW, outcome=PollOutcome.UNCHANGED)),
        reset_state(failed),
    ):
        assert (state.gone, state.gone_since) == (False, None)


def test_a_gone_state_of_an_earlier_version_is_asked_again_and_dated_by_its_last_poll() -> None:
    """Before gone_since there was only the flag, and such a feed was never asked again."""
    old = replace(FRESH, gone=True, polled_at=NOW - timedelta(days=30), failures=3)
    assert due_at(old, 300, NOW) <= NOW
    assert next_state(
        old, PollReport(polled_at=NOW, outcome=PollOutcome.GONE)
    ).gone_since == NOW - timedelta(days=30)


def test_a_revived_feed_is_due_at_once_and_lists_nothing_anew() -> None:
    """Back-off, Retry-After, gone and validators go; entries stay seen, so none is repeated."""
    state = next_state(
        replace(FRESH, seen=("a",), read_at=NOW, etag='"1"'),
        PollReport(polled_at=NOW, outcome=PollOutcome.FAILED, retry_after_s=9_000, error="x"),
    )
    again = reset_state(state)
    assert (
        due_at(again, 300, NOW),
        conditional_headers(again, NOW),
        again.seen,
        again.failures,
        again.last_error,
    ) == (EPOCH, {}, ("a",), 0, None)


def test_once_a_day_a_feed_is_read_whole() -> None:
    """A server that answers 304 although its feed has changed is found out within a day."""
    state = next_state(FRESH, PollReport(polled_at=NOW, outcome=PollOutcome.CHANGED, etag='"1"'))
    for hours in range(1, 24):
        state = next_state(
            state, PollReport(polled_at=NOW + timedelta(hours=hours), outcome=PollOutcome.UNCHANGED)
        )
        assert conditional_headers(state, NOW + timedelta(hours=hours)) == {"if-none-match": '"1"'}
    assert conditional_headers(state, NOW + timedelta(hours=24)) == {}


def test_the_largest_state_fits_into_its_topic() -> None:
    """The largest possible state is not refused, which would end the process at each poll."""
    entry = EntryMemory(
        uri="x" * MAX_URI,
        guid="g" * 16,
        mark="m" * 16,
        words="w" * 16,
        published_at=NOW,
        addresses=("a" * 16,) * MAX_ADDRESSES,
    )
    page = PageMemory(
        content="c" * 16,
        text="t" * 16,
        asked_at=NOW,
        unchanged=10**6,
        earlier=("e" * 16,) * MAX_EARLIER,
        entry=entry,
    )
    pages = {f"{number:016d}": page for number in range(5_000)}
    polled = PollReport(
        polled_at=NOW,
        outcome=PollOutcome.CHANGED,
        error="\ud800" * 10_000,
        etag="x" * 500,
        last_modified="x" * 500,
        listed=tuple(f"{number:032d}" for number in range(5_000)),
        finished=frozenset(f"{number:032d}" for number in range(5_000)),
        tries={f"{number:016d}": 3 for number in range(500)},
        pages=pages,
    )
    state = next_state(FeedState(url="https://" + "x" * 2_040), polled)
    assert len(codec.encode(state)) < MAX_ENTRY_BYTES / 2


@given(st.text(max_size=20), st.floats(60, 86_400), st.integers(0, 10_000))
def test_waits_lie_around_the_doubled_interval_and_never_grow_beyond_the_limit(
    url: str, interval_s: float, failures: int
) -> None:
    """Within a tenth of the interval, doubled per failure, capped; equal URLs wait equally long."""
    expected = interval_s
    for _ in range(failures):
        expected = min(expected * 2, max(interval_s, LONGEST_WAIT_S))
        if expected == max(interval_s, LONGEST_WAIT_S):
            break
    assert 0.9 * expected <= wait_s(url, interval_s, failures) <= 1.1 * expected
    assert wait_s(url, interval_s, failures) == wait_s(url, interval_s, failures)


def test_feeds_of_one_interval_are_spread() -> None:
    """A hundred feeds that start together drift apart."""
    assert (
        len({round(wait_s(f"https://news.example/{number}", 300, 0)) for number in range(100)}) > 30
    )


@given(st.integers(0, 7 * 86_400), st.integers(0, 20))
def test_a_feed_is_never_asked_before_the_server_allows(retry_after_s: int, failures: int) -> None:
    """Retry-After is a lower bound up to a day, after failures and successes, from the poll on."""
    for outcome in (PollOutcome.FAILED, PollOutcome.UNCHANGED):
        state = next_state(
            replace(FRESH, failures=failures),
            PollReport(polled_at=NOW, outcome=outcome, retry_after_s=retry_after_s),
        )
        due = due_at(state, 300, NOW)
        assert due >= NOW + min(timedelta(seconds=retry_after_s), MAX_INTERVAL)
        assert due >= NOW + timedelta(seconds=0.9 * 300)


def test_failures_are_counted_and_an_answer_ends_them() -> None:
    """Failures count up and end with the next success, 304 included; entries stay seen."""
    state = replace(FRESH, etag='"1"', seen=("a",))
    for number in (1, 2, 3):
        state = next_state(
            state, PollReport(polled_at=NOW, outcome=PollOutcome.FAILED, error="HTTP 500")
        )
        assert (state.failures, state.last_error, state.etag, state.seen) == (
            number,
            "HTTP 500",
            '"1"',
            ("a",),
        )
    state = next_state(state, PollReport(polled_at=NOW, outcome=PollOutcome.UNCHANGED))
    assert (state.failures, state.last_error, state.etag, state.seen, state.polled_at) == (
        0,
        None,
        '"1"',
        ("a",),
        NOW,
    )


def test_conditions_send_back_what_the_server_gave() -> None:
    """Both validators, only those that there are, and none that could not be sent as they came."""
    changed = PollReport(
        polled_at=NOW,
        outcome=PollOutcome.CHANGED,
        etag='W/"1"',
        last_modified="Tue, 11 Sep 2018 09:00:00 GMT",
    )
    assert conditional_headers(next_state(FRESH, changed), NOW) == {
        "if-none-match": 'W/"1"',
        "if-modified-since": "Tue, 11 Sep 2018 09:00:00 GMT",
    }
    assert conditional_headers(FRESH, NOW) == {}
    for bad in ("é", "a\nb", "x" * 501, ""):
        assert (
            conditional_headers(
                next_state(FRESH, replace(changed, etag=bad, last_modified=bad)), NOW
            )
            == {}
        )


def test_no_validator_is_kept_while_an_entry_waits() -> None:
    """A 304 would keep back the list in which the waiting entry stands."""
    polled = PollReport(
        polled_at=NOW,
        outcome=PollOutcome.CHANGED,
        etag='"2"',
        listed=("b", "a"),
        finished=frozenset("a"),
        tries={"b": 1},
    )
    state = next_state(FRESH, polled)
    assert (state.etag, state.seen, state.tried) == (None, ("a",), {"b": 1})
    state = next_state(state, replace(polled, finished=frozenset("b"), tries={}))
    assert (state.etag, state.seen, state.tried) == ('"2"', ("a", "b"), {})


@given(
    st.lists(
        st.tuples(st.lists(st.integers(0, 40), unique=True, max_size=12), st.integers(0, 12)),
        max_size=12,
    )
)
def test_what_a_feed_lists_and_was_done_is_never_forgotten(
    polls: list[tuple[list[int], int]],
) -> None:
    """After any polls, seen has exactly the finished entries, each once, the newest poll's last."""
    state, done_ever = FRESH, set[str]()
    for keys, count in polls:
        listed = tuple(map(str, keys))
        finished_now = frozenset(listed[:count])
        done_ever |= finished_now
        state = next_state(
            state,
            PollReport(
                polled_at=NOW, outcome=PollOutcome.CHANGED, listed=listed, finished=finished_now
            ),
        )
        assert set(state.seen) == done_ever
        assert len(state.seen) == len(done_ever)
        present = [key for key in reversed(listed) if key in done_ever]
        assert list(state.seen[len(state.seen) - len(present) :]) == present


def test_the_memory_is_bounded_and_drops_the_oldest() -> None:
    """Entries that left the feed long ago go first; those that it lists now stay."""
    state = next_state(
        replace(FRESH, seen=tuple(f"old{n}" for n in range(SEEN_LIMIT))),
        PollReport(
            polled_at=NOW, outcome=PollOutcome.CHANGED, listed=("n",), finished=frozenset("n")
        ),
    )
    assert (len(state.seen), state.seen[0], state.seen[-1]) == (SEEN_LIMIT, "old1", "n")
