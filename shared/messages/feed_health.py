"""Whether a feed is unusually quiet: one answer for metric, console and board. Pure."""

from datetime import UTC, datetime, timedelta
from typing import Final

from shared.dates.usual_pause import MIN_QUIET_S, UsualPause
from shared.messages.schemas import FeedRhythm, FeedState

SLOT_S: Final = 300
"""The length of a slot in a FeedRhythm."""
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def unusual_quiet_s(state: FeedState, now: datetime) -> float | None:
    """Return for how many seconds nothing new has come, None if that is usual for the feed.

    Unusual is three times the usual gap, if that is also longer than all gaps of four weeks; and
    four weeks without an entry.
    """
    rhythm = state.rhythm
    if rhythm is None:
        return None
    last_at = last_moment(rhythm)
    if last_at is None:
        last_at = state.entry_at or state.arrived_at
        is_long = last_at is not None and now - last_at >= timedelta(days=28)
        return (now - last_at).total_seconds() if last_at and is_long else None
    quiet_s = (now - last_at).total_seconds()
    if rhythm.usual_gap_s is None or rhythm.longest_gap_s is None or quiet_s < MIN_QUIET_S:
        return None
    usual = UsualPause(rhythm.usual_gap_s, rhythm.longest_gap_s, rhythm.longest_gap_s)
    return quiet_s if usual.is_exceeded(quiet_s) else None


def last_moment(rhythm: FeedRhythm) -> datetime | None:
    """Return the beginning of the last slot with an entry; None if there is none."""
    bits = int.from_bytes(rhythm.slots, "little")
    if not bits:
        return None
    slot = rhythm.last_slot - ((bits & -bits).bit_length() - 1)
    return _EPOCH + timedelta(seconds=slot * SLOT_S)
