"""The number at which a clause begins to hold: how far apart two operands are, how often one occurs. Pure.

Whether a clause holds changes once along the numbers, so halving finds where.
"""

from bisect import bisect_left
from dataclasses import replace

from services.alerting.explain.failure import holds
from services.alerting.language.document import Document
from services.alerting.language.parsing.scan import MAX_DISTANCE
from services.alerting.language.tree import AtLeast, Near, Place


def least_distance(near: Near, document: Document, place: Place | None) -> int | None:
    """The smallest n of W/n or PRE/n at which the pair holds; of a NOT W/n the largest. None where no n from 1 to 1000 does."""
    if near.negated:
        fails = bisect_left(
            range(1, MAX_DISTANCE + 1),
            True,
            key=lambda n: not holds(replace(near, distance=n), document, place),
        )
        return fails or None
    found = (
        bisect_left(
            range(1, MAX_DISTANCE + 1),
            True,
            key=lambda n: holds(replace(near, distance=n), document, place),
        )
        + 1
    )
    return found if found <= MAX_DISTANCE else None


def most_occurrences(node: AtLeast, document: Document, place: Place | None) -> int:
    """The largest n below the asked one at which ATLEASTn holds; 0 where the operand does not occur."""
    return bisect_left(
        range(1, node.count), True, key=lambda n: not holds(replace(node, count=n), document, place)
    )
