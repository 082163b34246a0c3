"""Durations as people write them on the command line: 10s, 5m, 4h, 7d, 250ms."""

import re
import time
from typing import Final

import typer

_DURATION: Final = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m|h|d)")
_SECONDS: Final = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3_600.0, "d": 86_400.0}


def parse_duration(text: str) -> float:
    """Return the duration in seconds; typer.BadParameter says how to write one."""
    matched = _DURATION.fullmatch(text.strip())
    if matched is None:
        raise typer.BadParameter(f"invalid duration {text!r}: write 10s, 5m, 4h or 7d")
    return float(matched[1]) * _SECONDS[matched[2]]


def parse_since(text: str | None) -> int | None:
    """Return the moment that long ago, in Unix milliseconds; None for no limit."""
    return None if text is None else int((time.time() - parse_duration(text)) * 1000)
