"""Decides from which offset the board reads a partition when it starts. Pure.

Transaction markers have offsets too, and the ledger holds several records per notification: hence
more offsets than alerts.
"""

from dataclasses import dataclass
from typing import Final

from services.board.state.rolling_counts import HOUR_MS
from shared.kafka.topics import (
    ALERTS,
    ARTICLES_TAGGED,
    DELIVERIES,
    DISPATCHES,
    FEEDBACK,
    FEEDS,
    NOTIFICATIONS,
    RULES,
    SILENCES,
    WATCH,
)

DAY_MS: Final = 24 * HOUR_MS
RECONCILED_MS: Final = HOUR_MS
"""Alerts of the hour before the start are reconciled with their outcomes, which come later."""
CLOCKS_DIFFER_MS: Final = 10 * 60_000
"""So much earlier may the clock be of a machine that writes an alert's outcome."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadBack:
    """How far back to read a topic.

    ``offsets_per_alert`` offsets for each alert on the board (None: the whole topic), and at least
    ``window_ms`` milliseconds and ``offsets`` offsets.
    """

    offsets_per_alert: int | None
    window_ms: int = 0
    offsets: int = 0


_REACH: Final = {
    ALERTS.name: ReadBack(offsets_per_alert=2, window_ms=RECONCILED_MS),
    DISPATCHES.name: ReadBack(offsets_per_alert=0, window_ms=RECONCILED_MS + CLOCKS_DIFFER_MS),
    NOTIFICATIONS.name: ReadBack(offsets_per_alert=4, window_ms=RECONCILED_MS + CLOCKS_DIFFER_MS),
    DELIVERIES.name: ReadBack(offsets_per_alert=None),  # what is parked may be months old
    FEEDS.name: ReadBack(offsets_per_alert=None),
    RULES.name: ReadBack(offsets_per_alert=None),
    WATCH.name: ReadBack(offsets_per_alert=None),
    SILENCES.name: ReadBack(offsets_per_alert=None),
    FEEDBACK.name: ReadBack(offsets_per_alert=None),
    ARTICLES_TAGGED.name: ReadBack(
        offsets_per_alert=0, window_ms=HOUR_MS, offsets=50
    ),  # of each partition: recent articles to try rules on
}
_DEAD_LETTERS: Final = ReadBack(offsets_per_alert=0, window_ms=DAY_MS)


def read_back(topic: str) -> ReadBack:
    """Return how far back the board reads a topic; one not in the table holds dead letters."""
    return _REACH.get(topic, _DEAD_LETTERS)


def start_offset(
    topic: str,
    *,
    alerts: int,
    first: int,
    end: int,
    since: int | None,
    unfinished: int | None = None,
) -> int:
    """Return the offset to start at.

    ``since`` is the first offset within the window; None if nothing is that recent. What the stage
    that reads the topic has not finished, from ``unfinished`` on, is read in any case.
    """
    window = read_back(topic)
    tail = (
        first
        if window.offsets_per_alert is None
        else end - max(window.offsets_per_alert * alerts, window.offsets)
    )
    start = min(tail, end if since is None else since)
    return max(first, start if unfinished is None else min(start, unfinished))
