"""How `summitwire feeds list` says how a feed does, and when a feed is quiet."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from services.console.feeds.states import FeedRow, as_line, row_as_json
from services.fetcher.timing.rhythm import extend_rhythm
from services.fetcher.timing.schedule import PollOutcome, PollReport, next_state
from shared.messages.feed_health import unusual_quiet_s
from shared.messages.schemas import FeedMove, FeedState

NOW = datetime(2018, 9, 12, 10, 0, tzinfo=UTC)
URL = "https://feed.example/rss?key=secret"


def daily(hours: tuple[int, ...], until: datetime = NOW, days: int = 20) -> FeedState:
    """Return a feed that published at these hours of each day, up to a time."""
    moments = tuple(
        moment
        for day in range(days)
        for hour in hours
        if (moment := (NOW - timedelta(days=day)).replace(hour=hour)) <= until
    )
    polled = PollReport(polled_at=NOW, outcome=PollOutcome.CHANGED, moments=moments)
    return next_state(FeedState(url=URL), polled)


def test_people_and_programs_see_the_usual_gap_and_quiet() -> None:
    """A night of 14 hours is the usual gap; two days without an entry are quiet."""
    usual = FeedRow(state=daily((8, 10, 14, 18)))
    assert "usual gap 14 h" in as_line(usual, NOW)
    assert "quiet" not in as_line(usual, NOW)
    silent = FeedRow(state=daily((8, 10, 14, 18), NOW - timedelta(days=2, hours=1)))
    assert "quiet for 2 d" in as_line(silent, NOW)
    fields = row_as_json(silent, NOW)
    assert (fields["usual_gap_s"], fields["error_kind"]) == (14 * 3_600, None)
    assert fields["quiet_s"] > 2 * 86_400
    assert fields["succeeded_at"] == NOW


def test_a_pause_that_has_been_before_is_not_quiet() -> None:
    """A feed that pauses each weekend is not quiet on Sunday; one pause of nine days covers eight."""
    state = daily((8, 10), NOW - timedelta(days=8))
    assert unusual_quiet_s(state, NOW) is not None
    assert state.rhythm is not None
    paused = replace(state.rhythm, longest_gap_s=9 * 86_400)
    assert unusual_quiet_s(replace(state, rhythm=paused), NOW) is None


def test_a_feed_of_which_little_is_known_is_not_quiet_before_four_weeks() -> None:
    """Without three gaps only four weeks without an entry count."""
    assert unusual_quiet_s(FeedState(url=URL), NOW) is None
    for days, is_quiet in ((10, False), (30, True)):
        rhythm = extend_rhythm(None, [], NOW)
        state = FeedState(url=URL, rhythm=rhythm, entry_at=NOW - timedelta(days=days))
        assert (unusual_quiet_s(state, NOW) is not None) is is_quiet


def test_a_move_is_shown_without_its_query() -> None:
    """So that the operator can change the file."""
    moved = FeedMove(url="https://new.example/rss?key=secret", since=NOW, checked_at=NOW)
    line = as_line(FeedRow(state=FeedState(url=URL, moved=moved)), NOW)
    assert "moved to https://new.example/rss" in line
    assert "secret" not in line
