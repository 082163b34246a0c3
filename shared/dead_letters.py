"""A record that can never be processed: its bytes untouched, with headers that say what was wrong, where and when."""

import re
from typing import Any, Final

from shared.ids import content_id
from shared.transaction import Headers, Write
from shared.work import Dead

PREFIX: Final = "err."
_NUMBER: Final = re.compile(rb"[0-9]{1,9}")
_VARIABLE: Final = re.compile(r"0x[0-9a-f]+|\d+|'[^']*'|\"[^\"]*\"")


def dead_letter(record: Any, *, topic: str, stage: str, reason: Dead, dead_letter_topic: str) -> Write:
    """The dead letter of a consumer record. ``topic`` is the table's name; headers that the record had are kept."""
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
    return Write(dead_letter_topic, record.key, record.value, [*kept, *_encoded(told)], partition=0)


def fingerprint(stage: str, reason: Dead) -> str:
    """The same for the same kind of mistake: stage, error class and message without its numbers and quoted parts."""
    return content_id(stage, reason.error, _VARIABLE.sub("…", reason.message))[:12]


def _attempts(record: Any) -> int:
    """How often it was a dead letter before; a header that is no number is somebody else's."""
    told: bytes = dict(record.headers).get(PREFIX + "attempts") or b""
    return int(told) if _NUMBER.fullmatch(told) else 0


def _encoded(told: dict[str, str]) -> Headers:
    return [(PREFIX + name, value.encode("utf-8", "replace")) for name, value in told.items()]
