"""What changed from one version of an article to the next.

The paragraphs are aligned, then the words of those that differ. Pure, and bounded on any text.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Final

from services.cleaner.versions.edits import Difference, edits
from shared.messages.schemas import Change, FieldName
from shared.text.writing_systems import UNSPACED

MAX_CHANGES: Final = 30
"""Of a field; if there are more, the last one reaches to the end of all that changed."""
MAX_REMOVED_CHARACTERS: Final = 200
_PARAGRAPH: Final = re.compile(r"[^\n]+")
_WORD: Final = re.compile(rf"[{UNSPACED}]|[^\W{UNSPACED}]+|[^\w\s]")


def changes(field: FieldName, old: str, new: str) -> tuple[Change, ...]:
    """Return the stretches of ``new`` that differ from ``old``, in order.

    White space does not count.
    """
    whole = Difference(0, len(old), 0, len(new))
    paragraphs = list(_align(old, new, _PARAGRAPH, whole))
    in_words = (
        difference for paragraph in paragraphs for difference in _align(old, new, _WORD, paragraph)
    )
    differences = list(islice(in_words, MAX_CHANGES))
    if next(in_words, None):  # more than are reported, and than it is worth aligning
        end = paragraphs[-1]
        differences[-1] = differences[-1]._replace(old_end=end.old_end, end=end.end)
    return tuple(_to_change(field, old, difference) for difference in differences)


def _align(old: str, new: str, unit: re.Pattern[str], within: Difference) -> Iterator[Difference]:
    """Yield where the units of these stretches differ, by characters."""
    before = list(unit.finditer(old, within.old_start, within.old_end))
    after = list(unit.finditer(new, within.start, within.end))
    old_units, new_units = ([match.group() for match in units] for units in (before, after))
    for edit in edits(old_units, new_units):
        old_span = _to_span(before, edit.old_start, edit.old_end, within.old_end)
        yield Difference(*old_span, *_to_span(after, edit.start, edit.end, within.end))


def _to_span(units: "Sequence[re.Match[str]]", start: int, end: int, last: int) -> tuple[int, int]:
    """Return start and end in characters.

    An empty stretch is before the next unit, or behind all units.
    """
    if end > start:
        return units[start].start(), units[end - 1].end()
    position = units[start].start() if start < len(units) else last
    return position, position


def _to_change(field: FieldName, old: str, difference: Difference) -> Change:
    removed = old[difference.old_start : difference.old_end]
    if len(removed) > MAX_REMOVED_CHARACTERS:
        removed = removed[: MAX_REMOVED_CHARACTERS - 1] + "…"
    return Change(field=field, start=difference.start, end=difference.end, removed=removed)
