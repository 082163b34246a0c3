"""Operators hear of each trouble once, and once of its end."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from services.alerting.watch.arrivals import Arrivals
from services.alerting.watch.dead_man import (
    MIN_SILENCE,
    UNKNOWN_SILENCE,
    StageLag,
    allowed_silence,
    find_troubles,
    update_troubles,
)
from shared.messages.schemas import Dispatch, OpenTrouble, Severity

NOON = datetime(2026, 11, 30, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def follow(
    steps: Sequence[tuple[timedelta, datetime | None, Sequence[StageLag]]],
    destination: str = "slack:ops",
) -> list[Dispatch]:
    """Return what is told over time; each step has the time, the last article and the lags."""
    troubles: tuple[OpenTrouble, ...] = ()
    told: list[Dispatch] = []
    for after, last_read_at, lags in steps:
        now = NOON + after
        current = find_troubles(troubles, last_read_at, HOUR, lags, now)
        troubles, notices = update_troubles(troubles, current, destination, now)
        told += notices
    return told


def test_silence_is_told_once_and_its_end_once() -> None:
    """Not while it lasts."""
    later = NOON + 3 * HOUR
    told = follow(
        [
            (0 * HOUR, NOON, ()),
            (1 * HOUR, NOON, ()),
            (1.5 * HOUR, NOON, ()),
            (2 * HOUR, NOON, ()),
            (3 * HOUR, later, ()),
            (3.5 * HOUR, later, ()),
        ]
    )
    assert [(each.severity, each.reason) for each in told] == [
        (
            Severity.HIGH,
            (
                "no article was read for 2 h, since 30 Nov 12:00 UTC, which is longer than usual: "
                "look at the feeds and the fetcher"
            ),
        ),
        (
            Severity.INFO,
            "articles are read again; none was read for 3 h, since 30 Nov 12:00 UTC",
        ),
    ]
    assert {each.destination for each in told} == {"slack:ops"}


def test_the_same_silence_has_the_same_ids() -> None:
    """A watch that crashed before it wrote says the same, and deliver sends it once."""
    steps = [(2 * HOUR, NOON, ()), (3 * HOUR, NOON + 3 * HOUR, ())]
    first, again = follow(steps), follow([(2.5 * HOUR, NOON, ()), *steps[1:]])
    assert [each.dispatch_id for each in first] == [each.dispatch_id for each in again]
    assert len({each.dispatch_id for each in first}) == 2
    assert follow([(30 * HOUR, NOON + 24 * HOUR, ())])[0].dispatch_id != first[0].dispatch_id


def test_a_lagging_stage_is_named_and_explains_the_silence() -> None:
    """Two stages are two troubles, of which each ends by itself."""
    tagger, match = (
        StageLag(stage="tagger", since=NOON - timedelta(minutes=6)),
        StageLag(stage="alerting/match", since=NOON),
    )
    told = follow(
        [
            (0 * HOUR, NOON, [tagger]),
            (2 * HOUR, NOON, [tagger, match]),
            (2.1 * HOUR, NOON + 2 * HOUR, [match]),
            (2.2 * HOUR, NOON + 2 * HOUR, []),
        ]
    )
    assert [each.reason.partition(";")[0] for each in told] == [
        "alerts are late: tagger has not read what was written 6 min ago, at 30 Nov 11:54 UTC",
        "alerts are late: alerting/match has not read what was written 2 h ago, at 30 Nov 12:00 UTC",
        "tagger keeps up again",
        "alerting/match keeps up again",
    ]


def test_a_stage_that_lags_later_does_not_end_the_silence() -> None:
    """Nobody is told that articles are read again while none is."""
    lag = StageLag(stage="cleaner", since=NOON + 2 * HOUR)
    told = follow([(2 * HOUR, NOON, []), (3 * HOUR, NOON, [lag]), (4 * HOUR, NOON, [])])
    assert [each.reason.split()[0] for each in told] == ["no", "alerts", "cleaner"]


def test_without_operators_or_articles_nobody_is_told() -> None:
    """The trouble is remembered all the same: it shows in the metrics."""
    assert follow([(9 * HOUR, NOON, ())], destination="") == []
    assert follow([(9 * HOUR, None, ())]) == []


@pytest.mark.parametrize(
    ("gap", "days", "allowed"),
    [
        (timedelta(minutes=1), 5, MIN_SILENCE),
        (timedelta(minutes=20), 5, timedelta(hours=1)),
        (timedelta(minutes=20), 1, UNKNOWN_SILENCE),
        (timedelta(hours=4), 5, timedelta(hours=12)),
    ],
)
def test_what_is_allowed_follows_from_what_is_usual(
    gap: timedelta, days: int, allowed: timedelta
) -> None:
    """Three times the usual pause, within bounds; operators may set it themselves."""
    arrivals = Arrivals()
    for number in range(int(timedelta(days=days) / gap)):
        arrivals.add("", NOON + number * gap)
    assert allowed_silence(arrivals) == allowed
    assert allowed_silence(arrivals, timedelta(seconds=30)) == timedelta(seconds=30)


def test_one_outage_does_not_hide_the_next() -> None:
    """The longest pause of the last weeks is left out."""
    arrivals = Arrivals()
    for number in range(6 * 24 * 6):
        if not 300 <= number < 340:
            arrivals.add("", NOON + number * timedelta(minutes=10))
    assert allowed_silence(arrivals) == timedelta(minutes=30)
