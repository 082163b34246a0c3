"""How `summitwire feeds` shows a feed, and which feed an address stands for."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import typer

from services.console.feeds.commands import _resolve
from services.console.feeds.states import FeedRow, as_line, row_as_json
from services.fetcher.sources.feeds_file import FeedSpec
from shared.messages.schemas import FeedState

NOW = datetime(2018, 9, 12, 10, 0, tzinfo=UTC)
URL = "https://feed.example/rss?key=secret"
SPEC = FeedSpec(url=URL, source="wire", interval_s=300)
STATE = FeedState(url=URL, polled_at=NOW - timedelta(minutes=1))


@pytest.mark.parametrize(
    ("state", "condition"),
    [
        (FeedState(url=URL), "new"),
        (STATE, "ok"),
        (replace(STATE, failures=2), "failing"),
        (replace(STATE, failures=2, gone=True), "gone"),
    ],
)
def test_a_feed_s_condition_is_one_word(state: FeedState, condition: str) -> None:
    """The worst condition of the feed."""
    assert FeedRow(state=state).condition == condition


def test_the_next_poll_is_never_past_and_unknown_for_a_feed_that_is_not_listed() -> None:
    """Overdue and requested feeds are next now; only FEEDS_FILE says how often a feed is polled."""
    assert FeedRow(state=FeedState(url=URL), spec=SPEC).next_at(NOW) == NOW
    assert FeedRow(state=replace(STATE, gone=True), spec=SPEC, requested=True).next_at(NOW) == NOW
    assert FeedRow(state=STATE).next_at(NOW) is None
    when = FeedRow(state=STATE, spec=SPEC).next_at(NOW)
    assert when is not None
    assert timedelta(seconds=200) < when - NOW < timedelta(seconds=300)


def test_people_see_no_key_and_programs_the_whole_row() -> None:
    """A line is pasted into tickets; a program needs the address."""
    row = FeedRow(
        state=replace(STATE, gone=True, gone_since=NOW, failures=1, last_error="HTTP 500"),
        spec=SPEC,
    )
    line = as_line(row, NOW)
    assert "secret" not in line
    assert "gone since 2018-09-12 10:00:00" in line
    assert "1 failure: HTTP 500" in line
    fields = row_as_json(row, NOW)
    assert (
        fields["url"],
        fields["source"],
        fields["state"],
        fields["gone_since"],
        fields["requested"],
    ) == (
        URL,
        "wire",
        "gone",
        NOW,
        False,
    )


def test_a_listed_feed_is_described_and_one_that_is_off_is_not_polled() -> None:
    """By its name and what its owner thinks of it."""
    spec = replace(SPEC, name="Example Wire", reliability="high", enabled=False)
    row = FeedRow(state=STATE, spec=spec)
    line = as_line(row, NOW)
    assert line.startswith("off ")
    assert "not polled" in line
    assert line.endswith("Example Wire (high)")
    fields = row_as_json(row, NOW)
    assert (fields["name"], fields["reliability"], fields["text"]) == (
        "Example Wire",
        "high",
        "auto",
    )
    assert (fields["state"], fields["next_at"]) == ("off", None)
    assert as_line(FeedRow(state=STATE), NOW).endswith("feed.example/rss")


def test_an_address_without_its_parameters_means_the_only_feed_that_has_it() -> None:
    """That is what the list shows; if it fits two feeds or none, it is an error."""
    rows = [
        FeedRow(state=FeedState(url=url))
        for url in (URL, "https://two.example/?a", "https://two.example/?b")
    ]
    assert _resolve("https://feed.example/rss", rows) == URL
    assert _resolve("https://two.example/?b", rows) == "https://two.example/?b"
    for wrong in ("https://two.example/", "https://none.example/"):
        with pytest.raises(typer.Exit) as ended:
            _resolve(wrong, rows)
        assert ended.value.exit_code == 2
