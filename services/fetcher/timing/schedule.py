"""When to poll a feed next, with which conditions, and what to remember of its responses.

The feed's rhythm says how long to wait (rhythm_wait.py), the feeds file between which limits.
Failures lengthen the wait, and a Retry-After replaces it. Pure: times are passed in.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Final

from services.fetcher.entries.page_memory import is_later_try_due, limit_pages
from services.fetcher.feed_error import ErrorKind
from services.fetcher.sources.feeds_file import FeedSpec
from services.fetcher.timing.moves import remember_move
from services.fetcher.timing.rhythm import extend_rhythm, usual_pause
from services.fetcher.timing.rhythm_wait import FIRST_WAIT_S, LEISURE_S, rhythm_wait_s
from shared.messages.ids import content_id
from shared.messages.schemas import FeedHints, FeedRhythm, FeedState, PageMemory

EPOCH: Final = datetime.min.replace(tzinfo=UTC)
"""Before anything that a clock says."""
LONGEST_WAIT_S: Final = 6 * 3600.0
"""A feed that keeps failing is polled at least this often, unless its interval is longer."""
MAX_INTERVAL: Final = timedelta(days=1)
"""The longest wait for a poll, whatever servers or a wrong clock say; gone feeds wait this long."""
FULL_READ_AFTER: Final = timedelta(days=1)
"""How often to poll without conditions: a server with broken validators answers 304 for ever."""
PENDING_WAIT_S: Final = 300.0
"""Entries that a poll had to leave do not wait for the rhythm."""
JITTER: Final = 0.1
SEEN_LIMIT: Final = 2_000
"""Four times feed_parser.MAX_ENTRIES, so that what a feed lists now is never forgotten."""
VALIDATOR_LIMIT: Final = 500
ERROR_LIMIT: Final = 500


class PollOutcome(StrEnum):
    """The outcome of a poll."""

    CHANGED = "changed"
    UNCHANGED = "unchanged"
    FAILED = "failed"
    GONE = "gone"


@dataclass(frozen=True, slots=True, kw_only=True)
class PollReport:
    """One poll: its time, its outcome and, for a changed feed, its entries.

    ``listed`` are the keys of the feed's entries, in its order. ``finished`` ones are done;
    any other that was not seen before is pending. By page id: ``tries`` are the failed downloads of
    pending pages, ``pages`` what is remembered of pages now, ``listed_pages`` those of the listed
    entries. ``retry_after_s`` is the wait that the server asks for.

    For the rhythm: ``moments`` at which new entries appeared, the time of the oldest in the list
    (``list_since``) and of the latest (``entry_at``), the feed's ``hints`` and for how long the
    response is fresh. ``moved_to`` is where permanent redirects led; ``at_moved``: the poll
    requested the address that is remembered from earlier ones.
    """

    polled_at: datetime
    outcome: PollOutcome
    error: str | None = None
    error_kind: ErrorKind | None = None
    retry_after_s: float | None = None
    etag: str | None = None
    last_modified: str | None = None
    listed: tuple[str, ...] = ()
    finished: frozenset[str] = frozenset()
    tries: Mapping[str, int] = field(default_factory=dict)
    pages: Mapping[str, PageMemory] = field(default_factory=dict)
    listed_pages: frozenset[str] = frozenset()
    moments: tuple[datetime, ...] = ()
    list_since: datetime | None = None
    entry_at: datetime | None = None
    hints: FeedHints | None = None
    fresh_s: float = 0.0
    moved_to: str | None = None
    at_moved: bool = False


def conditional_headers(state: FeedState, now: datetime) -> dict[str, str]:
    """Return the headers that let a server answer 304 if nothing has changed (RFC 9110, 13.1).

    Once a day there are none, and when a page that failed may be requested again.
    """
    if state.read_at is None or not state.read_at <= now < state.read_at + FULL_READ_AFTER:
        return {}
    if any(is_later_try_due(page, now) for page in state.pages.values()):
        return {}
    headers = {"if-none-match": state.etag, "if-modified-since": state.last_modified}
    return {name: value for name, value in headers.items() if value is not None}


def due_at(
    state: FeedState, interval_s: float, now: datetime, longest_s: float | None = None
) -> datetime:
    """Return when to poll the feed next: EPOCH if never polled, at most MAX_INTERVAL after a poll.

    The wait is ``interval_s``, or what the rhythm says between that and ``longest_s``. A last poll
    in the future comes from a wrong clock and counts as none.
    """
    if state.polled_at is None or state.polled_at > now:
        return EPOCH
    latest = state.polled_at + MAX_INTERVAL
    if state.gone:
        return latest
    base_s = regular_wait_s(state, interval_s, longest_s)
    wait = wait_s(state.url, base_s, state.failures)
    if state.not_before is None:
        return min(state.polled_at + timedelta(seconds=wait), latest)
    if state.failures > 0:
        # The server's word replaces the back-off, unless it gives the same one for ever.
        wait = min(wait, wait_s(state.url, interval_s, state.failures - 1))
    return min(max(state.not_before, state.polled_at + timedelta(seconds=wait)), latest)


def regular_wait_s(state: FeedState, interval_s: float, longest_s: float | None = None) -> float:
    """Return the wait of a feed that works, within its limits."""
    wait = state.rhythm.wait_s if state.rhythm else None
    return max(interval_s, min(FIRST_WAIT_S if wait is None else wait, longest_s or interval_s))


def wait_s(url: str, interval_s: float, failures: int) -> float:
    """Return the seconds between two polls: the interval, doubled per failure up to a limit.

    The URL determines a jitter of up to a tenth.
    """
    backoff_s = min(interval_s * 2.0 ** min(max(failures, 0), 30), max(interval_s, LONGEST_WAIT_S))
    fraction = int(content_id("jitter", url)[:8], 16) / 0xFFFFFFFF
    return backoff_s * (1 - JITTER + 2 * JITTER * fraction)


def next_state(state: FeedState, report: PollReport, leisure_s: float = LEISURE_S) -> FeedState:
    """Return what to remember of the feed after the poll; ``leisure_s``: see rhythm_wait.py."""
    not_before, error = None, None
    if report.retry_after_s is not None:
        not_before = report.polled_at + timedelta(seconds=report.retry_after_s)
    if report.error is not None:
        # A state has to be writable, so it may not contain a lone surrogate.
        error = report.error[:ERROR_LIMIT].encode("utf-8", "replace").decode()
    base = replace(
        state,
        polled_at=report.polled_at,
        not_before=not_before,
        last_error=error,
        error_kind=str(report.error_kind) if report.error_kind else None,
        next_at=None,
    )
    if report.outcome in (PollOutcome.FAILED, PollOutcome.GONE) and report.at_moved:
        base = replace(base, moved=None)
    if report.outcome is PollOutcome.FAILED:
        return replace(base, failures=state.failures + 1)
    if report.outcome is PollOutcome.GONE:
        return replace(base, gone=True, gone_since=_gone_since(state, report.polled_at))
    working = replace(
        base,
        failures=0,
        gone=False,
        gone_since=None,
        succeeded_at=report.polled_at,
        moved=remember_move(
            state.moved, report.moved_to, report.polled_at, at_target=report.at_moved
        ),
    )
    if report.outcome is PollOutcome.CHANGED:
        working = _add_entries(working, report)
    return replace(working, rhythm=_next_rhythm(working, report, leisure_s))


def with_next_poll(state: FeedState, interval_s: float, longest_s: float | None) -> FeedState:
    """Return the state after a poll with the time of the next one, for those who read it."""
    if state.polled_at is None:
        return state
    return replace(state, next_at=due_at(state, interval_s, state.polled_at, longest_s))


def reset_state(state: FeedState) -> FeedState:
    """Forget what delays the next poll or makes it conditional; entries and rhythm stay."""
    return FeedState(
        url=state.url,
        seen=state.seen,
        pages=state.pages,
        succeeded_at=state.succeeded_at,
        arrived_at=state.arrived_at,
        entry_at=state.entry_at,
        rhythm=state.rhythm,
        hints=state.hints,
    )


def end_back_off(state: FeedState, before: FeedSpec, after: FeedSpec) -> FeedState:
    """Return the state after the feed's line in the feeds file changed: the same unless it fails.

    A feed that failed is polled at once if it is now asked in another way, as what was wrong may
    have been repaired: a token, a header, the user agent.
    """
    is_asked_otherwise = (before.headers, before.user_agent, before.ignore_robots) != (
        after.headers,
        after.user_agent,
        after.ignore_robots,
    )
    return reset_state(state) if is_asked_otherwise and (state.failures or state.gone) else state


def _next_rhythm(state: FeedState, report: PollReport, leisure_s: float) -> FeedRhythm:
    """Return the rhythm after a poll, with the wait that follows from it."""
    now, before = report.polled_at, state.rhythm
    rhythm = extend_rhythm(before, report.moments, now)
    is_listed = report.outcome is PollOutcome.CHANGED
    list_since = report.list_since if is_listed or before is None else before.list_since
    wait = rhythm_wait_s(
        rhythm,
        now,
        hints=state.hints,
        fresh_s=report.fresh_s,
        list_since=list_since,
        longest_s=MAX_INTERVAL.total_seconds(),
        leisure_s=leisure_s,
    )
    if not set(report.listed) <= set(state.seen):
        wait = min(wait, PENDING_WAIT_S)
    usual = usual_pause(rhythm)
    return replace(
        rhythm,
        wait_s=round(wait, 1),
        list_since=list_since,
        usual_gap_s=usual.usual_s if usual else None,
        longest_gap_s=usual.longest_s if usual else None,
    )


def _gone_since(state: FeedState, now: datetime) -> datetime:
    """Return the time of the first 410, or the last one if the state does not have the first.

    A time in the future comes from a wrong clock and counts as none.
    """
    since = (state.gone_since or state.polled_at) if state.gone else None
    return since if since and since <= now else now


def _add_entries(state: FeedState, report: PollReport) -> FeedState:
    """Remember the entries and validators of a changed feed.

    While entries are pending there are no validators: a 304 would not include their list.
    """
    listed, settled = set(report.listed), set(state.seen) | report.finished
    is_complete = listed <= settled
    seen = (
        *(key for key in state.seen if key not in listed),
        *(key for key in reversed(report.listed) if key in settled),
    )
    return replace(
        state,
        failures=0,
        seen=seen[-SEEN_LIMIT:],
        tried={key: report.tries[key] for key in sorted(report.tries)},
        pages=limit_pages(report.pages, report.listed_pages),
        read_at=report.polled_at,
        hints=report.hints,
        arrived_at=report.polled_at if report.moments else state.arrived_at,
        entry_at=report.entry_at or state.entry_at,
        etag=_usable_validator(report.etag) if is_complete else None,
        last_modified=_usable_validator(report.last_modified) if is_complete else None,
    )


def _usable_validator(value: str | None) -> str | None:
    """Return a validator that can be sent back unchanged; None if it is too long or not ASCII."""
    return (
        value
        if value and len(value) <= VALIDATOR_LIMIT and value.isascii() and value.isprintable()
        else None
    )
