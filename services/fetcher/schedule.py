"""When a feed is asked next, with which conditions, and what is remembered of its answers. Pure: times are passed in."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Final

from services.fetcher.page_memory import limit_pages
from shared.messages.ids import content_id
from shared.messages.schemas import FeedState, PageMemory

EPOCH: Final = datetime.min.replace(tzinfo=UTC)
"""Past whatever a clock says."""
LONGEST_WAIT_S: Final = 6 * 3600.0
"""A feed that keeps failing is asked this often at least, unless its own interval is longer."""
MAX_INTERVAL: Final = timedelta(days=1)
"""No feed waits longer for its next poll, whatever a server, a failure or a wrong clock says; a gone feed waits this long."""
FULL_READ_AFTER: Final = timedelta(days=1)
"""So often a feed is asked without conditions: a server whose validators are broken answers 304 for ever."""
JITTER: Final = 0.1
SEEN_LIMIT: Final = 2_000
"""Four times what a feed may list (feed.MAX_ENTRIES), so that what it lists now is never forgotten."""
VALIDATOR_LIMIT: Final = 500
ERROR_LIMIT: Final = 500


class PollOutcome(StrEnum):
    """What came of a poll."""

    CHANGED = "changed"
    UNCHANGED = "unchanged"
    FAILED = "failed"
    GONE = "gone"


@dataclass(frozen=True, slots=True, kw_only=True)
class PollReport:
    """One poll: when, what came of it, and of a changed feed which entries it lists (``listed``, by key, in its order).

    ``done`` entries are finished with; any other listed entry that was not seen before waits. By page id: ``tried`` are the failed
    downloads of pages that wait, ``pages`` what is known of pages now, ``listed_pages`` those of the listed entries.
    ``retry_after_s`` is what the server asked for.
    """

    polled_at: datetime
    outcome: PollOutcome
    error: str | None = None
    retry_after_s: float | None = None
    etag: str | None = None
    last_modified: str | None = None
    listed: tuple[str, ...] = ()
    finished: frozenset[str] = frozenset()
    tries: Mapping[str, int] = field(default_factory=dict)
    pages: Mapping[str, PageMemory] = field(default_factory=dict)
    listed_pages: frozenset[str] = frozenset()


def conditional_headers(state: FeedState, now: datetime) -> dict[str, str]:
    """The request headers that let a server answer 304 where nothing has changed (RFC 9110, 13.1); once a day there are none."""
    if state.read_at is None or not state.read_at <= now < state.read_at + FULL_READ_AFTER:
        return {}
    headers = {"if-none-match": state.etag, "if-modified-since": state.last_modified}
    return {name: value for name, value in headers.items() if value is not None}


def due_at(state: FeedState, interval_s: float, now: datetime) -> datetime:
    """Return when the feed is to be asked next: the epoch where it never was, and at most MAX_INTERVAL after its last poll.

    A last poll in the future was noted by a wrong clock, with whatever follows from it: nothing is known then.
    """
    if state.polled_at is None or state.polled_at > now:
        return EPOCH
    if state.gone:
        return state.polled_at + MAX_INTERVAL
    regular = state.polled_at + timedelta(seconds=wait_s(state.url, interval_s, state.failures))
    return min(max(regular, state.not_before or regular), state.polled_at + MAX_INTERVAL)


def wait_s(url: str, interval_s: float, failures: int) -> float:
    """Seconds between two polls: the interval, doubled a failure up to a limit, and up to a tenth more or less, fixed by the URL."""
    grown = min(interval_s * 2.0 ** min(max(failures, 0), 30), max(interval_s, LONGEST_WAIT_S))
    fraction = int(content_id("jitter", url)[:8], 16) / 0xFFFFFFFF
    return grown * (1 - JITTER + 2 * JITTER * fraction)


def next_state(state: FeedState, polled: PollReport) -> FeedState:
    """What is remembered once the poll is over."""
    asked = (
        polled.polled_at + timedelta(seconds=polled.retry_after_s)
        if polled.retry_after_s is not None
        else None
    )
    error = (
        None
        if polled.error is None
        else polled.error[:ERROR_LIMIT].encode("utf-8", "replace").decode()
    )  # a state must be writable
    base = replace(state, polled_at=polled.polled_at, not_before=asked, last_error=error)
    if polled.outcome is PollOutcome.FAILED:
        return replace(base, failures=state.failures + 1)
    if polled.outcome is PollOutcome.GONE:
        return replace(base, gone=True, gone_since=_gone_since(state, polled.polled_at))
    back = replace(base, failures=0, gone=False, gone_since=None)
    return back if polled.outcome is PollOutcome.UNCHANGED else _changed(back, polled)


def reset_state(state: FeedState) -> FeedState:
    """Forget everything that delays the next poll or lets the server answer it with less than the whole feed; entries stay seen."""
    return FeedState(url=state.url, seen=state.seen, pages=state.pages)


def _gone_since(state: FeedState, now: datetime) -> datetime:
    """The first 410; of a state that did not note it, the last one that is known. A time in the future is a wrong clock's."""
    noted = (state.gone_since or state.polled_at) if state.gone else None
    return noted if noted and noted <= now else now


def _changed(state: FeedState, polled: PollReport) -> FeedState:
    """Where entries still wait, no validators are kept: a 304 would keep back the list that they stand in."""
    listed, known = set(polled.listed), set(state.seen) | polled.finished
    seen = (
        *(key for key in state.seen if key not in listed),
        *(key for key in reversed(polled.listed) if key in known),
    )
    complete = listed <= known
    return replace(
        state,
        failures=0,
        seen=seen[-SEEN_LIMIT:],
        tried={key: polled.tries[key] for key in sorted(polled.tries)},
        pages=limit_pages(polled.pages, polled.listed_pages),
        read_at=polled.polled_at,
        etag=_validator(polled.etag) if complete else None,
        last_modified=_validator(polled.last_modified) if complete else None,
    )


def _validator(value: str | None) -> str | None:
    """A validator that can be sent back as it came; None for one that is too long or no plain text."""
    return (
        value
        if value and len(value) <= VALIDATOR_LIMIT and value.isascii() and value.isprintable()
        else None
    )
