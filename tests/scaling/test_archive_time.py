"""No archive takes a replay more time per byte when it is longer."""

import io
from collections.abc import Callable
from contextlib import suppress

import pytest

from services.console.replay.article_lines import iter_lines
from services.fetcher.archives.warc_frames import iter_frames
from services.fetcher.archives.warc_record import BadRecord, read_record
from tests.builders import SUMMIT_WEEK
from tests.hostile_texts import Shape
from tests.time_per_byte import MOST_TIMES_SLOWER, slowdown

HEADER = (
    b"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: https://a.example/\r\n"
    b"WARC-Date: 2018-09-12T08:30:00Z\r\n\r\n"
)
FILES = {
    "records without a length": Shape("WARC/1.0\r\n\r\n"),
    "lengths that lead nowhere": Shape("WARC/1.0\r\nContent-Length: 9\r\n\r\n"),
    "lengths beyond the end": Shape("WARC/1.0\r\nContent-Length: 999999999\r\n\r\n"),
    "headers without an end": Shape("WARC/1.0\r\na: b\r\n"),
    "blank lines": Shape("\r\n"),
    "nothing but letters": Shape("W"),
    "beginnings": Shape("\nWARC/"),
}
ANSWERS = {
    "folded header lines": Shape("a: b\r\n c\r\n", head="HTTP/1.1 200 OK\r\n", tail="\r\nx"),
    "one folded header": Shape(" c\r\n", head="HTTP/1.1 200 OK\r\na: b\r\n", tail="\r\nx"),
    "tiny chunks": Shape(
        "1\r\na\r\n", head="HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    ),
    "no chunks": Shape("1;" * 20, head="HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"),
}
LINES = {
    "short lines": Shape("{}\n"),
    "one line": Shape("["),
    "blank lines": Shape("\n"),
    "one name": Shape("a", head='{"', tail='": 1, "id": 1, "body": "x"}'),
}


def _frames(text: str) -> Callable[[], object]:
    return lambda: list(iter_frames(io.BytesIO(text.encode())))


def _answer(text: str) -> Callable[[], object]:
    def run() -> None:
        with suppress(BadRecord):
            read_record(HEADER, text.encode(), len(text))

    return run


def _lines(text: str) -> Callable[[], object]:
    return lambda: list(
        iter_lines(io.BytesIO(text.encode()), "a", source="a", obtained_at=SUMMIT_WEEK)
    )


@pytest.mark.parametrize("name", FILES)
def test_finding_records(name: str) -> None:
    """However broken they are."""
    assert slowdown(_frames, FILES[name]) <= MOST_TIMES_SLOWER


@pytest.mark.parametrize("name", ANSWERS)
def test_parsing_an_answer(name: str) -> None:
    """By warcio, within a record."""
    assert slowdown(_answer, ANSWERS[name]) <= MOST_TIMES_SLOWER


@pytest.mark.parametrize("name", LINES)
def test_reading_lines(name: str) -> None:
    """Of any length."""
    assert slowdown(_lines, LINES[name]) <= MOST_TIMES_SLOWER
