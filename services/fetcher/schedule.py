"""When a feed is asked next, with which conditions, and what is remembered of its answers. Pure: times are passed in."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Final

from shared.ids import content_id
from shared.schemas import FeedState

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
LONGEST_WAIT_S: Final = 6 * 3600.0
"""A feed that keeps failing is asked this often at least, unless its own interval is longer."""
JITTER: Final = 0.1
SEEN_LIMIT: Final = 2_000
"""Four times what a feed may list (feed.MAX_ENTRIES), so that what it lists now is never forgotten."""
VALIDATOR_LIMIT: Final = 500


class Outcome(StrEnum):
    """What came of a poll."""

    CHANGED = "changed"
    UNCHANGED = "unchanged"
    FAILED = "failed"
    GONE = "gone"


@dataclass(frozen=True, slots=True, kw_only=True)
class Polled:
    """One poll: when, what came of it, and of a changed feed which entries it lists (``listed``, by key, in its order).

    ``done`` entries are finished with; ``tried`` ones wait for another try, with the tries so far. Any other listed entry that was not
    seen before waits as well. ``retry_after_s`` is what the server asked for.
    """

    at: datetime
    outcome: Outcome
    error: str | None = None
    retry_after_s: float | None = None
    etag: str | None = None
    last_modified: str | None = None
    listed: tuple[str, ...] = ()
    done: frozenset[str] = frozenset()
    tried: Mapping[str, int] = field(default_factory=dict)


def conditions(state: FeedState) -> dict[str, str]:
    """The request headers that let a server answer 304 where nothing has changed (RFC 9110, 13.1)."""
    headers = {"if-none-match": state.etag, "if-modified-since": state.last_modified}
    return {name: value for name, value in headers.items() if value is not None}


def due_at(state: FeedState, interval_s: float) -> datetime | None:
    """When the feed is to be asked next; the epoch where it never was, None where it is gone for good."""
    if state.gone:
        return None
    if state.polled_at is None:
        return EPOCH
    regular = state.polled_at + timedelta(seconds=wait_s(state.url, interval_s, state.failures))
    return max(regular, state.not_before or regular)


def wait_s(url: str, interval_s: float, failures: int) -> float:
    """Seconds between two polls: the interval, doubled a failure up to a limit, and up to a tenth more or less, fixed by the URL."""
    grown = min(interval_s * 2.0 ** min(failures, 30), max(interval_s, LONGEST_WAIT_S))
    fraction = int(content_id("jitter", url)[:8], 16) / 0xFFFFFFFF
    return grown * (1 - JITTER + 2 * JITTER * fraction)


def after(state: FeedState, polled: Polled) -> FeedState:
    """What is remembered once the poll is over."""
    asked = polled.at + timedelta(seconds=polled.retry_after_s) if polled.retry_after_s is not None else None
    base = replace(state, polled_at=polled.at, not_before=asked, last_error=polled.error)
    if polled.outcome is Outcome.FAILED:
        return replace(base, failures=state.failures + 1)
    if polled.outcome is Outcome.GONE:
        return replace(base, gone=True)
    if polled.outcome is Outcome.UNCHANGED:
        return replace(base, failures=0)
    return _changed(base, polled)


def _changed(state: FeedState, polled: Polled) -> FeedState:
    """Where entries still wait, no validators are kept: a 304 would keep back the list that they stand in."""
    listed, known = set(polled.listed), set(state.seen) | polled.done
    seen = (*(key for key in state.seen if key not in listed), *(key for key in reversed(polled.listed) if key in known))
    complete = listed <= known
    return replace(
        state,
        failures=0,
        seen=seen[-SEEN_LIMIT:],
        tried={key: polled.tried[key] for key in sorted(polled.tried)},
        etag=_validator(polled.etag) if complete else None,
        last_modified=_validator(polled.last_modified) if complete else None,
    )


def _validator(value: str | None) -> str | None:
    """A validator that can be sent back as it came; None for one that is too long or no plain text."""
    return value if value and len(value) <= VALIDATOR_LIMIT and value.isascii() and value.isprintable() else None
