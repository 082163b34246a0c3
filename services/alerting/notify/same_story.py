"""Do two articles tell the same story? By their MinHash signatures. Pure."""

from collections.abc import Sequence
from typing import Final

NEAR_DUPLICATE_SIMILARITY: Final = 0.5
"""Share of common word 3-shingles (Jaccard) from which two articles are one story: F1 .921 on held-back pairs of near-duplicates."""


def is_near_duplicate(one: Sequence[int], other: Sequence[int]) -> bool:
    """Whether the signatures agree at half of their positions or more; a text without words is like no other."""
    if not one or len(one) != len(other):
        return False
    return sum(a == b for a, b in zip(one, other, strict=True)) >= NEAR_DUPLICATE_SIMILARITY * len(
        one
    )
