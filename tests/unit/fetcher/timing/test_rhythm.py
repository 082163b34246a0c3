"""A feed's rhythm: its history is bounded, its waits follow it, and no hint starves a busy feed."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from services.fetcher.timing.rhythm import (
    HISTORY_SLOTS,
    appearances,
    count_moments,
    extend_rhythm,
    hourly_rates,
    oldest_listed,
    usual_pause,
)
from services.fetcher.timing.rhythm_wait import LEISURE_S, rhythm_wait_s
from shared.messages.feed_health import SLOT_S, last_moment
from shared.messages.schemas import FeedHints, FeedRhythm
from tests.hypothesis_profiles import examples

NOW = datetime(2018, 9, 12, 10, 2, tzinfo=UTC)
DAY_S = 86_400.0
MOMENTS = st.datetimes(
    min_value=datetime.fromisoformat("1990-01-01"),
    max_value=datetime.fromisoformat("2060-01-01"),
    timezones=st.just(UTC),
)


def office_hours(days: int = 28, a_day: int = 4) -> list[datetime]:
    """Return moments from 9 to 17 UTC on the weekdays before NOW."""
    return [
        (NOW - timedelta(days=day)).replace(hour=9 + 8 * number // a_day, minute=(day * 7) % 60)
        for day in range(1, days)
        for number in range(a_day)
        if (NOW - timedelta(days=day)).weekday() < 5
    ]


def every(minutes: float, hours: float) -> list[datetime]:
    """Return moments so many minutes apart, up to NOW."""
    return [NOW - timedelta(minutes=minutes * step) for step in range(int(hours * 60 / minutes))]


def wait_s(moments: Iterable[datetime], now: datetime = NOW, **arguments: object) -> float:
    """Return the wait of a feed with these moments."""
    rhythm = extend_rhythm(None, moments, now)
    return rhythm_wait_s(rhythm, now, longest_s=DAY_S, leisure_s=LEISURE_S, **arguments)  # type: ignore[arg-type]


@given(st.lists(st.tuples(MOMENTS, st.lists(MOMENTS, max_size=5)), max_size=12))
@examples(200)
def test_the_history_is_that_of_a_set_of_slots(
    polls: list[tuple[datetime, list[datetime]]],
) -> None:
    """Whatever the clock does, it is what a set of slots would be, and never more than 1 008 bytes."""
    rhythm: FeedRhythm | None = None
    slots = set[int]()
    for now, moments in polls:
        rhythm = extend_rhythm(rhythm, moments, now)
        last = int(now.timestamp() // SLOT_S)
        slots |= {int(moment.timestamp() // SLOT_S) for moment in moments}
        slots = {slot for slot in slots if last - HISTORY_SLOTS < slot <= last}
        assert count_moments(rhythm) == len(slots)
        assert len(rhythm.slots) <= HISTORY_SLOTS // 8
        assert rhythm.since_slot <= min(slots, default=last) <= rhythm.last_slot == last
        latest = last_moment(rhythm)
        assert (int(latest.timestamp()) // SLOT_S if latest else None) == max(slots, default=None)


@given(st.lists(MOMENTS, min_size=4, max_size=30))
@examples(100)
def test_the_usual_pause_is_the_median_of_each_day_s_longest(moments: list[datetime]) -> None:
    """Against a slow version; the same definition as that of quiet sources."""
    now = max(moments)
    rhythm = extend_rhythm(None, moments, now)
    last = int(now.timestamp() // SLOT_S)
    slots = sorted({int(moment.timestamp() // SLOT_S) for moment in moments})
    kept = [slot for slot in slots if last - slot < HISTORY_SLOTS]
    longest = dict[int, int]()
    for before, after in pairwise(kept):
        longest[after // 288] = max(longest.get(after // 288, 0), after - before)
    usual = usual_pause(rhythm)
    assert (usual is None) == (len(longest) < 3)
    if usual:
        ordered = sorted(longest.values())
        middle = (ordered[(len(ordered) - 1) // 2] + ordered[len(ordered) // 2]) / 2
        assert usual.usual_s == middle * SLOT_S
        assert usual.longest_s == ordered[-1] * SLOT_S


@given(
    st.lists(st.integers(0, 40 * 1440), max_size=60),
    st.floats(0, 10**7),
    st.floats(0, 10**7),
    st.sets(st.integers(0, 23)),
    st.sets(st.integers(0, 6)),
    st.none() | st.floats(-10, 10**6),
)
@examples(300)
def test_a_wait_keeps_its_limits_whatever_the_hints(
    ages_min: list[int],
    ttl_s: float,
    fresh_s: float,
    hours: set[int],
    weekdays: set[int],
    list_age_s: float | None,
) -> None:
    """It is a time from zero to the longest, and hints at most double it once a rhythm is known."""
    moments = [NOW - timedelta(minutes=age) for age in ages_min]
    hints = FeedHints(
        wait_s=ttl_s, skip_hours=tuple(sorted(hours)), skip_weekdays=tuple(sorted(weekdays))
    )
    since = None if list_age_s is None else NOW - timedelta(seconds=list_age_s)
    wait = wait_s(moments, hints=hints, fresh_s=fresh_s, list_since=since)
    assert 0 <= wait <= DAY_S
    if count_moments(extend_rhythm(None, moments, NOW)) >= 8:
        without = wait_s(
            moments, hints=FeedHints(skip_hours=hints.skip_hours, skip_weekdays=hints.skip_weekdays)
        )
        assert wait <= 2 * without + 1e-6


@given(st.integers(1, 60), st.floats(2, 20))
@examples(50)
def test_a_busier_feed_waits_no_longer(slots: int, times: float) -> None:
    """Of two even rhythms, the one with gaps of half the length or less is polled more often."""
    fast, slow = wait_s(every(slots * 5, 24 * 27)), wait_s(every(slots * 5 * times, 24 * 27))
    assert fast < slow


def test_waits_follow_the_hours_and_days_of_the_feed() -> None:
    """Within office hours it is polled several times as often as at night and on Sunday."""
    moments = office_hours()
    noon = wait_s(moments, NOW)
    monday = NOW.replace(day=17, hour=9)
    night = NOW.replace(hour=20)
    sunday = NOW.replace(day=16, hour=0)
    assert noon < 2 * LEISURE_S
    assert wait_s(moments, night) > 2 * noon
    assert wait_s(moments, sunday) > 2 * noon
    assert wait_s(moments, monday) < 2.5 * noon


def test_a_wire_is_polled_often_whatever_it_says() -> None:
    """A ttl of a day and a max-age of a day cost a wire at most twice its wait."""
    moments = every(1, 48)
    free = wait_s(moments)
    assert free < LEISURE_S / 15
    hints = FeedHints(wait_s=DAY_S, skip_hours=tuple(range(23)), skip_weekdays=(2,))
    assert wait_s(moments, hints=hints, fresh_s=DAY_S) <= 2 * free
    assert wait_s(moments, hints=hints) == free


def test_hints_count_while_nothing_else_is_known() -> None:
    """A new feed without times is polled after a quarter of an hour, or as it asks, up to an hour."""
    assert wait_s([]) == 900
    assert wait_s([], hints=FeedHints(wait_s=1_800)) == 1_800
    assert wait_s([], hints=FeedHints(wait_s=DAY_S)) == 3_600


def test_hours_to_skip_are_believed_until_the_feed_publishes_in_them() -> None:
    """A list of hours in another time zone is a common mistake."""
    moments = office_hours(days=6, a_day=2)
    night = NOW.replace(hour=20)
    skipped = FeedHints(skip_hours=tuple(hour for hour in range(24) if not 8 <= hour < 18))
    wrong = FeedHints(skip_hours=tuple(range(8, 18)))
    assert wait_s(moments, night, hints=skipped) > wait_s(moments, night)
    assert wait_s(moments, NOW, hints=wrong) < 2 * wait_s(moments, NOW)


def test_a_list_that_moves_fast_is_read_before_half_of_it_is_gone() -> None:
    """Twenty entries that go back ten minutes: the next poll is in five at the latest."""
    moments = office_hours()
    since = NOW - timedelta(minutes=10)
    assert wait_s(moments, list_since=since) == 300
    times = [NOW - timedelta(minutes=minute) for minute in range(10)]
    assert oldest_listed(times, 5) == times[-1]
    assert oldest_listed(times, 4) is None, "the list is long enough"
    assert oldest_listed(times[:7], 7) is None, "a short list may be all there is"
    assert oldest_listed([NOW] * 20, 20) is None, "these are the times of the list"
    assert oldest_listed([*times[:9], *[None] * 20], 29) is None


def test_entries_appear_between_two_polls() -> None:
    """Times that are missing, in the future or older than the last poll are those of the poll."""
    before = NOW - timedelta(minutes=30)
    inside, early = NOW - timedelta(minutes=10), NOW - timedelta(days=3)
    late = NOW + timedelta(hours=1)
    assert appearances([inside, early, late, None], before, NOW) == (inside, NOW, NOW, NOW)
    assert appearances([inside, early, late, None], None, NOW) == (inside, early)


def test_a_dead_feed_is_polled_as_rarely_as_possible_and_a_revived_one_soon_again() -> None:
    """Four silent weeks end in the longest wait; a day with ten moments ends that."""
    start = NOW - timedelta(days=40)
    rhythm = extend_rhythm(None, [start], start)
    rhythm = extend_rhythm(rhythm, [], NOW)
    assert rhythm_wait_s(rhythm, NOW, longest_s=DAY_S, leisure_s=LEISURE_S) == DAY_S
    rhythm = extend_rhythm(rhythm, every(30, 5), NOW)
    assert rhythm_wait_s(rhythm, NOW, longest_s=DAY_S, leisure_s=LEISURE_S) < 3 * LEISURE_S


def test_the_rates_of_an_even_feed_are_even() -> None:
    """Every hour of a feed with an entry each half hour has about two moments."""
    rates = hourly_rates(extend_rhythm(None, every(30, 24 * 27), NOW))
    hours = [rates.rate(hour) * 3_600 for hour in range(168)]
    assert 1.7 < min(hours) <= max(hours) < 2.5
