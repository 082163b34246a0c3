"""Durations as people write them on the command line: 10s, 5m, 4h, 7d, 250ms."""

import re
from typing import Final

import typer

_FORM: Final = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m|h|d)")
_SECONDS: Final = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3_600.0, "d": 86_400.0}


def parse_duration(text: str) -> float:
    """The duration in seconds; typer.BadParameter says how to write one."""
    found = _FORM.fullmatch(text.strip())
    if found is None:
        raise typer.BadParameter(f"{text!r} is no duration: write 10s, 5m, 4h or 7d")
    return float(found[1]) * _SECONDS[found[2]]
