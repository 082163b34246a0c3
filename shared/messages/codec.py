"""Messages to bytes and back: orjson does the JSON, msgspec checks every field."""

from datetime import UTC, datetime
from typing import Any, Final, TypeVar

import msgspec
import orjson

from shared.base.outcomes import InvalidMessage

M = TypeVar("M")

SCHEMA_VERSION: Final = "1.0"
MAX_ERROR_CHARACTERS: Final = 300
_OPTIONS: Final = orjson.OPT_UTC_Z | orjson.OPT_SORT_KEYS


def encode(message: object) -> bytes:
    """Encode a message as canonical JSON: sorted keys, UTC times, bytes as base64.

    Equal messages give equal bytes. Raises InvalidMessage if a text contains a lone surrogate,
    which UTF-8 cannot represent.
    """
    try:
        return orjson.dumps(
            msgspec.to_builtins(message, builtin_types=(datetime,)), option=_OPTIONS
        )
    except (orjson.JSONEncodeError, UnicodeEncodeError) as error:
        raise InvalidMessage(f"cannot be written as JSON: {error}") from error


def decode(data: bytes | None, message: type[M]) -> M:
    """Decode a message of this type. Unknown fields are ignored.

    Raises InvalidMessage, which names the field that is wrong or missing.
    """
    if data is None:
        raise InvalidMessage("tombstone: the record has no value")
    try:
        return msgspec.convert(parse(data), message, strict=True)
    except msgspec.ValidationError as error:
        raise InvalidMessage(f"not a {message.__name__}: {error}"[:MAX_ERROR_CHARACTERS]) from error
    except RecursionError as error:
        raise InvalidMessage(f"not a {message.__name__}: nested too deeply") from error


def parse(data: bytes) -> Any:
    """Parse JSON bytes into plain Python values; InvalidMessage says where they are not JSON."""
    try:
        return orjson.loads(data)
    except orjson.JSONDecodeError as error:
        raise InvalidMessage(
            f"not JSON: {error} ({len(data)} bytes)"[:MAX_ERROR_CHARACTERS]
        ) from error


def check_version(version: str | None) -> None:
    """Accept every minor version of our own major version; raise InvalidMessage for any other."""
    if version is not None and version.partition(".")[0] != SCHEMA_VERSION.partition(".")[0]:
        raise InvalidMessage(
            f"schema-version {version[:20]!r} is unknown here, which reads {SCHEMA_VERSION}: "
            "upgrade this service first"
        )


def to_utc(moment: datetime) -> datetime:
    """Convert a time to UTC; a time without a zone is taken as UTC."""
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def json_schema(message: type[Any]) -> bytes:
    """Return a message's JSON Schema (draft 2020-12), indented and with sorted keys."""
    return orjson.dumps(
        msgspec.json.schema(message),
        option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE,
    )
