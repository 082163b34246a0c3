"""Explain YAML's own errors to whoever edits the file: where, what and how to fix it."""

from typing import Final, NamedTuple

import yaml
from yaml.reader import ReaderError

_UNCLOSED: Final = {
    "while scanning a quoted scalar": "this quote is never closed",
    "while parsing a flow sequence": "this bracket is never closed",
    "while parsing a flow mapping": "this bracket is never closed",
}
_MESSAGES: Final = {"but found another document": "a second document begins here"}
_HINTS: Final = {
    "tab character": "indent with spaces, never with tabs",
    "cannot start any token": "put the value in quotes, and indent with spaces only",
    "another document": "one file is one document: put the entries in one list",
    "mapping values are not allowed": (
        "put text with a colon in quotes; is the line indented like those above it?"
    ),
    "did not find expected": (
        "is the line indented like those above it? Text that begins with a quote or bracket needs "
        "quotes around all of it"
    ),
    "undefined alias": "put text that begins with * in quotes",
    "undefined tag": "put text that begins with ! in quotes",
}


class YamlMistake(NamedTuple):
    """A mistake in YAML syntax; line and column count from 1."""

    line: int
    column: int
    message: str
    suggestion: str


def explain(error: Exception, text: str) -> YamlMistake:
    """Explain an error that parsing ``text`` as YAML ended with."""
    if isinstance(error, yaml.MarkedYAMLError):
        return _explain_marked(error)
    if isinstance(error, ReaderError):
        # The C reader counts bytes.
        before = text.encode()[: error.position].decode("utf-8", "ignore")
        line, column = line_and_column(before, len(before))
        message = f"not YAML: the character {error.character:#06x} is not allowed"
        return YamlMistake(line, column, message, "delete it; it is invisible")
    return YamlMistake(1, 1, " ".join(f"not YAML: {error}"[:300].split()), "")


def line_and_column(text: str, offset: int) -> tuple[int, int]:
    """Return line and column, from 1, of the character at ``offset``."""
    before = text[:offset]
    return before.count("\n") + 1, offset - (before.rfind("\n") + 1) + 1


def _explain_marked(error: yaml.MarkedYAMLError) -> YamlMistake:
    mark, problem = error.problem_mark or error.context_mark, error.problem or error.context or ""
    opening, never_closed = error.context_mark, _UNCLOSED.get(error.context or "")
    if opening and mark and never_closed and opening.line != mark.line:
        return YamlMistake(
            opening.line + 1,
            opening.column + 1,
            f"not YAML: {never_closed}",
            "close it on its line, or put the text in quotes",
        )
    hint = next((hint for part, hint in _HINTS.items() if part in problem), "")
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    return YamlMistake(line, column, f"not YAML: {_MESSAGES.get(problem, problem)}", hint)
