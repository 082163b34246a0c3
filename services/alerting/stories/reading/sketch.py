"""A sketch of a text's runs of four words, by which reprints and excerpts are recognised.

Of the runs' hashes the smallest are kept (a bottom-k sketch, Cohen 1997). The hashes of two
sketches below the smaller one's largest are samples of both texts alike, so they estimate how much
of the shorter text stands in the longer.
"""

from collections.abc import Sequence
from typing import Final
from zlib import crc32

RUN_WORDS: Final = 4
MAX_HASHES: Final = 160


def sketch(words: Sequence[str]) -> tuple[int, ...]:
    """Return the smallest hashes of the runs, in order; a shorter text is one run."""
    starts = range(max(1, len(words) - RUN_WORDS + 1)) if words else range(0)
    runs = {" ".join(words[start : start + RUN_WORDS]) for start in starts}
    return tuple(sorted({crc32(run.encode("utf-8", "replace")) for run in runs})[:MAX_HASHES])


def containment(left: Sequence[int], right: Sequence[int]) -> float:
    """Estimate which share of the shorter text's runs stands in the other, from 0 to 1."""
    if not left or not right:
        return 0.0
    full = [hashes[-1] for hashes in (left, right) if len(hashes) == MAX_HASHES]
    limit = min(full, default=max(left[-1], right[-1]))
    one, other = ({each for each in hashes if each <= limit} for hashes in (left, right))
    return len(one & other) / max(1, min(len(one), len(other)))
