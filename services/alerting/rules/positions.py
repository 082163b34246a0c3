"""From a line and column inside a ``when:`` value to the line and column in its file, whatever YAML style the value is written in."""

import re
from bisect import bisect_right
from functools import lru_cache
from typing import Final

from yaml.scanner import Scanner

_ESCAPE: Final = re.compile(r"\\(?:x([0-9A-Fa-f]{2})|u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(\n)|(.))")
_NAMED: Final[dict[str, str]] = Scanner.ESCAPE_REPLACEMENTS


def position_in_file(
    text: str, start: tuple[int, int], value: str, line: int, column: int
) -> tuple[int, int]:
    """Where the character at ``line`` and ``column`` of ``value`` stands in the file.

    ``text`` is the file's, ``start`` the place of the value in it as YAML gives it (of ``|``, ``>`` or a quote where there is one); all count
    from 1. The walk takes the value's visible characters one by one in the file: YAML folds and indents blanks only.
    """
    wanted = sum(len(one) + 1 for one in value.split("\n")[: line - 1]) + column - 1
    starts = _line_starts(text)
    at = min(starts[min(start[0], len(starts)) - 1] + start[1] - 1, len(text))
    style, after = text[at : at + 1], _beginning(text, at)
    for index, character in enumerate(value):
        if character.isspace():
            continue
        found, end = _next(text, after, style)
        if index >= wanted:
            return _place(text, found)
        after = end
    return _place(text, after)


def _beginning(text: str, at: int) -> int:
    """Past the quote, or past the line of ``|`` or ``>``."""
    if text[at : at + 1] in ("'", '"'):
        return at + 1
    if text[at : at + 1] in ("|", ">"):
        return min(text.find("\n", at) % (len(text) + 1) + 1, len(text))
    return at


def _next(text: str, at: int, style: str) -> tuple[int, int]:
    """From where to where the next visible character is written: one character, a doubled quote, or an escape in double quotes."""
    while at < len(text):
        escape = _ESCAPE.match(text, at) if style == '"' else None
        if not (text[at].isspace() or (escape and _is_blank(escape))):
            return at, escape.end() if escape else at + (
                2 if style == "'" and text.startswith("''", at) else 1
            )
        at = escape.end() if escape else at + 1
    return at, at


def _is_blank(escape: re.Match[str]) -> bool:
    """Whether the escape stands for a blank, or for none at all: a line break that YAML is to overlook."""
    code = escape[1] or escape[2] or escape[3]
    character = chr(int(code, 16)) if code else _NAMED.get(escape[5] or "", escape[5] or "\n")
    return character.isspace()


@lru_cache(maxsize=2)
def _line_starts(text: str) -> list[int]:
    """Where each line begins; kept for the file that is being read, which may hold many findings."""
    return [0, *(found.end() for found in re.finditer("\n", text))]


def _place(text: str, offset: int) -> tuple[int, int]:
    line = bisect_right(_line_starts(text), offset)
    return line, offset - _line_starts(text)[line - 1] + 1
