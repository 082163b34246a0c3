"""The body of a page: trafilatura's extraction with its precision settings, as paragraphs. It never fetches anything."""

import re
from typing import Any, Final

import trafilatura

from services.cleaner.lines.kinds import COPYRIGHT, FURNITURE, SUBSCRIPTION, TEMPLATE, line_of
from services.cleaner.text import fold, tidy

_EDGE: Final = 2
"""How far into the paragraphs a repetition of the headline is looked for."""
_NEVER_BODY: Final = frozenset((TEMPLATE, COPYRIGHT, FURNITURE))
_TABLE_RULE: Final = re.compile(r"[|\s:-]+")


def find_body(tree: Any, headline: str) -> tuple[str, ...]:
    """The paragraphs, in order; none where trafilatura finds no text. A row of a table is a paragraph. ``tree`` is left as it is."""
    found = trafilatura.bare_extraction(tree, favor_precision=True, include_comments=False, with_metadata=False)
    lines = [_without_frame(tidy(line)) for line in (found.text or "").split("\n")] if found else []
    return without_offers([line for at, line in enumerate(lines) if line and not _is_extra(line, at, headline)])


def without_offers(paragraphs: list[str]) -> tuple[str, ...]:
    """The paragraphs without subscription offers at the end; in the midst, a line that speaks of signing up is the story's own."""
    end = len(paragraphs)
    while end and line_of(paragraphs[end - 1]).junk == SUBSCRIPTION:
        end -= 1
    return tuple(paragraphs[:end])


def _is_extra(line: str, at: int, headline: str) -> bool:
    """Whether the line is certainly not the story's: its headline again, or furniture that says so itself."""
    return (at < _EDGE and fold(line) == fold(headline)) or line_of(line).junk in _NEVER_BODY


def _without_frame(line: str) -> str:
    if not line.startswith("|"):
        return line
    return "" if _TABLE_RULE.fullmatch(line) else line.strip("| ")
