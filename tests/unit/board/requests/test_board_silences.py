"""Silences at the board: who may add and end them, and what is written then."""

from datetime import UTC, datetime, timedelta

import orjson
import pytest

from services.alerting.silences.new_silence import build_silence
from services.board.questions.gate import RequestRefused
from services.board.requests.silences import MAX_SHOWN, Silences
from services.board.state.desk_decisions import DeskDecisions
from shared.kafka.topics import SILENCES
from shared.kafka.transaction import Write
from shared.messages import codec
from shared.messages.schemas import Silence

NOW = datetime(2018, 9, 12, 10, 0, tzinfo=UTC)
PAGE = {"Content-Type": "application/json", "Host": "board:6105", "Origin": "http://board:6105"}


def a_silence(number: int = 0, *, hours: int = 1, starts_at: datetime = NOW) -> Silence:
    return build_silence(
        f"s{number}",
        ["country=prk"],
        starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=hours),
        now=starts_at,
        author="Ri Sol",
        comment="live page",
    )


class Board:
    """A board whose records come back at once, at a time that the test sets."""

    def __init__(self, *silences: Silence) -> None:
        self.now = NOW
        self.writes: list[Write] = []
        self.desk = DeskDecisions()
        for silence in silences:
            self.desk.take(SILENCES.name, silence.silence_id.encode(), codec.encode(silence))
        self.silences = Silences(self.desk, "t.silences.v1", self._send, lambda: self.now)

    async def _send(self, write: Write) -> None:
        self.writes.append(write)
        self.desk.take(SILENCES.name, write.key or b"", write.value)


def a_body(**changes: object) -> bytes:
    body = {"matchers": ["rule=a"], "author": "Ri Sol", "comment": "live page", "hours": 4}
    return orjson.dumps(body | changes)


async def test_a_silence_is_written_listed_and_ended() -> None:
    """Under one key, with the matchers in their canonical form."""
    board = Board()
    added = await board.silences.add(PAGE, a_body(destination=" slack:asia "))
    (write,) = board.writes
    silence = codec.decode(write.value, Silence)
    assert (write.topic, write.key) == ("t.silences.v1", silence.silence_id.encode())
    assert silence.matchers == ('rule="a"',)
    assert (silence.ends_at - silence.starts_at, silence.destination) == (
        timedelta(hours=4),
        "slack:asia",
    )
    assert board.silences.list_silences() == {"silences": [added], "left_out": 0}
    board.now += timedelta(minutes=5)
    ended = await board.silences.end(PAGE, orjson.dumps({"id": added["id"]}))
    assert (ended["state"], ended["ends_at"]) == ("expired", board.now)
    with pytest.raises(RequestRefused, match="ended already"):
        await board.silences.end(PAGE, orjson.dumps({"id": added["id"]}))


async def test_what_ended_long_ago_is_not_listed_and_a_long_list_is_cut() -> None:
    """Each has its state; what is left out is counted."""
    old = a_silence(0, starts_at=NOW - timedelta(days=40))
    ended = a_silence(1, starts_at=NOW - timedelta(days=2))
    to_come = a_silence(2, starts_at=NOW + timedelta(hours=3))
    listed = Board(old, ended, to_come, a_silence(3)).silences.list_silences()
    assert [(each["id"], each["state"]) for each in listed["silences"]] == [
        ("s2", "pending"),
        ("s3", "active"),
        ("s1", "expired"),
    ]
    many = Board(*(a_silence(number) for number in range(MAX_SHOWN + 7)))
    assert many.silences.list_silences()["left_out"] == 7


@pytest.mark.parametrize(
    ("changes", "status", "why"),
    [
        ({"matchers": []}, 422, "say what to silence"),
        ({"matchers": ["rle=a"]}, 422, "did you mean rule"),
        ({"matchers": ["rule=a"] * 60}, 422, "at most 50 matchers"),
        ({"author": " "}, 422, "say who silences"),
        ({"author": "x" * 81}, 422, "at most 80 characters"),
        ({"comment": ""}, 422, "say why"),
        ({"hours": 0}, 422, "before it begins"),
        ({"hours": -3}, 422, "before it begins"),
        ({"hours": 9_000}, 422, "a year at most"),
        ({"hours": 1e300}, 422, "too large|out of range"),
        ({"hours": "soon"}, 400, "not understood"),
        ({"starts_at": "2018-09-12T10:00:00"}, 422, "in which time zone"),
        ({"more": 1}, 400, "not understood"),
        ({"comment": "x" * 30_000}, 413, "at most"),
    ],
)
async def test_a_bad_silence_is_refused_and_nothing_is_written(
    changes: dict[str, object], status: int, why: str
) -> None:
    """With the sentence that the page shows."""
    board = Board()
    with pytest.raises(RequestRefused, match=why) as refused:
        await board.silences.add(PAGE, a_body(**changes))
    assert (refused.value.status, board.writes) == (status, [])


@pytest.mark.parametrize(
    "changes",
    [{"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}, {"Content-Type": "x"}],
)
async def test_other_sites_can_neither_add_nor_end_one(changes: dict[str, str]) -> None:
    """As with every request of the board that changes something."""
    board = Board(a_silence())
    for request in (board.silences.add, board.silences.end):
        with pytest.raises(RequestRefused):
            await request(PAGE | changes, orjson.dumps({"id": "s0"}))
    assert board.writes == []
