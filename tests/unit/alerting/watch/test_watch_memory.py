"""What the watch remembers survives a restart, and what cannot be read stops nothing."""

from datetime import UTC, datetime, timedelta

import orjson
import pytest

from services.alerting.watch.watch_memory import PROGRESS_KEY, WatchMemory, arrival_time
from shared.messages.codec import encode
from shared.messages.schemas import AlertOutcome, Notification, OpenTrouble
from tests.builders import build_clean_article, build_tagged_article

NOON = datetime(2026, 11, 30, 12, tzinfo=UTC)
ARTICLE = encode(build_tagged_article(build_clean_article(body="A summit.", source="Yonhap")))
FACT = encode(
    Notification(
        notification_id="n",
        destination="slack:asia",
        outcome=AlertOutcome.NOTIFIED,
        reason="",
        alerts=(),
    )
)


def stored(memory: WatchMemory, now: datetime) -> dict[bytes, bytes | None]:
    changes = memory.take_changes(now)
    return {key: None if message is None else encode(message) for key, message in changes}


def test_a_restart_goes_on_exactly_there() -> None:
    """Counts, positions, tallies and open troubles."""
    memory = WatchMemory(began_at=NOON)
    memory.tallies.follow({"slack:asia"}, NOON, 0)
    for minute in range(3):
        memory.take_article(ARTICLE, NOON + timedelta(minutes=minute), {})
    memory.take_fact(FACT)
    memory.positions["articles.tagged.v1/3"] = 17
    memory.troubles = (OpenTrouble(kind="tagger", since=NOON),)
    values = stored(memory, NOON)
    again = WatchMemory(began_at=NOON + timedelta(hours=9))
    assert again.restore(values.items()) == []
    assert (again.articles, again.positions) == (3, {"articles.tagged.v1/3": 17})
    assert (again.began_at, again.troubles) == (NOON, memory.troubles)
    assert again.tallies.by_destination == memory.tallies.by_destination
    assert again.tallies.by_destination["slack:asia"].messages == 1
    assert again.arrivals.last_at("Yonhap") == NOON + timedelta(minutes=2)
    assert set(stored(again, NOON)) == {PROGRESS_KEY}, "nothing else has changed"


def test_a_replayed_article_does_not_count() -> None:
    """It says nothing about whether its source is quiet today."""
    memory = WatchMemory(began_at=NOON)
    memory.take_article(ARTICLE, NOON, {"replay-id": "r1"})
    assert (memory.articles, memory.arrivals.sources) == (0, ())


@pytest.mark.parametrize(
    "value", [None, b"", b"{}", b'"', b"\xff\xfe", b"[" * 100_000, b'{"article": {"source": 7}}']
)
def test_what_is_no_article_or_fact_is_passed_over(value: bytes | None) -> None:
    """Match and deliver report it."""
    memory = WatchMemory(began_at=NOON)
    memory.take_article(value, NOON, {})
    memory.take_fact(value)
    assert memory.articles == 0


def test_an_unreadable_entry_is_named_and_left_out() -> None:
    """The others are taken."""
    memory = WatchMemory(began_at=NOON)
    memory.take_article(ARTICLE, NOON, {})
    values = stored(memory, NOON) | {b"daily/slack:asia": b"{", b"other": b"{}", b"source/x": None}
    again = WatchMemory(began_at=NOON)
    assert again.restore(values.items()) == [b"daily/slack:asia"]
    assert again.articles == 1


def test_a_long_source_name_is_a_name() -> None:
    """The key has it whole, so that two are not one."""
    memory = WatchMemory(began_at=NOON)
    article = orjson.dumps({"article": {"source": "a/b" * 10_000}})
    memory.take_article(article, NOON, {})
    key = max(stored(memory, NOON), key=len)
    assert key.endswith(b"a/ba/b")


@pytest.mark.parametrize("recorded_ms", [-1, 0, 10**18])
def test_a_time_that_makes_no_sense_is_now(recorded_ms: int) -> None:
    """Nor does one that lies ahead."""
    assert arrival_time(recorded_ms, NOON) == NOON
    before = NOON - timedelta(minutes=1)
    assert arrival_time(int(before.timestamp() * 1000), NOON) == before
