"""The number at which a clause begins to hold: a distance, or how often an operand occurs. Pure.

Whether a clause holds changes once along the numbers, so bisection finds where.
"""

from bisect import bisect_left
from dataclasses import replace

from services.alerting.explain.failure import holds
from services.alerting.language.document import Document
from services.alerting.language.parsing.scan import MAX_DISTANCE
from services.alerting.language.tree import AtLeast, Near, Region


def least_distance(near: Near, document: Document, region: Region) -> int | None:
    """Return the smallest n of W/n or PRE/n at which the pair holds.

    Of NOT W/n the largest; None if none from 1 to 1000 does.
    """
    if near.negated:
        fails = bisect_left(
            range(1, MAX_DISTANCE + 1),
            True,
            key=lambda n: not holds(replace(near, distance=n), document, region),
        )
        return fails or None
    distance = (
        bisect_left(
            range(1, MAX_DISTANCE + 1),
            True,
            key=lambda n: holds(replace(near, distance=n), document, region),
        )
        + 1
    )
    return distance if distance <= MAX_DISTANCE else None


def most_occurrences(node: AtLeast, document: Document, region: Region) -> int:
    """Return the largest n below the clause's own at which ATLEASTn holds, 0 if none does."""
    return bisect_left(
        range(1, node.count),
        True,
        key=lambda n: not holds(replace(node, count=n), document, region),
    )
