"""Messages to bytes and back: orjson writes, msgspec checks every field and names the one that is wrong."""

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
    """The message's canonical JSON: sorted keys, UTC times, bytes as base64. Equal messages give equal bytes.

    Raises InvalidMessage where a text holds a lone surrogate, which UTF-8 cannot carry.
    """
    try:
        return orjson.dumps(
            msgspec.to_builtins(message, builtin_types=(datetime,)), option=_OPTIONS
        )
    except (orjson.JSONEncodeError, UnicodeEncodeError) as error:
        raise InvalidMessage(f"cannot be written as JSON: {error}") from error


def decode(data: bytes | None, message: type[M]) -> M:
    """One message from its bytes. Unknown fields are ignored; a wrong or missing one raises InvalidMessage that names it."""
    if data is None:
        raise InvalidMessage("tombstone: the record has no value")
    try:
        return msgspec.convert(parse(data), message, strict=True)
    except msgspec.ValidationError as error:
        raise InvalidMessage(f"not a {message.__name__}: {error}"[:MAX_ERROR_CHARACTERS]) from error
    except RecursionError as error:
        raise InvalidMessage(f"not a {message.__name__}: nested too deeply") from error


def parse(data: bytes) -> Any:
    """JSON bytes as plain Python; InvalidMessage says at which byte it stops being JSON."""
    try:
        return orjson.loads(data)
    except orjson.JSONDecodeError as error:
        raise InvalidMessage(
            f"not JSON: {error} ({len(data)} bytes)"[:MAX_ERROR_CHARACTERS]
        ) from error


def check_version(version: str | None) -> None:
    """Accept every minor version of the major version that this code knows; InvalidMessage otherwise."""
    if version is not None and version.partition(".")[0] != SCHEMA_VERSION.partition(".")[0]:
        raise InvalidMessage(
            f"schema-version {version[:20]!r} is unknown here, which reads {SCHEMA_VERSION}: upgrade this service first"
        )


def to_utc(moment: datetime) -> datetime:
    """The same moment in UTC; a time without a zone is taken as UTC."""
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def json_schema(message: type[Any]) -> bytes:
    """The message's JSON Schema (draft 2020-12), indented, the same for the same dataclass."""
    return orjson.dumps(
        msgspec.json.schema(message),
        option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE,
    )
