"""Dead letters: nothing of the record is lost, and the headers say what was wrong."""

from base64 import b64decode
from types import SimpleNamespace
from typing import Any

import pytest

from shared.base.outcomes import InvalidMessage
from shared.kafka.topics import DEAD_LETTER_MAX_BYTES, MIB
from shared.record_batches.broken_record import BrokenRecord, Flaw
from shared.stream.dead_letters import dead_letter, fingerprint, outcome_from_broken
from shared.stream.work import (
    MESSAGE_CHARACTERS,
    STACKTRACE_BYTES,
    DeadLettered,
    outcome_from_error,
)

REASON = DeadLettered("InvalidMessage", "not JSON", "trace")


def record(**changes: Any) -> Any:
    return SimpleNamespace(
        **{
            "key": b"k",
            "value": b"\xff{",
            "headers": [("ce_id", b"1"), ("x", None)],
            "partition": 4,
            "offset": 17,
        }
        | changes
    )


def letter_of(a_record: Any, reason: DeadLettered = REASON) -> Any:
    return dead_letter(
        a_record,
        topic="articles.raw.v1",
        stage="alerting/match",
        reason=reason,
        dead_letter_topic="p.articles.raw.v1.dlq.v1",
    )


def test_it_has_every_header_of_the_contract() -> None:
    """Service, stage, position, error, attempts, and a fingerprint of the kind of mistake."""
    errors = {name: value for name, value in letter_of(record()).headers if name.startswith("err.")}
    assert errors == {
        "err.service": b"alerting",
        "err.stage": b"alerting/match",
        "err.topic": b"articles.raw.v1",
        "err.partition": b"4",
        "err.offset": b"17",
        "err.class": b"InvalidMessage",
        "err.message": b"not JSON",
        "err.stacktrace": b"trace",
        "err.attempts": b"1",
        "err.fingerprint": fingerprint("alerting/match", REASON).encode(),
    }


def test_key_value_and_headers_are_untouched() -> None:
    """Byte for byte, even invalid UTF-8 and headers without a value: a redrive puts them back."""
    letter = letter_of(record())
    assert (letter.topic, letter.partition, letter.key, letter.value) == (
        "p.articles.raw.v1.dlq.v1",
        0,
        b"k",
        b"\xff{",
    )
    assert list(letter.headers)[:2] == [("ce_id", b"1"), ("x", None)]


def test_a_second_failure_adds_an_attempt_and_replaces_the_error() -> None:
    """After a redrive there are 2 attempts, and each err.* header once."""
    letter = letter_of(record(headers=[("err.attempts", b"1"), ("err.message", b"old")]))
    errors = [
        (name, value) for name, value in letter.headers if name in {"err.attempts", "err.message"}
    ]
    assert sorted(errors) == [("err.attempts", b"2"), ("err.message", b"not JSON")]


@pytest.mark.parametrize("hostile", [b"", b"many", b"9" * 5_000, b"-1", "²".encode(), None])
def test_a_hostile_count_of_attempts_is_ignored(hostile: bytes | None) -> None:
    """It must not stop the stage: anybody can write a header."""
    letter = letter_of(record(headers=[("err.attempts", hostile)]))
    assert dict(letter.headers)["err.attempts"] == b"1"


def deep(levels: int) -> None:
    if not levels:
        raise InvalidMessage("é" * 20_000)
    deep(levels - 1)


def test_a_long_error_is_cut_to_what_the_contract_allows() -> None:
    """The last 8 KB of the stack trace, and a message that fits on a screen."""
    try:
        deep(200)
    except InvalidMessage as error:
        reason = outcome_from_error(error)
    assert len(reason.stacktrace.encode()) <= STACKTRACE_BYTES == 8_192
    assert reason.stacktrace.endswith("é\n")
    assert len(reason.message) == MESSAGE_CHARACTERS


class Unspeakable(Exception):  # noqa: N818 - it is what it is called
    def __str__(self) -> str:
        raise ValueError("no")


def test_an_error_without_a_readable_text_is_still_reported() -> None:
    """Its class is all that is left."""
    assert outcome_from_error(Unspeakable()).message == "Unspeakable without a readable text"
    assert outcome_from_error(ValueError()).message == "ValueError"


def test_the_fingerprint_is_that_of_the_kind_of_mistake() -> None:
    """Stage and class count, numbers and quoted parts do not: many of a kind are one log line."""
    expected = fingerprint(
        "cleaner", DeadLettered("InvalidMessage", "not JSON at byte 17 of 'abc'")
    )
    assert expected == fingerprint(
        "cleaner", DeadLettered("InvalidMessage", "not JSON at byte 2 of 'x y'", "other trace")
    )
    assert expected != fingerprint(
        "tagger", DeadLettered("InvalidMessage", "not JSON at byte 17 of 'abc'")
    )
    assert expected != fingerprint(
        "cleaner", DeadLettered("ValueError", "not JSON at byte 17 of 'abc'")
    )


def test_a_message_with_lone_surrogates_can_be_written() -> None:
    """A text is often wrong because it cannot be encoded."""
    assert dict(letter_of(record(), DeadLettered("E", "\ud800")).headers)["err.message"] == b"?"


def broken_record(**changes: Any) -> BrokenRecord:
    like: dict[str, Any] = {
        "first_offset": 5,
        "offset": 5,
        "timestamp": 1,
        "key": b"k",
        "value": b"v",
        "headers": ((r"\xff", b"\xff"),),
        "raw_headers": b"raw\xff",
    }
    return BrokenRecord(
        **(like | {"flaw": Flaw.HEADER_NAME, "detail": "why", "partition": 4} | changes)
    )


def errors_of(letter: Any) -> dict[str, bytes]:
    return {
        name.removeprefix("err."): value
        for name, value in letter.headers
        if name.startswith("err.")
    }


def test_a_broken_records_headers_are_kept_byte_for_byte() -> None:
    """Their names are escaped, because a client writes only text; the bytes are there as well."""
    record = broken_record(holds="value")
    letter = letter_of(record, outcome_from_broken(record))
    assert (letter.key, letter.value, letter.headers[0]) == (b"k", b"v", (r"\xff", b"\xff"))
    errors = errors_of(letter)
    assert (errors["class"], errors["message"], errors["offset"]) == (b"HeaderName", b"why", b"5")
    assert b64decode(errors["raw-headers"]) == b"raw\xff"
    assert not {"holds", "last-offset", "cut"} & errors.keys()


def test_a_batch_that_cannot_be_opened_says_which_offsets_it_held() -> None:
    """It also says that the value is the bytes of the batch."""
    errors = errors_of(
        letter_of(broken_record(first_offset=5, offset=9, holds="batch", raw_headers=b""))
    )
    assert (errors["offset"], errors["last-offset"], errors["holds"]) == (b"5", b"9", b"batch")


@pytest.mark.parametrize(
    "changes",
    [
        {"value": b"v" * 20 * MIB},
        {"key": b"k" * 20 * MIB},
        {"headers": (("n" * 9 * MIB, b"v" * 9 * MIB),)},
        {},
    ],
)
def test_a_letter_always_fits_into_its_topic(changes: dict[str, Any]) -> None:
    """What is too large is cut, and the letter gives the sizes; what fits is unchanged."""
    letter = letter_of(
        broken_record(**({"raw_headers": b"r" * 30 * MIB} | changes if changes else {}))
    )
    size = (
        len(letter.key or b"")
        + len(letter.value or b"")
        + sum(len(name) + len(value or b"") for name, value in letter.headers)
    )
    assert size < DEAD_LETTER_MAX_BYTES
    assert ("cut" in errors_of(letter)) == bool(changes)
