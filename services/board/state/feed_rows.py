"""The feeds as the board's page shows them: health, rhythm, and what can be done. Pure."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final
from urllib.parse import urlsplit

from services.board.state.excerpt import shorten
from shared.messages.feed_health import unusual_quiet_s
from shared.messages.ids import content_id
from shared.messages.schemas import FeedState

ROWS: Final = 500
NAME_CHARACTERS: Final = 200
ERROR_CHARACTERS: Final = 300
ID_CHARACTERS: Final = 16
OVERDUE: Final = timedelta(minutes=15)
"""A feed that is due for so long is not in the file of any fetcher, or no fetcher runs."""


class FeedCondition(StrEnum):
    """What a feed's state comes to, the worst first."""

    GONE = "gone"
    FAILING = "failing"
    OVERDUE = "overdue"
    QUIET = "quiet"
    NEW = "new"
    OK = "ok"


_ORDER: Final = {condition: number for number, condition in enumerate(FeedCondition)}


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedHealthRow:
    """A feed. Times are in UTC, spans in seconds; None is unknown.

    ``id`` names it in requests: its address may hold a key, so ``address`` has no query.
    ``quiet_s`` is how long nothing new has come, if that is unusual. ``is_requested``: an operator
    has asked for a poll that has not ended yet.
    """

    id: str
    name: str
    source: str
    address: str
    condition: FeedCondition
    error_kind: str
    error: str
    failures: int
    gone_since: datetime | None
    polled_at: datetime | None
    succeeded_at: datetime | None
    next_at: datetime | None
    arrived_at: datetime | None
    usual_gap_s: int | None
    quiet_s: float | None
    moved_to: str
    is_requested: bool


def feed_id(url: str) -> str:
    """Return the id by which the page names a feed."""
    return content_id("feed", url)[:ID_CHARACTERS]


def summarise_feeds(
    states: Iterable[FeedState], requests: Collection[str], now: datetime
) -> dict[str, Any]:
    """Return the page: the feeds with trouble first, and how many there are of each condition."""
    rows = sorted((build_feed_row(state, state.url in requests, now) for state in states), key=_key)
    counts = {str(condition): 0 for condition in FeedCondition}
    for row in rows:
        counts[row.condition] += 1
    return {"counts": counts, "feeds": rows[:ROWS], "more": max(0, len(rows) - ROWS)}


def build_feed_row(state: FeedState, is_requested: bool, now: datetime) -> FeedHealthRow:
    """Return a feed's row."""
    rhythm, quiet_s = state.rhythm, unusual_quiet_s(state, now)
    return FeedHealthRow(
        id=feed_id(state.url),
        name=shorten(state.name or "", NAME_CHARACTERS),
        source=shorten(state.source or "", NAME_CHARACTERS),
        address=address_without_query(state.url),
        condition=_condition(state, quiet_s, now),
        error_kind=state.error_kind or "",
        error=shorten(state.last_error or "", ERROR_CHARACTERS),
        failures=state.failures,
        gone_since=state.gone_since if state.gone else None,
        polled_at=state.polled_at,
        succeeded_at=state.succeeded_at,
        next_at=state.next_at,
        arrived_at=state.arrived_at,
        usual_gap_s=rhythm.usual_gap_s if rhythm else None,
        quiet_s=quiet_s,
        moved_to=address_without_query(state.moved.url) if state.moved else "",
        is_requested=is_requested,
    )


def address_without_query(url: str) -> str:
    """Return host and path only: a query may hold a key."""
    try:
        parts = urlsplit(url)
        return shorten(f"{parts.hostname or ''}{parts.path}", NAME_CHARACTERS)
    except ValueError:
        return "a feed without a readable address"


def _condition(state: FeedState, quiet_s: float | None, now: datetime) -> FeedCondition:
    if state.gone:
        return FeedCondition.GONE
    if state.failures:
        return FeedCondition.FAILING
    if state.polled_at is None:
        return FeedCondition.NEW
    if state.next_at is not None and now > state.next_at + OVERDUE:
        return FeedCondition.OVERDUE
    return FeedCondition.OK if quiet_s is None else FeedCondition.QUIET


def _key(row: FeedHealthRow) -> tuple[int, int, str, str]:
    return _ORDER[row.condition], -row.failures, row.source, row.address
