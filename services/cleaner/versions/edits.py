"""The shortest way from one sequence to another (Myers 1986, "An O(ND) difference algorithm"), for as long as it is short. Pure.

difflib takes 7 s for two texts of 690 words that say three words in turn; this ends after so many edits on any input.
"""

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

MOST_EDITS: Final = 300
"""Words put in or taken out; a stretch that needs more was written anew."""
MOST_UNITS: Final = 4_000

_Furthest = dict[int, int]
"""How far in the old sequence a path comes on each diagonal (place in the old minus place in the new)."""


class Differs(NamedTuple):
    """A stretch of the old sequence, and the stretch of the new one that stands in its place."""

    old_start: int
    old_end: int
    start: int
    end: int


def edits(old: Sequence[str], new: Sequence[str]) -> Iterator[Differs]:
    """Where the sequences differ, in order; one stretch for all that lies between their equal ends where the way is not short."""
    head = _alike(old, new)
    tail = _alike(old[head:][::-1], new[head:][::-1])
    old_end, end = len(old) - tail, len(new) - tail
    done = (head, head)
    for x, y in (*_matches(old[head:old_end], new[head:end]), (old_end - head, end - head)):
        at = (head + x, head + y)
        if at != done:
            yield Differs(done[0], at[0], done[1], at[1])
        done = (at[0] + 1, at[1] + 1)


def _alike(old: Sequence[str], new: Sequence[str]) -> int:
    """How many units both begin with."""
    shorter = min(len(old), len(new))
    return next((at for at in range(shorter) if old[at] != new[at]), shorter)


def _matches(old: Sequence[str], new: Sequence[str]) -> list[tuple[int, int]]:
    """The places of units that stay, in order; none where the way is not short."""
    if max(len(old), len(new)) > MOST_UNITS:
        return []
    found: list[tuple[int, int]] = []
    x, y = len(old), len(new)
    for step, furthest in reversed(list(enumerate(_steps(old, new)))):
        before = _before(furthest, x - y, step)
        start = furthest[before]
        while x > start and y > start - before:
            x, y = x - 1, y - 1
            found.append((x, y))
        x, y = start, start - before
    return found[::-1]


def _steps(old: Sequence[str], new: Sequence[str]) -> list[_Furthest]:
    """How far paths come before each further edit, up to the one that comes to the end; none where that takes too many."""
    furthest: _Furthest = {1: 0}
    steps = []
    for step in range(min(len(old) + len(new), MOST_EDITS) + 1):
        steps.append(dict(furthest))
        for diagonal in range(-step, step + 1, 2):
            before = _before(furthest, diagonal, step)
            x = furthest[before] + (before < diagonal)
            while x < len(old) and x - diagonal < len(new) and old[x] == new[x - diagonal]:
                x += 1
            furthest[diagonal] = x
            if x >= len(old) and x - diagonal >= len(new):
                return steps
    return []


def _before(furthest: _Furthest, diagonal: int, step: int) -> int:
    """The diagonal from which this one is reached: by putting a unit in (from above) or by taking one out (from below)."""
    if diagonal == -step or (diagonal != step and furthest[diagonal - 1] < furthest[diagonal + 1]):
        return diagonal + 1
    return diagonal - 1
