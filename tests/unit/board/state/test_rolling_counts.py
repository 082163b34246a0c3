from hypothesis import given
from hypothesis import strategies as st

from services.board.state.rolling_counts import RollingCount


@given(times=st.lists(st.integers(0, 2_000), max_size=200), now=st.integers(0, 2_000))
def test_a_series_counts_what_lies_in_each_bucket(times: list[int], now: int) -> None:
    """Against the slow obvious way, as long as the times reach no further back than twice the
    window.
    """
    tally = RollingCount(bucket_ms=100, buckets=10)
    now += 2_000
    for time in times:
        tally.add(now - time)
    last = now // 100
    obvious = [
        sum((now - time) // 100 == bucket for time in times) for bucket in range(last - 9, last + 1)
    ]
    assert list(tally.series(now)) == obvious


def test_records_of_the_future_count_as_now() -> None:
    """A broker whose clock runs ahead does not hide records."""
    tally = RollingCount(bucket_ms=100, buckets=3)
    tally.add(950)
    assert tally.series(200) == (0, 0, 1)


def test_what_is_kept_is_bounded() -> None:
    """A tally that runs for years keeps two windows."""
    tally = RollingCount(bucket_ms=1, buckets=5)
    for time in range(1_000):
        tally.add(time)
    assert len(tally._counts) <= 10
    assert tally.series(999) == (1, 1, 1, 1, 1)
