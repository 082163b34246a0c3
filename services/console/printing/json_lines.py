"""Values as JSON, file names among them."""

import re
from collections.abc import Mapping
from dataclasses import asdict, is_dataclass
from typing import Any, Final

import orjson

_SURROGATE: Final = re.compile("[\ud800-\udfff]")


def json_line(value: Any, *, option: int = 0) -> str:
    """Return the value as JSON on one line; bytes of file names that are not UTF-8 are U+FFFD."""
    try:
        return orjson.dumps(value, option=option).decode()
    except TypeError:
        return orjson.dumps(_printable(value), option=option).decode()


def printable(text: str) -> str:
    """Return the text with U+FFFD for bytes of a file name that are not UTF-8."""
    return _SURROGATE.sub("\ufffd", text)


def _printable(value: Any) -> Any:
    """Return a value for JSON with every text printable."""
    if isinstance(value, str):
        return printable(value)
    if is_dataclass(value) and not isinstance(value, type):
        return _printable(asdict(value))
    if isinstance(value, Mapping):
        return {_printable(key): _printable(item) for key, item in value.items()}
    return [_printable(item) for item in value] if isinstance(value, list | tuple) else value
