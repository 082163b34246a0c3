"""The tokens of the scanner, and the blanks between them."""

from dataclasses import dataclass
from typing import Any

from services.alerting.language.parsing.terms import BLANK


@dataclass(frozen=True, slots=True)
class Token:
    """One token: its kind as the grammar names it, its value, and its offsets in the expression."""

    kind: str
    value: Any
    start: int
    end: int


def strip_invisible(text: str) -> str:
    """Return the text without invisible characters."""
    return text if text.isascii() else "".join(c for c in text if not BLANK.fullmatch(c))


def skip(expression: str, offset: int) -> int:
    """Return the offset of the next visible character from ``offset`` on."""
    blank = BLANK.match(expression, offset)
    return blank.end() if blank else offset
