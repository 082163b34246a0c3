"""The words that a correction changed, marked in the text before and after. Pure."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import Final

from shared.messages.schemas import Excerpt, FieldName, Span, TextChange

_TOKEN: Final = re.compile(r"\s+|\S+")


@dataclass(frozen=True, slots=True)
class ChangedWords:
    """A text before and after a correction, each with its changed words marked."""

    before: Excerpt
    after: Excerpt


def mark_changes(changes: Iterable[TextChange]) -> tuple[ChangedWords, ...]:
    """Mark in each pair what lies between the words that both begin and end with."""
    return tuple(_mark(change) for change in changes)


def _mark(change: TextChange) -> ChangedWords:
    before, after = _TOKEN.findall(change.before), _TOKEN.findall(change.after)
    head = _common(before, after)
    tail = _common(before[head:][::-1], after[head:][::-1])
    return ChangedWords(
        _excerpt(change.field, before, head, tail), _excerpt(change.field, after, head, tail)
    )


def _common(left: Sequence[str], right: Sequence[str]) -> int:
    """Return how many tokens both begin with."""
    return sum(
        1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(left, right, strict=False))
    )


def _excerpt(field: FieldName, tokens: Sequence[str], head: int, tail: int) -> Excerpt:
    start = len("".join(tokens[:head]))
    end = len("".join(tokens[: len(tokens) - tail]))
    marks = (Span(start=start, end=end),) if start < end else ()
    return Excerpt(field=field, text="".join(tokens), marks=marks)
