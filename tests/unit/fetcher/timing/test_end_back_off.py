"""A failing feed whose line in the feeds file may have been repaired is polled at once."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from services.fetcher.sources.feeds_file import FeedSpec
from services.fetcher.timing.schedule import due_at, end_back_off
from shared.messages.schemas import FeedState

NOW = datetime(2026, 11, 30, 8, tzinfo=UTC)
SPEC = FeedSpec(url="https://n.example/f", source="n", interval_s=60, headers={"X-Key": "old"})
OK = FeedState(url=SPEC.url, seen=("a",), polled_at=NOW, etag='"1"', next_at=NOW)
FAILING = replace(OK, failures=40, next_at=NOW + timedelta(hours=6), last_error="HTTP 401")
GONE = replace(OK, gone=True)


@pytest.mark.parametrize(
    "change",
    [
        {"headers": {"X-Key": "new"}},
        {"headers": {}},
        {"user_agent": "Desk/1"},
        {"ignore_robots": True},
    ],
)
@pytest.mark.parametrize("state", [FAILING, GONE])
def test_what_is_asked_in_another_way_is_asked_at_once(
    state: FeedState, change: dict[str, Any]
) -> None:
    """A night of 401 ends within seconds of the right token; entries are not sent again."""
    after = end_back_off(state, SPEC, replace(SPEC, **change))
    assert due_at(after, SPEC.interval_s, NOW, None) <= NOW
    assert after.seen == state.seen
    assert not after.failures
    assert not after.gone


@pytest.mark.parametrize(
    "change", [{"name": "N"}, {"reliability": "low"}, {"interval_s": 30.0}, {"language": "en"}, {}]
)
def test_other_fields_leave_the_back_off(change: dict[str, Any]) -> None:
    """A new name is no reason to ask a server that does not answer."""
    assert end_back_off(FAILING, SPEC, replace(SPEC, **change)) is FAILING


def test_a_feed_that_does_well_goes_on_as_before() -> None:
    """Its next poll comes in time, and with its conditions."""
    assert end_back_off(OK, SPEC, replace(SPEC, headers={"X-Key": "new"})) is OK
