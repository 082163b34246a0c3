"""Map a line and column inside a ``when:`` value to those in its file, in any YAML style."""

import re
from bisect import bisect_right
from functools import lru_cache
from typing import Final

from yaml.scanner import Scanner

_ESCAPE: Final = re.compile(r"\\(?:x([0-9A-Fa-f]{2})|u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(\n)|(.))")
_NAMED_ESCAPES: Final[dict[str, str]] = Scanner.ESCAPE_REPLACEMENTS


def position_in_file(
    text: str, start: tuple[int, int], value: str, line: int, column: int
) -> tuple[int, int]:
    """Return where the character at ``line`` and ``column`` of ``value`` stands in the file.

    ``text`` is the file's, ``start`` the position of the value in it as YAML gives it (of ``|``,
    ``>`` or a quote if there is one); all count from 1. The walk takes the visible characters of
    the value one by one in the file: YAML folds and indents only blanks.
    """
    target = sum(len(row) + 1 for row in value.split("\n")[: line - 1]) + column - 1
    starts = _line_starts(text)
    offset = min(starts[min(start[0], len(starts)) - 1] + start[1] - 1, len(text))
    style, after = text[offset : offset + 1], _beginning(text, offset)
    for index, character in enumerate(value):
        if character.isspace():
            continue
        place, end = _next(text, after, style)
        if index >= target:
            return _place(text, place)
        after = end
    return _place(text, after)


def _beginning(text: str, offset: int) -> int:
    """Return the offset past the quote, or past the line of ``|`` or ``>``."""
    if text[offset : offset + 1] in ("'", '"'):
        return offset + 1
    if text[offset : offset + 1] in ("|", ">"):
        return min(text.find("\n", offset) % (len(text) + 1) + 1, len(text))
    return offset


def _next(text: str, offset: int, style: str) -> tuple[int, int]:
    """Return from where to where the next visible character is written.

    It is one character, a doubled quote, or an escape in double quotes.
    """
    while offset < len(text):
        escape = _ESCAPE.match(text, offset) if style == '"' else None
        if not (text[offset].isspace() or (escape and _is_blank(escape))):
            return offset, escape.end() if escape else offset + (
                2 if style == "'" and text.startswith("''", offset) else 1
            )
        offset = escape.end() if escape else offset + 1
    return offset, offset


def _is_blank(escape: re.Match[str]) -> bool:
    """Return whether the escape stands for a blank, or for a line break that YAML ignores."""
    code = escape[1] or escape[2] or escape[3]
    character = (
        chr(int(code, 16)) if code else _NAMED_ESCAPES.get(escape[5] or "", escape[5] or "\n")
    )
    return character.isspace()


@lru_cache(maxsize=2)
def _line_starts(text: str) -> list[int]:
    """Return where each line begins; cached for the file that is being read."""
    return [0, *(found.end() for found in re.finditer("\n", text))]


def _place(text: str, offset: int) -> tuple[int, int]:
    line = bisect_right(_line_starts(text), offset)
    return line, offset - _line_starts(text)[line - 1] + 1
