"""The shortest edits from one sequence to another, if they are few. Pure.

The algorithm is that of Myers (1986, "An O(ND) difference algorithm"). difflib takes 7 s for two
texts of 690 words that repeat three words in turn; this ends after a limited number of edits on any
input.
"""

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

MAX_EDITS: Final = 300
"""Words inserted or deleted; a stretch that needs more was rewritten."""
MAX_UNITS: Final = 4_000

_Furthest = dict[int, int]
"""How far in the old sequence a path gets on each diagonal (old place minus new place)."""


class Difference(NamedTuple):
    """A stretch of the old sequence, and the stretch of the new one that is in its place."""

    old_start: int
    old_end: int
    start: int
    end: int


def edits(old: Sequence[str], new: Sequence[str]) -> Iterator[Difference]:
    """Yield where the sequences differ, in order.

    If there are too many edits, it is one stretch for all that is between their equal ends.
    """
    head = _common_prefix(old, new)
    tail = _common_prefix(old[head:][::-1], new[head:][::-1])
    old_end, end = len(old) - tail, len(new) - tail
    last = (head, head)
    for x, y in (*_matches(old[head:old_end], new[head:end]), (old_end - head, end - head)):
        match = (head + x, head + y)
        if match != last:
            yield Difference(last[0], match[0], last[1], match[1])
        last = (match[0] + 1, match[1] + 1)


def _common_prefix(old: Sequence[str], new: Sequence[str]) -> int:
    """Return how many units both begin with."""
    shorter = min(len(old), len(new))
    return next((index for index in range(shorter) if old[index] != new[index]), shorter)


def _matches(old: Sequence[str], new: Sequence[str]) -> list[tuple[int, int]]:
    """Return the places of the units that stay, in order; none if there are too many edits."""
    if max(len(old), len(new)) > MAX_UNITS:
        return []
    matches: list[tuple[int, int]] = []
    x, y = len(old), len(new)
    for step, furthest in reversed(list(enumerate(_steps(old, new)))):
        before = _previous_diagonal(furthest, x - y, step)
        start = furthest[before]
        while x > start and y > start - before:
            x, y = x - 1, y - 1
            matches.append((x, y))
        x, y = start, start - before
    return matches[::-1]


def _steps(old: Sequence[str], new: Sequence[str]) -> list[_Furthest]:
    """Return how far paths get before each further edit, up to the one that reaches the end.

    There are none if that takes too many edits.
    """
    furthest: _Furthest = {1: 0}
    steps = []
    for step in range(min(len(old) + len(new), MAX_EDITS) + 1):
        steps.append(dict(furthest))
        for diagonal in range(-step, step + 1, 2):
            before = _previous_diagonal(furthest, diagonal, step)
            x = furthest[before] + (before < diagonal)
            while x < len(old) and x - diagonal < len(new) and old[x] == new[x - diagonal]:
                x += 1
            furthest[diagonal] = x
            if x >= len(old) and x - diagonal >= len(new):
                return steps
    return []


def _previous_diagonal(furthest: _Furthest, diagonal: int, step: int) -> int:
    """Return the diagonal from which this one is reached.

    It is the one above for an insertion, the one below for a deletion.
    """
    if diagonal == -step or (diagonal != step and furthest[diagonal - 1] < furthest[diagonal + 1]):
        return diagonal + 1
    return diagonal - 1
