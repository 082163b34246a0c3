"""The error of an expression: what is wrong, where, and how to correct it."""

from dataclasses import dataclass
from typing import NoReturn


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """A position in an expression: line and column count from 1, the column in characters."""

    line: int
    column: int


class LanguageError(Exception):
    """The expression does not belong to the rule language.

    ``line`` and ``column`` are those of the first token that cannot stand where it stands;
    ``suggestion`` says what to write instead.
    """

    def __init__(self, place: Position, code: str, message: str, suggestion: str = "") -> None:
        self.line, self.column = place.line, place.column
        self.code, self.message, self.suggestion = code, _one_line(message), _one_line(suggestion)
        super().__init__(
            f"{place.line}:{place.column}: {self.message}"
            + (f"; {self.suggestion}" if suggestion else "")
        )


def position_at(expression: str, offset: int) -> Position:
    """Return the line and column of the character at ``offset``, which may be the end."""
    before = expression[:offset]
    return Position(line=before.count("\n") + 1, column=offset - (before.rfind("\n") + 1) + 1)


def fail(expression: str, offset: int, code: str, message: str, suggestion: str = "") -> NoReturn:
    """Raise the LanguageError of the token that begins at ``offset``."""
    raise LanguageError(position_at(expression, offset), code, message, suggestion)


def _one_line(text: str) -> str:
    """Return the text on one line, with characters escaped that a terminal would obey.

    It may quote what the analyst wrote: line breaks, unpaired surrogates and control sequences.
    """
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in " ".join(text.split()))
