"""What has changed from one version of an article to the next: the paragraphs are aligned, then their words. Pure, and bounded on any text."""

import re
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Final

from services.cleaner.versions.edits import Differs, edits
from shared.messages.schemas import Change, FieldName
from shared.text.writing_systems import UNSPACED

MOST_CHANGES: Final = 30
"""Of a field; the last one then reaches to the end of what has changed."""
MOST_REMOVED: Final = 200
_PARAGRAPH: Final = re.compile(r"[^\n]+")
_WORD: Final = re.compile(rf"[{UNSPACED}]|[^\W{UNSPACED}]+|[^\w\s]")


def changes(field: FieldName, old: str, new: str) -> tuple[Change, ...]:
    """The stretches of ``new`` that differ from ``old``, in order; white space does not count."""
    paragraphs = list(_aligned(old, new, _PARAGRAPH, Differs(0, len(old), 0, len(new))))
    words = (one for each in paragraphs for one in _aligned(old, new, _WORD, each))
    found = list(islice(words, MOST_CHANGES))
    if next(words, None):  # more than may be told, and than is worth aligning
        last = paragraphs[-1]
        found[-1] = found[-1]._replace(old_end=last.old_end, end=last.end)
    return tuple(_change(field, old, each) for each in found)


def _aligned(old: str, new: str, unit: re.Pattern[str], within: Differs) -> Iterator[Differs]:
    """Where the units of these stretches differ, by characters."""
    before = list(unit.finditer(old, within.old_start, within.old_end))
    after = list(unit.finditer(new, within.start, within.end))
    for each in edits([one.group() for one in before], [one.group() for one in after]):
        yield Differs(
            *_span(before, each.old_start, each.old_end, within.old_end),
            *_span(after, each.start, each.end, within.end),
        )


def _span(units: "Sequence[re.Match[str]]", start: int, end: int, last: int) -> tuple[int, int]:
    """From character to character; an empty stretch stands before the next unit, or behind all."""
    if end > start:
        return units[start].start(), units[end - 1].end()
    at = units[start].start() if start < len(units) else last
    return at, at


def _change(field: FieldName, old: str, each: Differs) -> Change:
    removed = old[each.old_start : each.old_end]
    shown = removed if len(removed) <= MOST_REMOVED else removed[: MOST_REMOVED - 1] + "…"
    return Change(field=field, start=each.start, end=each.end, removed=shown)
