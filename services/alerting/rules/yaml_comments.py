"""Comments that cut an expression short: in a plain value, YAML drops what follows `` #``."""

import re
from typing import Final

from services.alerting.rules.positions import position_in_file

_COMMENT: Final = re.compile(r"[ \t]+#")


def find_cutting_comment(
    text: str, start: tuple[int, int], expression: str
) -> tuple[int, int] | None:
    """Return line and column of the comment right behind a plain value, None if there is none.

    ``text`` is the file's, ``start`` the position of the value in it; all count from 1. In a value
    after ``|`` a # is part of the expression, and behind a closing quote a comment is harmless.
    """
    lines = text.split("\n")
    first = lines[start[0] - 1][start[1] - 1 :] if start[0] <= len(lines) else ""
    visible = expression.rstrip()
    if not visible or first[:1] in "|>'\"":
        return None
    rows = visible.split("\n")
    line, column = position_in_file(text, start, expression, len(rows), len(rows[-1]))
    comment = _COMMENT.match(lines[line - 1], column)
    return (line, comment.end()) if comment else None
