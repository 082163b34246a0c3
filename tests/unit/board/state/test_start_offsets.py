import pytest

from services.board.state.start_offsets import start_offset
from shared.kafka.topics import (
    ALERTS,
    ARTICLES_TAGGED,
    DELIVERIES,
    DISPATCHES,
    FEEDS,
    dead_letter_sources,
)


@pytest.mark.parametrize(
    ("topic", "since", "expected"),
    [
        (ALERTS.name, None, 9_900),  # the last 50 alerts and their markers
        (ALERTS.name, 9_950, 9_900),  # the last hour is within them
        (ALERTS.name, 9_000, 9_000),  # the last hour reaches further back
        (DELIVERIES.name, None, 100),  # all of it: what is parked may be months old
        (FEEDS.name, None, 100),  # all of it
        (ARTICLES_TAGGED.name, None, 9_950),  # nothing in the last hour, but a few to try rules on
        (ARTICLES_TAGGED.name, 7_000, 7_000),
        (dead_letter_sources()[0].dead_letters, 5_000, 5_000),
    ],
)
def test_a_partition_is_read_from_where_the_board_needs_it(
    topic: str, since: int | None, expected: int
) -> None:
    """Enough for a full board and its counts, and no more."""
    assert start_offset(topic, alerts=50, first=100, end=10_000, since=since) == expected


@pytest.mark.parametrize(("unfinished", "expected"), [(200, 200), (9_999, 9_500), (0, 100)])
def test_what_deliver_has_not_finished_is_read_however_old(unfinished: int, expected: int) -> None:
    """It waits for days where a destination has no address, or takes nothing."""
    start = start_offset(
        DISPATCHES.name, alerts=50, first=100, end=10_000, since=9_500, unfinished=unfinished
    )
    assert start == expected


def test_nothing_is_read_that_is_no_longer_kept() -> None:
    """Retention has removed the beginning."""
    assert start_offset(ALERTS.name, alerts=500, first=9_990, end=10_000, since=None) == 9_990
