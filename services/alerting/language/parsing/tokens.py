"""What the scanner makes, and the blanks between."""

from dataclasses import dataclass
from typing import Any

from services.alerting.language.parsing.terms import BLANK


@dataclass(frozen=True, slots=True)
class Token:
    """One token: its kind as the grammar calls it, what it says, and its offsets in the expression."""

    kind: str
    value: Any
    start: int
    end: int


def strip_invisible(text: str) -> str:
    """The text without characters that nobody sees."""
    return text if text.isascii() else "".join(c for c in text if not BLANK.fullmatch(c))


def skip(expression: str, at: int) -> int:
    """Where the next visible character stands, from ``at`` on."""
    found = BLANK.match(expression, at)
    return found.end() if found else at
