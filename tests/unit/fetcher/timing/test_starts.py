"""Which due feeds begin: hosts and slow polls leave room, and a herd is spread."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from services.fetcher.timing.starts import (
    SLOW_AFTER_S,
    DueFeed,
    PollLimits,
    RunningPoll,
    StartPace,
    choose_starts,
    host_of,
    starts_per_s,
)
from tests.hypothesis_profiles import examples

NOW = datetime(2018, 9, 12, 10, 0, tzinfo=UTC)
LIMITS = PollLimits(at_once=10, per_host=2)


def feed(host: str, number: int, late_s: float = 0.0) -> DueFeed:
    """Return a feed that is due since so many seconds."""
    return DueFeed(url=f"https://{host}/{number}", due_at=NOW - timedelta(seconds=late_s))


@given(
    st.lists(st.tuples(st.integers(0, 4), st.integers(0, 300)), max_size=60),
    st.lists(st.tuples(st.integers(0, 4), st.floats(0, 100)), max_size=15),
    st.integers(0, 40),
)
@examples(200)
def test_no_limit_is_ever_exceeded(
    due: list[tuple[int, int]], running: list[tuple[int, float]], allowance: int
) -> None:
    """Neither in all nor on a host, and what could begin does, the longest due first."""
    feeds = [feed(f"h{host}", number, late) for number, (host, late) in enumerate(due)]
    polls = [RunningPoll(host=f"h{host}", started_s=100 - age) for host, age in running]
    chosen = choose_starts(feeds, polls, LIMITS, now_s=100, allowance=allowance)
    quick = sum(age <= SLOW_AFTER_S for _, age in running)
    room = max(0, min(LIMITS.at_once - quick, 4 * LIMITS.at_once - len(running), allowance))
    assert len(chosen) <= room
    hosts = Counter(poll.host for poll in polls)
    before = dict(hosts)
    hosts.update(host_of(url) for url in chosen)
    assert all(hosts[host] <= max(2, before.get(host, 0)) for host in hosts)
    if len(chosen) < room:
        assert all(hosts[host_of(each.url)] >= 2 for each in feeds if each.url not in chosen)


def test_one_host_does_not_take_all_places() -> None:
    """Five hundred feeds of a site are due longest, and those of others begin all the same."""
    feeds = [feed("site.example", number, 900) for number in range(500)]
    feeds += [feed(f"h{number}.example", 0) for number in range(20)]
    chosen = choose_starts(feeds, [], LIMITS, now_s=0, allowance=10)
    assert Counter(map(host_of, chosen)).most_common(1) == [("site.example", 2)]
    assert len(chosen) == 10


def test_slow_polls_make_room_up_to_a_limit() -> None:
    """Ten polls that hang for some seconds do not stop the others; forty do."""
    slow = [RunningPoll(host=f"slow{number}", started_s=0) for number in range(40)]
    due = [feed(f"h{number}.example", 0) for number in range(20)]
    assert len(choose_starts(due, slow[:10], LIMITS, now_s=60, allowance=99)) == 10
    assert len(choose_starts(due, slow[:10], LIMITS, now_s=2, allowance=99)) == 0
    assert len(choose_starts(due, slow, LIMITS, now_s=60, allowance=99)) == 0


def test_a_thousand_feeds_that_are_all_due_are_spread() -> None:
    """After a start or an outage, ten begin at once and all within five minutes, evenly."""
    pace, begun = StartPace(10), list[int]()
    rate = starts_per_s([900.0] * 1_000)
    waiting, tick = 1_000, 0
    while waiting:
        count = min(pace.allowance(100 + tick / 5, rate), waiting)
        pace.take(count)
        waiting, tick = waiting - count, tick + 1
        begun.append(count)
    assert 150 <= tick / 5 <= 300
    assert begun[0] == 10
    assert max(sum(begun[start : start + 5]) for start in range(1, len(begun))) <= 2 * rate


def test_the_pace_is_enough_for_feeds_of_a_second() -> None:
    """Feeds of one's own that are polled each second are not held up, nor by a clock that jumps."""
    assert starts_per_s([1.0] * 10) == 20
    pace = StartPace(10)
    assert pace.allowance(1_000, 20) == 10
    pace.take(10)
    assert pace.allowance(500, 20) == 0
    assert pace.allowance(501, 20) == 10


def test_feeds_that_failed_leave_half_of_the_room_to_those_that_work() -> None:
    """A hundred feeds that fail are due longest; after one of them the others begin."""
    failing = [
        replace(feed(f"f{number}.example", 0, late_s=900), is_proven=False) for number in range(100)
    ]
    working = [feed(f"w{number}.example", 0) for number in range(3)]
    chosen = choose_starts([*failing, *working], [], LIMITS, now_s=0, allowance=10)
    assert [host_of(url)[0] for url in chosen] == ["f", *["w"] * 3, *["f"] * 4]
    running = [
        RunningPoll(host=f"f{number}.example", started_s=0, is_proven=False) for number in range(5)
    ]
    chosen = choose_starts([*failing, *working], running, LIMITS, now_s=1, allowance=10)
    assert [host_of(url)[0] for url in chosen] == ["w"] * 3


def test_a_new_feed_has_its_turn_on_a_host_whose_others_are_always_due() -> None:
    """One is polled at any time, but no second one takes the place of a feed that works."""
    new = [replace(feed("busy.example", n, late_s=900), is_proven=False) for n in (7, 8)]
    working = [feed("busy.example", number) for number in range(3)]
    chosen = choose_starts(
        [*new, *working],
        [RunningPoll(host="busy.example", started_s=0)] * (LIMITS.per_host - 1),
        LIMITS,
        now_s=0,
        allowance=10,
    )
    assert chosen == [new[0].url] or chosen == [new[1].url]
    running = [RunningPoll(host="busy.example", started_s=0, is_proven=False)]
    chosen = choose_starts([*new, *working], running, LIMITS, now_s=0, allowance=1)
    assert chosen[0] in [each.url for each in working]
