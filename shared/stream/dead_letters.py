"""Dead letters: records that can never be processed, with headers that say why.

Key and value are unchanged; the headers say what was wrong, where and when.
"""

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
"""The ``err.`` header that says what the letter's value is, if it is not the record's own."""
CUT: Final = "cut"
"""The ``err.`` header that says what was left out so that the letter fits into its topic."""
RAW_HEADERS: Final = "raw-headers"
"""The ``err.`` header with the bytes of a broken record's headers, as base64."""
MAX_BYTES: Final = DEAD_LETTER_MAX_BYTES - HEADROOM_BYTES
SMALL_BYTES: Final = 32 * 1024
"""The limit if the topic does not take as much as the table says."""
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
    max_bytes: int = MAX_BYTES,
) -> Write:
    """Return the dead letter of a consumer record, with the record's own headers.

    ``topic`` is the name in the table of topics. A letter of more than ``max_bytes`` is cut to that
    size, and says so.
    """
    own = [(name, value) for name, value in record.headers if not name.startswith(PREFIX)]
    fields = {
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
        fields |= _fields_of_broken_record(record, max_bytes // 4)
    room = max_bytes - _size(_to_headers(fields))
    key, value, headers, cut = _fit(record.key, record.value, own, room)
    fields |= {CUT: cut} if cut else {}
    return Write(dead_letter_topic, key, value, [*headers, *_to_headers(fields)], partition=0)


def outcome_from_broken(record: BrokenRecord) -> DeadLettered:
    """Return why a record that no client can read becomes a dead letter."""
    return DeadLettered(record.flaw.value, record.detail)


def _fields_of_broken_record(record: BrokenRecord, max_raw_bytes: int) -> dict[str, str]:
    """Return the header fields of a broken record: offsets, kind of value, raw headers."""
    fields = {"offset": str(record.first_offset)}
    if record.offset != record.first_offset:
        fields["last-offset"] = str(record.offset)
    if record.holds != "value":
        fields[HOLDS] = record.holds
    if record.raw_headers:
        fields[RAW_HEADERS] = b64encode(record.raw_headers[:max_raw_bytes]).decode()
    return fields


def _fit(
    key: bytes | None, value: bytes | None, headers: Headers, max_bytes: int
) -> tuple[bytes | None, bytes | None, Headers, str]:
    """Cut a record to ``max_bytes``: first its headers, then the ends of key and value.

    Return key, value, headers, and the sizes before the cut in words ("" if nothing was cut).
    """
    if len(key or b"") + len(value or b"") + _size(headers) <= max_bytes:
        return key, value, headers, ""
    key_bytes, value_bytes = len(key or b""), len(value or b"")
    cut = f"a key of {key_bytes} bytes, a value of {value_bytes}, headers of {_size(headers)}"
    key = key and key[:_MAX_KEY_BYTES]
    if len(key or b"") + value_bytes + _size(headers) > max_bytes:
        headers = ()
    return key, value and value[: max_bytes - len(key or b"") - _size(headers)], headers, cut


def _size(headers: Headers) -> int:
    return sum(
        len(name.encode()) + len(value or b"") + _PER_HEADER_BYTES for name, value in headers
    )


def fingerprint(stage: str, reason: DeadLettered) -> str:
    """Return an id that is the same for the same kind of mistake.

    It is made of stage, error class, and the message without its numbers and quoted parts.
    """
    return content_id(stage, reason.error, _VARIABLE.sub("…", reason.message))[:12]


def _attempts(record: Any) -> int:
    """Return how often the record was a dead letter before.

    A header that is no number was written by someone else.
    """
    attempts: bytes = dict(record.headers).get(PREFIX + "attempts") or b""
    return int(attempts) if _NUMBER.fullmatch(attempts) else 0


def _to_headers(fields: dict[str, str]) -> Headers:
    return [(PREFIX + name, value.encode("utf-8", "replace")) for name, value in fields.items()]
