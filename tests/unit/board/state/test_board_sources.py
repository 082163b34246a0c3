"""The page of sources: what the watch has stored, quiet sources first."""

from datetime import UTC, datetime, timedelta

import orjson
import pytest

from services.alerting.watch.watch_memory import WatchMemory
from services.board.state.board_state import BoardRecord, BoardState
from services.board.state.sources import ROWS, Sources
from shared.base.outcomes import InvalidMessage
from shared.kafka.topics import WATCH
from shared.messages.codec import encode
from shared.messages.schemas import OpenTrouble

MONDAY = datetime(2026, 11, 16, tzinfo=UTC)


def stored(memory: WatchMemory, now: datetime) -> list[tuple[bytes, bytes | None]]:
    changes = memory.take_changes(now)
    return [(key, None if message is None else encode(message)) for key, message in changes]


def a_memory(now: datetime) -> WatchMemory:
    """Return two sources that were read every hour for five days, one of which then stopped."""
    memory = WatchMemory(began_at=MONDAY)
    for hour in range(5 * 24):
        memory.arrivals.add("Yonhap", MONDAY + timedelta(hours=hour))
        memory.arrivals.add("TASS", MONDAY + timedelta(hours=hour))
    for hour in range(5 * 24, int((now - MONDAY).total_seconds() / 3600)):
        memory.arrivals.add("Yonhap", MONDAY + timedelta(hours=hour))
    memory.arrivals.add("Weekly", MONDAY)
    memory.tallies.follow({"slack:asia"}, MONDAY, 0)
    memory.tallies.begin_next("slack:asia", MONDAY, "Since …: 3 articles read.", 3)
    memory.troubles = (OpenTrouble(kind="tagger", since=MONDAY),)
    return memory


def test_quiet_sources_come_first() -> None:
    """Each with its last article, its articles of the day, and what is usual."""
    now = MONDAY + timedelta(days=5, hours=10)
    sources = Sources()
    for key, value in stored(a_memory(now), now):
        sources.take(key, value)
    shown = sources.summary(now)
    rows = [(row.source, row.is_quiet, row.articles, row.usual_s) for row in shown["sources"]]
    assert rows == [
        ("TASS", True, 0, 3600),
        ("Yonhap", False, 10, 3600),
        ("Weekly", False, 0, None),
    ]
    assert (shown["at"], shown["quiet"], shown["more"]) == (now, 1, 0)
    assert [each["line"] for each in shown["lines"]] == ["Since …: 3 articles read."]
    assert shown["troubles"] == [{"kind": "tagger", "since": MONDAY}]
    assert orjson.dumps(shown)


def test_the_order_of_records_does_not_matter_and_tombstones_forget() -> None:
    """A destination that lost its daily line is not shown, nor are days of two weeks ago."""
    now = MONDAY + timedelta(days=5, hours=10)
    records = stored(a_memory(now), now)
    first, second = Sources(), Sources()
    for key, value in records:
        first.take(key, value)
    for key, value in reversed(records):
        second.take(key, value)
    assert first.summary(now) == second.summary(now)
    first.take(b"daily/slack:asia", None)
    assert first.summary(now)["lines"] == []
    assert first.summary(now + timedelta(days=40))["sources"] == []


def test_many_sources_are_cut() -> None:
    """The page says how many more there are."""
    memory, sources = WatchMemory(began_at=MONDAY), Sources()
    for number in range(ROWS + 3):
        memory.arrivals.add(f"source {number} " + "x" * 5_000, MONDAY)
    for key, value in stored(memory, MONDAY):
        sources.take(key, value)
    shown = sources.summary(MONDAY)
    assert (len(shown["sources"]), shown["more"]) == (ROWS, 3)
    assert max(len(row.source) for row in shown["sources"]) <= 201


def test_the_board_reads_the_topic() -> None:
    """It is no dead letter, and a bad record is reported and changes nothing."""
    board = BoardState(limit=5)
    for key, value in stored(a_memory(MONDAY), MONDAY):
        board.take(BoardRecord(topic=WATCH.name, value=value, headers={}, recorded_ms=1, key=key))
    assert sum(board.dead_letters.series(1)) == 0
    assert board.sources.summary(MONDAY)["at"] == MONDAY
    bad = BoardRecord(topic=WATCH.name, value=b"{", headers={}, recorded_ms=1, key=b"progress")
    with pytest.raises(InvalidMessage, match="progress"):
        board.take(bad)
