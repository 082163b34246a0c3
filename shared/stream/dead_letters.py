"""A record that can never be processed: its bytes untouched, with headers that say what was wrong, where and when."""

import re
from base64 import b64encode
from typing import Any, Final

from shared.kafka.topics import DEAD_LETTER_MAX_BYTES, HEADROOM_BYTES
from shared.kafka.transaction import Headers, Write
from shared.messages.ids import content_id
from shared.record_batches.broken_record import BrokenRecord
from shared.stream.work import DeadLettered

PREFIX: Final = "err."
HOLDS: Final = "holds"
"""The ``err.`` header that says what a letter's value is where it is not the record's own."""
CUT: Final = "cut"
"""The ``err.`` header that says what had to be left out for the letter to fit into its topic."""
RAW_HEADERS: Final = "raw-headers"
"""The ``err.`` header with the bytes of a broken record's headers, as base64."""
MAX_BYTES: Final = DEAD_LETTER_MAX_BYTES - HEADROOM_BYTES
SMALL_BYTES: Final = 32 * 1024
"""Where the topic does not take as much as the table says."""
_MAX_KEY_BYTES: Final = 4 * 1024
_PER_HEADER_BYTES: Final = 10
_NUMBER: Final = re.compile(rb"[0-9]{1,9}")
_VARIABLE: Final = re.compile(r"0x[0-9a-f]+|\d+|'[^']*'|\"[^\"]*\"")


def dead_letter(
    record: Any,
    *,
    topic: str,
    stage: str,
    reason: DeadLettered,
    dead_letter_topic: str,
    most: int = MAX_BYTES,
) -> Write:
    """The dead letter of a consumer record. ``topic`` is the table's name; headers that the record had are kept.

    One that takes more than ``most`` bytes is cut to that, and says so.
    """
    kept = [(name, value) for name, value in record.headers if not name.startswith(PREFIX)]
    told = {
        "service": stage.partition("/")[0],
        "stage": stage,
        "topic": topic,
        "partition": str(record.partition),
        "offset": str(record.offset),
        "class": reason.error,
        "message": reason.message,
        "stacktrace": reason.stacktrace,
        "attempts": str(_attempts(record) + 1),
        "fingerprint": fingerprint(stage, reason),
    }
    if isinstance(record, BrokenRecord):
        told |= _of_broken(record, most // 4)
    key, value, fit, cut = fitting(record.key, record.value, kept, most - _size(_encoded(told)))
    told |= {CUT: cut} if cut else {}
    return Write(dead_letter_topic, key, value, [*fit, *_encoded(told)], partition=0)


def outcome_from_broken(record: BrokenRecord) -> DeadLettered:
    """Say why a record that no client can read is a dead letter."""
    return DeadLettered(record.flaw.value, record.detail)


def _of_broken(record: BrokenRecord, most_raw: int) -> dict[str, str]:
    """What a letter says of a broken record besides: which offsets it stands for, what its value is, and its headers' bytes as base64."""
    told = {"offset": str(record.first_offset)}
    if record.offset != record.first_offset:
        told["last-offset"] = str(record.offset)
    if record.holds != "value":
        told[HOLDS] = record.holds
    if record.raw_headers:
        told[RAW_HEADERS] = b64encode(record.raw_headers[:most_raw]).decode()
    return told


def fitting(
    key: bytes | None, value: bytes | None, headers: Headers, most: int
) -> tuple[bytes | None, bytes | None, Headers, str]:
    """Cut a record to so many bytes, and say what was left out: headers first, then the ends of key and value."""
    if len(key or b"") + len(value or b"") + _size(headers) <= most:
        return key, value, headers, ""
    cut = f"a key of {len(key or b'')} bytes, a value of {len(value or b'')}, headers of {_size(headers)}"
    key = key and key[:_MAX_KEY_BYTES]
    if len(key or b"") + len(value or b"") + _size(headers) > most:
        headers = ()
    return key, value and value[: most - len(key or b"") - _size(headers)], headers, cut


def _size(headers: Headers) -> int:
    return sum(
        len(name.encode()) + len(value or b"") + _PER_HEADER_BYTES for name, value in headers
    )


def fingerprint(stage: str, reason: DeadLettered) -> str:
    """The same for the same kind of mistake: stage, error class and message without its numbers and quoted parts."""
    return content_id(stage, reason.error, _VARIABLE.sub("…", reason.message))[:12]


def _attempts(record: Any) -> int:
    """How often it was a dead letter before; a header that is no number is somebody else's."""
    told: bytes = dict(record.headers).get(PREFIX + "attempts") or b""
    return int(told) if _NUMBER.fullmatch(told) else 0


def _encoded(told: dict[str, str]) -> Headers:
    return [(PREFIX + name, value.encode("utf-8", "replace")) for name, value in told.items()]
