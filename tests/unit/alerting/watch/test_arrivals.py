"""Which sources are quiet for longer than is usual: minutes in bitmaps, against a plain model."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.alerting.watch import arrivals as module
from services.alerting.watch.arrivals import MAX_SOURCES, Arrivals
from shared.messages.codec import decode, encode
from shared.messages.schemas import SourceDay
from tests.hypothesis_profiles import examples

MONDAY = datetime(2026, 11, 16, tzinfo=UTC)
MINUTES = st.lists(st.integers(0, 6 * 1440), min_size=1, max_size=40)


def arrivals_at(moments: Iterable[datetime], source: str = "wire") -> Arrivals:
    arrivals = Arrivals()
    for moment in moments:
        arrivals.add(source, moment)
    return arrivals


def every(hours: float, *, days: float, start: datetime = MONDAY) -> list[datetime]:
    return [start + timedelta(hours=hours * n) for n in range(int(days * 24 / hours) + 1)]


@examples(200)
@given(minutes=MINUTES, order=st.randoms())
def test_pauses_are_those_of_a_plain_list(minutes: list[int], order: object) -> None:
    """The longest pause that ended on each day, whatever the order of arrival."""
    moments = [MONDAY + timedelta(minutes=minute) for minute in minutes]
    order.shuffle(moments)  # type: ignore[attr-defined]
    arrivals = arrivals_at(moments)
    by_day: dict[object, float] = {}
    for before, after in pairwise(sorted(set(moments))):
        pause = (after - before).total_seconds()
        by_day[after.date()] = max(pause, by_day.get(after.date(), 0))
    longest, usual = sorted(by_day.values()), arrivals.usual_pause("wire")
    if len(longest) < 3:
        assert usual is None
    else:
        assert usual is not None
        assert (usual.longest_s, usual.longer_s) == (longest[-1], longest[-2])
        middle = len(longest) // 2
        odd = len(longest) % 2
        median = longest[middle] if odd else (longest[middle - 1] + longest[middle]) / 2
        assert usual.usual_s == median
    assert arrivals.last_at("wire") == max(moments)


@examples(100)
@given(minutes=MINUTES)
def test_what_is_stored_and_loaded_again_is_the_same(minutes: list[int]) -> None:
    """A restart changes nothing."""
    before, after = arrivals_at(MONDAY + timedelta(minutes=m) for m in minutes), Arrivals()
    for source, day in before.changed:
        stored = before.store(source, day)
        assert stored is not None
        after.load(decode(encode(stored), SourceDay))
    assert after.usual_pause("wire") == before.usual_pause("wire")
    assert after.last_at("wire") == before.last_at("wire")
    assert after.count_since("wire", MONDAY) == len(minutes)


@pytest.mark.parametrize(
    ("moments", "pause", "is_quiet"),
    [
        (every(0.5, days=4), timedelta(minutes=59), False),  # no source is quiet within an hour
        (every(0.5, days=4), timedelta(minutes=91), True),
        (every(5, days=6), timedelta(hours=14), False),
        (every(5, days=6), timedelta(hours=16), True),
        (every(0.5, days=1), timedelta(days=3), False),  # too little is known
        (every(60, days=13), timedelta(days=5), False),  # a weekly paper has few days
    ],
)
def test_quiet_is_three_times_longer_than_usual(
    moments: list[datetime], pause: timedelta, is_quiet: bool
) -> None:
    """With three days of history at least."""
    quiet = arrivals_at(moments).quiet_sources(max(moments) + pause)
    assert [each.source for each in quiet] == (["wire"] if is_quiet else [])


def working_hours(days: Iterable[int]) -> list[datetime]:
    """Return an article every half hour from 8 to 20 o'clock."""
    return [
        MONDAY + timedelta(days=day, minutes=30 * number)
        for day in days
        for number in range(16, 41)
    ]


def test_a_newsroom_that_sleeps_is_not_quiet_at_night() -> None:
    """Its usual pause is the night, not the half hour of the day."""
    arrivals, last = arrivals_at(working_hours(range(5))), MONDAY + timedelta(days=4, hours=20)
    assert arrivals.quiet_sources(last + timedelta(hours=13)) == ()
    (quiet,) = arrivals.quiet_sources(last + timedelta(hours=37))
    assert (quiet.usual_s, quiet.quiet_s) == (12 * 3600, 37 * 3600)


def test_a_second_weekend_is_no_surprise() -> None:
    """A pause as long as one that is remembered is not unusual."""
    weeks = [*range(5), *range(7, 12)]
    arrivals, last = arrivals_at(working_hours(weeks)), MONDAY + timedelta(days=11, hours=20)
    assert arrivals.quiet_sources(last + timedelta(hours=59)) == ()
    assert arrivals.quiet_sources(last + timedelta(hours=61)) != ()


def test_after_two_weeks_a_source_is_forgotten() -> None:
    """Its days are tombstones then."""
    arrivals = arrivals_at(every(12, days=3))
    arrivals.changed.clear()
    arrivals.forget_before(MONDAY + timedelta(days=16))
    assert [day.day for _, day in sorted(arrivals.changed)] == [16, 17]
    assert list(arrivals.sources) == ["wire"]
    arrivals.forget_before(MONDAY + timedelta(days=40))
    assert list(arrivals.sources) == []
    assert all(arrivals.store(source, day) is None for source, day in arrivals.changed)


def test_all_sources_are_one_stream() -> None:
    """Two sources that take turns leave shorter pauses together."""
    arrivals = arrivals_at(every(8, days=6))
    for moment in every(8, days=6, start=MONDAY + timedelta(hours=4)):
        arrivals.add("agency", moment)
    together = arrivals.all_sources().usual_pause("")
    alone = arrivals.usual_pause("wire")
    assert together is not None
    assert alone is not None
    assert (together.usual_s, alone.usual_s) == (4 * 3600, 8 * 3600)


def test_invented_sources_fill_no_memory() -> None:
    """Beyond the limit articles are not attributed; what is watched stays watched."""
    arrivals = Arrivals()
    for number in range(MAX_SOURCES + 5):
        arrivals.add(f"source {number}", MONDAY)
    assert len(arrivals.sources) == MAX_SOURCES
    arrivals.add("source 0", MONDAY + timedelta(hours=1))
    assert arrivals.last_at("source 0") == MONDAY + timedelta(hours=1)


def test_a_damaged_bitmap_harms_nothing() -> None:
    """More bits than a day has are cut off, and none at all is no day."""
    arrivals = Arrivals()
    arrivals.load(SourceDay(source="a", day=MONDAY.date(), articles=3, minutes=b"\x01" * 400))
    arrivals.load(SourceDay(source="b", day=MONDAY.date(), articles=3, minutes=b""))
    assert arrivals.sources == ("a",)
    assert arrivals.last_at("a") == MONDAY + timedelta(minutes=1432)
    assert module.DAY_MINUTES == 1440
