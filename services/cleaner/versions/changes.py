"""What has changed from one version of an article to the next, word by word. Pure, and bounded on any text."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from operator import eq
from typing import Final

from shared.schemas import Change, FieldName
from shared.scripts import UNSPACED

MOST_CHANGES: Final = 50
"""Of a field; the last one then reaches to the end of what has changed."""
MOST_REMOVED: Final = 300
_MOST_PAIRS: Final = 4_000_000
"""Pairs of equal words that are looked at, about a second's work; a text that repeats itself more is told as one change."""
_WORD: Final = re.compile(rf"[{UNSPACED}]|[^\W{UNSPACED}]+|[^\w\s]")

Words = list["re.Match[str]"]
Opcode = tuple[int, int, int, int]


def changes(field: FieldName, old: str, new: str) -> tuple[Change, ...]:
    """The stretches of ``new`` that differ from ``old``, in order; white space does not count."""
    before, after = list(_WORD.finditer(old)), list(_WORD.finditer(new))
    codes = _joined(list(_codes([word.group() for word in before], [word.group() for word in after])))
    return tuple(_change(field, old, new, before, after, code) for code in codes)


def _codes(old: list[str], new: list[str]) -> Iterator[Opcode]:
    """The stretches that differ, by their words: first and end of each in both texts."""
    head = _alike(old, new)
    old, new = old[head:], new[head:]
    tail = _alike(old[::-1], new[::-1])
    old, new = old[: len(old) - tail], new[: len(new) - tail]
    if not old and not new:
        return
    if _pairs(old, new) > _MOST_PAIRS:
        yield head, head + len(old), head, head + len(new)
        return
    for kind, start, end, new_start, new_end in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind != "equal":
            yield head + start, head + end, head + new_start, head + new_end


def _alike(old: Sequence[str], new: Sequence[str]) -> int:
    """How many words both begin with."""
    return next((at for at, same in enumerate(map(eq, old, new)) if not same), min(len(old), len(new)))


def _pairs(old: Sequence[str], new: Sequence[str]) -> int:
    times = Counter(new)
    return sum(count * times[word] for word, count in Counter(old).items())


def _joined(codes: list[Opcode]) -> list[Opcode]:
    """No more than may be told: the last one stands for all that follow it."""
    if len(codes) <= MOST_CHANGES:
        return codes
    first, last = codes[MOST_CHANGES - 1], codes[-1]
    return [*codes[: MOST_CHANGES - 1], (first[0], last[1], first[2], last[3])]


def _change(field: FieldName, old: str, new: str, before: Words, after: Words, code: Opcode) -> Change:
    old_start, old_end, start, end = code
    removed = old[before[old_start].start() : before[old_end - 1].end()] if old_end > old_start else ""
    if end > start:
        at, to = after[start].start(), after[end - 1].end()
    else:
        at = to = after[start].start() if start < len(after) else len(new)
    return Change(field=field, start=at, end=to, removed=removed if len(removed) <= MOST_REMOVED else removed[: MOST_REMOVED - 1] + "…")
