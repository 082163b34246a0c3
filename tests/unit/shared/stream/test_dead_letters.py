"""Dead letters: the record untouched, and all that is needed to understand it."""

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
    """Service, stage, where it stood, what was wrong, how often it was tried, and what kind of mistake it is."""
    told = {name: value for name, value in letter_of(record()).headers if name.startswith("err.")}
    assert told == {
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
    """Byte for byte, also those that are no UTF-8 and headers without a value: that is what a redrive puts back."""
    letter = letter_of(record())
    assert (letter.topic, letter.partition, letter.key, letter.value) == (
        "p.articles.raw.v1.dlq.v1",
        0,
        b"k",
        b"\xff{",
    )
    assert list(letter.headers)[:2] == [("ce_id", b"1"), ("x", None)]


def test_a_second_death_counts_on_and_replaces_the_first_story() -> None:
    """After a redrive: attempts 2, and each err.* header once."""
    letter = letter_of(record(headers=[("err.attempts", b"1"), ("err.message", b"old")]))
    told = [
        (name, value) for name, value in letter.headers if name in {"err.attempts", "err.message"}
    ]
    assert sorted(told) == [("err.attempts", b"2"), ("err.message", b"not JSON")]


@pytest.mark.parametrize("hostile", [b"", b"many", b"9" * 5_000, b"-1", "²".encode(), None])
def test_a_hostile_count_of_attempts_is_ignored(hostile: bytes | None) -> None:
    """It must not stop the stage: anybody can write a header."""
    letter = letter_of(record(headers=[("err.attempts", hostile)]))
    assert dict(letter.headers)["err.attempts"] == b"1"


def deep(levels: int) -> None:
    if not levels:
        raise InvalidMessage("é" * 20_000)
    deep(levels - 1)


def test_a_long_story_is_cut_to_what_the_contract_allows() -> None:
    """8 KB of trace, its end kept; a message that a screen can show."""
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


def test_an_error_that_cannot_be_told_is_still_told_of() -> None:
    """Its class is what is left."""
    assert outcome_from_error(Unspeakable()).message == "Unspeakable without a readable text"
    assert outcome_from_error(ValueError()).message == "ValueError"


def test_the_fingerprint_is_that_of_the_kind_of_mistake() -> None:
    """Numbers and quoted parts do not matter, stage and class do: ten thousand of a kind are one line for the operator."""
    one = fingerprint("cleaner", DeadLettered("InvalidMessage", "not JSON at byte 17 of 'abc'"))
    assert one == fingerprint(
        "cleaner", DeadLettered("InvalidMessage", "not JSON at byte 2 of 'x y'", "other trace")
    )
    assert one != fingerprint(
        "tagger", DeadLettered("InvalidMessage", "not JSON at byte 17 of 'abc'")
    )
    assert one != fingerprint("cleaner", DeadLettered("ValueError", "not JSON at byte 17 of 'abc'"))


def test_a_message_with_lone_surrogates_can_be_written() -> None:
    """What is wrong with a text is often that it cannot be encoded."""
    assert dict(letter_of(record(), DeadLettered("E", "\ud800")).headers)["err.message"] == b"?"


def broken(**changes: Any) -> BrokenRecord:
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
    """Their names are escaped, because a client writes text only; the bytes stand beside."""
    record = broken(holds="value")
    letter = letter_of(record, outcome_from_broken(record))
    assert (letter.key, letter.value, letter.headers[0]) == (b"k", b"v", (r"\xff", b"\xff"))
    told = errors_of(letter)
    assert (told["class"], told["message"], told["offset"]) == (b"HeaderName", b"why", b"5")
    assert b64decode(told["raw-headers"]) == b"raw\xff"
    assert not {"holds", "last-offset", "cut"} & told.keys()


def test_a_batch_that_cannot_be_opened_says_which_offsets_it_held() -> None:
    """And that the value is its bytes."""
    told = errors_of(letter_of(broken(first_offset=5, offset=9, holds="batch", raw_headers=b"")))
    assert (told["offset"], told["last-offset"], told["holds"]) == (b"5", b"9", b"batch")


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
    """What is too large is cut, and the letter says what was there; what fits is untouched."""
    letter = letter_of(broken(**({"raw_headers": b"r" * 30 * MIB} | changes if changes else {})))
    size = (
        len(letter.key or b"")
        + len(letter.value or b"")
        + sum(len(name) + len(value or b"") for name, value in letter.headers)
    )
    assert size < DEAD_LETTER_MAX_BYTES
    assert ("cut" in errors_of(letter)) == bool(changes)
