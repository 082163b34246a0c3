"""From a line and column inside a ``when:`` value to the line and column in its file, whatever YAML style the value is written in."""

from typing import Final

_ESCAPES: Final = "\\'"


def in_file(text: str, start: tuple[int, int], value: str, line: int, column: int) -> tuple[int, int]:
    """Where the character at ``line`` and ``column`` of ``value`` stands in the file.

    ``text`` is the file's, ``start`` the place of the value in it as YAML gives it (of ``|``, ``>`` or a quote where there is one); all count
    from 1. The walk takes the value's visible characters one by one in the file: YAML folds and indents blanks only.
    """
    wanted = sum(len(one) + 1 for one in value.split("\n")[: line - 1]) + column - 1
    at = _beginning(text, _offset(text, *start))
    after = at
    for index, character in enumerate(value):
        if character.isspace():
            continue
        found = _next(text, after, character)
        if index >= wanted:
            return _place(text, found)
        after = found + 1
    return _place(text, after)


def _beginning(text: str, at: int) -> int:
    """Past the quote, or past the line of ``|`` or ``>``."""
    if text[at : at + 1] in ("'", '"'):
        return at + 1
    if text[at : at + 1] in ("|", ">"):
        return min(text.find("\n", at) % (len(text) + 1) + 1, len(text))
    return at


def _next(text: str, at: int, character: str) -> int:
    """Where the character stands next, blanks and what escapes it passed over; where an escape hides it, the next visible character."""
    while at < len(text) and text[at].isspace():
        at += 1
    if text[at : at + 1] == character and text[at : at + 2] != "''":
        return at
    return at + 1 if text[at : at + 1] in _ESCAPES and text[at + 1 : at + 2] == character else at


def _offset(text: str, line: int, column: int) -> int:
    return sum(len(one) + 1 for one in text.split("\n")[: line - 1]) + column - 1


def _place(text: str, offset: int) -> tuple[int, int]:
    before = text[:offset]
    return before.count("\n") + 1, offset - (before.rfind("\n") + 1) + 1
