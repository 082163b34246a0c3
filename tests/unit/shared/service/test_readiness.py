"""What keeps a process from working, and since when."""

from datetime import UTC, datetime, timedelta
from functools import partial

import orjson
import pytest

from shared.service.readiness import Obstacle, Readiness, describe, summary

NOON = datetime(2026, 11, 29, 12, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def test_an_obstacle_keeps_the_moment_in_which_it_arose() -> None:
    """However often it is checked, even if its reason changes meanwhile."""
    reasons = {"broker": "", "tagger": "its group is rebalancing"}
    readiness = Readiness({name: partial(reasons.__getitem__, name) for name in reasons})
    assert readiness.update(NOON) == (Obstacle("tagger", "its group is rebalancing", NOON),)
    reasons |= {"broker": "no broker answers", "tagger": "it has not joined its group yet"}
    assert readiness.update(NOON + SECOND) == (
        Obstacle("broker", "no broker answers", NOON + SECOND),
        Obstacle("tagger", "it has not joined its group yet", NOON),
    )
    assert readiness.update(NOON + 2 * SECOND)[0].since == NOON + SECOND


def test_an_obstacle_that_comes_back_is_a_new_one() -> None:
    """Its time is that of its return."""
    reason = ["gone"]
    readiness = Readiness({"broker": lambda: reason[0]})
    readiness.update(NOON)
    reason[0] = ""
    assert readiness.update(NOON + SECOND) == ()
    reason[0] = "gone"
    assert readiness.update(NOON + 2 * SECOND)[0].since == NOON + 2 * SECOND


def test_obstacles_are_shown_with_their_time() -> None:
    """As an ISO 8601 time in UTC, which a program can read."""
    assert describe((Obstacle("broker", "gone", NOON),)) == [
        {"what": "broker", "why": "gone", "since": "2026-11-29T12:00:00+00:00"}
    ]


def test_an_answer_is_summed_up_in_a_line() -> None:
    """With name, reason and time; for the board and for doctor."""
    obstacles = (
        Obstacle("broker", "gone", NOON),
        Obstacle("tagger", "its group is rebalancing", NOON + SECOND),
    )
    body = orjson.dumps({"ok": False, "obstacles": describe(obstacles)})
    assert summary(body) == (
        "broker: gone, since 2026-11-29 12:00:00 UTC; "
        "tagger: its group is rebalancing, since 2026-11-29 12:00:01 UTC"
    )


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"nonsense",
        b"[]",
        b'{"ok": true}',
        b'{"obstacles": [{"what": 1}]}',
        b'{"obstacles": null}',
    ],
)
def test_any_other_answer_says_nothing(body: bytes) -> None:
    """Another version, or another program, may answer anything."""
    assert summary(body) == ""
