"""What an operator reads of a flood, an outage and a start, through the real handler."""

import io
import json
import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import structlog
from aiokafka import errors

from shared.base import log, log_gate
from shared.base.log_gate import EVENT_LINES, INFO_LINES, LogGate, format_duration, kind_of
from shared.base.recurrence import RECURRENT_AFTER_S
from shared.kafka.outage_log import QUIET_S

Read = Callable[[], list[dict[str, Any]]]


class Clock:
    """A clock that the test moves."""

    now = 1_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def written() -> io.StringIO:
    """What takes standard error's place."""
    return io.StringIO()


@pytest.fixture
def gate(clock: Clock, written: io.StringIO) -> Iterator[LogGate]:
    """A gate with the test's clock before the configured handler; restores everything."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    log.configure("cleaner", style="json")
    log_gate.close_gate()
    gate = LogGate("127.0.0.1:9092", clock)
    handler = root.handlers[0]
    assert isinstance(handler, logging.StreamHandler)
    handler.setStream(written)
    handler.filters[:] = [gate]
    yield gate
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.contextvars.clear_contextvars()
    structlog.reset_defaults()


@pytest.fixture
def read(gate: LogGate, written: io.StringIO) -> Read:
    """Take all lines since the last call."""
    assert gate

    def take() -> list[dict[str, Any]]:
        lines = written.getvalue().splitlines()
        written.seek(0)
        written.truncate()
        return [json.loads(line) for line in lines]

    return take


def test_a_flood_of_one_kind_is_ten_lines_and_a_count(
    gate: LogGate, clock: Clock, read: Read
) -> None:
    """Ours and the libraries', each kind by itself."""
    for number in range(500):
        log.get("summitwire.test").warning("dead letter", stage="cleaner", offset=number)
        logging.getLogger("somebody").error("cannot do %s", number)
    clock.now += 61
    gate.tick()
    lines = read()
    assert [line["event"] for line in lines].count("dead letter") == 10
    assert sum(line["event"].startswith("cannot do") for line in lines) == 10
    counts = {
        line["like"]: (line["lines"], line["level"], line["service"])
        for line in lines
        if line["event"].startswith("more lines")
    }
    assert counts == {
        "dead letter stage=cleaner": (490, "warning", "cleaner"),
        "cannot do %s": (490, "error", "cleaner"),
    }


def test_a_flood_of_many_kinds_is_bounded_too(gate: LogGate, clock: Clock, read: Read) -> None:
    """Even if every dead letter and every library line differs, each line is counted."""
    for number in range(5_000):
        log.get("summitwire.test").warning(
            "dead letter", stage="cleaner", fingerprint=f"{number:x}"
        )
        logging.getLogger("somebody").error(
            "".join("abcdefghij"[int(digit)] for digit in str(number))
        )
    clock.now += 61
    gate.tick()
    lines = read()
    counts = [line for line in lines if line["event"].startswith("more lines")]
    assert len(lines) <= 2 * EVENT_LINES + len(counts)
    assert len(counts) <= 4
    assert len(lines) - len(counts) + sum(line["lines"] for line in counts) == 10_000


def test_information_is_limited_generously(gate: LogGate, read: Read) -> None:
    """A post a second is news for a while, and a count after it."""
    for number in range(1_000):
        log.get("summitwire.test").info("posted", notification=number)
    gate.flush()
    assert len(read()) == INFO_LINES + 1


def test_what_is_left_at_the_end_is_told(gate: LogGate, read: Read) -> None:
    """A process that stops in the middle of a window loses no count."""
    for _ in range(25):
        log.get("summitwire.test").warning("partition paused")
    read()
    gate.flush()
    assert [(line["like"], line["lines"]) for line in read()] == [("partition paused", 15)]


def test_an_outage_is_two_lines(gate: LogGate, clock: Clock, read: Read) -> None:
    """Twenty minutes, a quarter of a million error lines of all kinds."""
    refused = ConnectionRefusedError(111, "Connect call failed")
    client, coordinator = (
        logging.getLogger("aiokafka"),
        logging.getLogger("aiokafka.consumer.group_coordinator"),
    )
    for _ in range(12_000):
        clock.now += 0.1
        client.error("Unable connect to node with id %s: %s", 1, refused)
        client.error("Unable to update metadata from %s", [1])
        coordinator.error("Group Coordinator Request failed: %s", errors.NodeNotReadyError("1"))
        coordinator.warning("Heartbeat failed for group %s because it is rebalancing", "cleaner")
        gate.tick()
    clock.now += QUIET_S
    gate.tick()
    start, end = read()
    assert (start["event"], start["broker"], start["level"]) == (
        "the broker does not answer",
        "127.0.0.1:9092",
        "error",
    )
    assert (end["event"], end["after"], end["lines_held_back"]) == (
        "the broker answers again",
        "20 min 0 s",
        36_000,
    )


def test_a_probe_can_say_when_it_starts_and_ends(gate: LogGate, clock: Clock, read: Read) -> None:
    """The lines of clients are held back between, and errors after it that go on are seen."""
    gate.on_broker_back()
    gate.on_broker_lost(3.0, "refused")
    gate.on_broker_lost(4.0)
    logging.getLogger("aiokafka").error("Unable to update metadata from %s", [1])
    clock.now += 60
    gate.on_broker_back()
    assert [line["event"] for line in read()] == [
        "the broker does not answer",
        "the broker answers again",
    ]
    for _ in range(int(RECURRENT_AFTER_S) + 5):
        clock.now += 1
        logging.getLogger("aiokafka").error(
            "Unable connect to node with id %s: %s", 3, TimeoutError()
        )
    assert read(), "one broker of several is away although the cluster answers"


def test_what_the_client_retries_is_not_said_unless_it_goes_on(clock: Clock, read: Read) -> None:
    """Leaders that are being elected at a start are nothing to read; a topic that stays away is."""
    producer = logging.getLogger("aiokafka.producer.sender")
    for _ in range(25):
        clock.now += 1
        producer.warning(
            "Got error produce response on topic-partition %s, retrying. Error: %s",
            "t",
            errors.NotLeaderForPartitionError,
        )
    assert read() == []
    for _ in range(40):
        clock.now += 1
        producer.warning(
            "Got error produce response on topic-partition %s, retrying. Error: %s",
            "t",
            errors.NotLeaderForPartitionError,
        )
    assert len(read()) == 10


def test_real_errors_of_the_client_are_said_at_once(read: Read) -> None:
    """Nobody is authorized by waiting."""
    logging.getLogger("aiokafka.cluster").error(
        "Topic %s is not authorized for this client", "alerts.v1"
    )
    assert [line["event"] for line in read()] == [
        "Topic alerts.v1 is not authorized for this client"
    ]


def test_kinds_differ_by_stage_and_not_by_numbers() -> None:
    """Two stages have kinds of their own; texts that only differ in numbers are one kind."""
    records = [
        logging.LogRecord(
            "a", 30, "", 0, {"event": "dead letter", "stage": stage, "offset": 1}, None, None
        )
        for stage in ("match", "notify")
    ]
    assert kind_of(records[0]) != kind_of(records[1])
    texts = [
        logging.LogRecord("a", 30, "", 0, f"task <0x7f{number}> took {number} s", None, None)
        for number in (1, 23)
    ]
    assert kind_of(texts[0]) == kind_of(texts[1])


@pytest.mark.parametrize(
    ("seconds", "written"), [(4.21, "4.21 s"), (303, "5 min 3 s"), (7_800, "2 h 10 min")]
)
def test_durations_are_written_for_people(seconds: float, written: str) -> None:
    """Seconds, minutes, hours."""
    assert format_duration(seconds) == written
