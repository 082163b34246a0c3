"""The token and the arguments of a call of Slack's Web API, from its HTTP request. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import parse_qsl

import orjson

JSON: Final = "application/json"
FORM: Final = "application/x-www-form-urlencoded"
_BEARER: Final = "bearer "
_TRUE: Final = frozenset({"true", "1"})


class ApiError(Exception):
    """The Web API answers ``ok: false`` with this error, and messages that say what was wrong."""

    def __init__(self, error: str, *messages: str) -> None:
        super().__init__(error)
        self.error = error
        self.messages: Sequence[str] = messages


@dataclass(frozen=True, slots=True)
class ApiArguments:
    """The arguments of a call; a form has texts only, and JSON in some of them."""

    values: Mapping[str, Any]

    def text(self, name: str) -> str:
        """Return a text, empty if it is missing; a number counts as one."""
        value = self.values.get(name)
        return "" if value is None or isinstance(value, bool | list | dict) else str(value)

    def flag(self, name: str) -> bool:
        """Return whether an argument is true."""
        return self.text(name).lower() in _TRUE or self.values.get(name) is True

    def number(self, name: str, default: int) -> int:
        """Return a whole number. ApiError if it is something else."""
        text = self.text(name) or str(default)
        if not text.isdecimal() or len(text) > 9:
            raise ApiError("invalid_arguments", f"[ERROR] must be a number [{name}]")
        return int(text)

    def list_of(self, name: str, error: str) -> list[Any] | None:
        """Return a list, which may be given as JSON; None if it is missing. ApiError(error)."""
        value = self.values.get(name)
        if isinstance(value, str) and value:
            try:
                value = orjson.loads(value)
            except orjson.JSONDecodeError:
                raise ApiError(error, f"[ERROR] not JSON [{name}]") from None
        if value is not None and not isinstance(value, list | str):
            raise ApiError(error, f"[ERROR] must be a list [{name}]")
        return value if isinstance(value, list) else None


def read_arguments(
    query: str, body: bytes, content_type: str, authorization: str
) -> tuple[str, ApiArguments]:
    """Return token and arguments. ApiError if the body is not what its type says."""
    values: dict[str, Any] = dict(parse_qsl(query, keep_blank_values=True))
    if body:
        values |= _read_body(body, content_type)
    is_bearer = authorization.lower().startswith(_BEARER)
    token = authorization[len(_BEARER) :].strip() if is_bearer else ""
    # Only a header may hold it beside JSON.
    in_body = "" if content_type == JSON else str(values.pop("token", ""))
    return token or in_body, ApiArguments(values)


def _read_body(body: bytes, content_type: str) -> dict[str, Any]:
    if content_type == FORM:
        return dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))
    if content_type != JSON:
        raise ApiError("invalid_post_type", f"[ERROR] send {JSON} or {FORM}")
    try:
        values = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise ApiError("invalid_json") from None
    if not isinstance(values, dict):
        raise ApiError("json_not_object")
    return values
