"""The body of a page: trafilatura's extraction with its precision settings, as paragraphs. It never fetches anything."""

from typing import Any, Final

import trafilatura

from services.cleaner.lines.kinds import line_of
from services.cleaner.text import fold, tidy

_EDGE: Final = 2
"""How far into the paragraphs a repetition of the headline is looked for."""


def find_body(tree: Any, headline: str) -> tuple[str, ...]:
    """The paragraphs, in order; none where trafilatura finds no text. ``tree`` is left as it is."""
    found = trafilatura.bare_extraction(tree, favor_precision=True, include_comments=False, include_tables=False, with_metadata=False)
    lines = [tidy(line) for line in (found.text or "").split("\n")] if found else []
    return tuple(line for at, line in enumerate(lines) if line and not _is_extra(line, at, headline))


def _is_extra(line: str, at: int, headline: str) -> bool:
    if at < _EDGE and fold(line) == fold(headline):
        return True
    return bool(line_of(at, line).junk)
