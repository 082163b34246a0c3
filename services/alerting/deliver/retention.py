"""May a notification have been told so long ago that the ledger has forgotten it? Pure.

An id that the ledger does not hold is new, unless the ledger has forgotten it: then its article is older than what the ledger
reaches back to. An article's age is that of its event time, which a replay and a second download do not change. An article
without a date of its own counts as old: it is dated by each download anew.
"""

from datetime import datetime, timedelta
from typing import Final

from shared.messages.schemas import Alert, Notification, TimeSource

CLOCKS_DIFFER: Final = timedelta(days=2)
"""A page may be dated up to a day after its download (cleaner/event_time.py), and zones differ by a day."""


def may_predate_ledger(
    notification: Notification, written_at: datetime, *, forgotten_before: datetime | None
) -> bool:
    """Whether an earlier post of it may be forgotten. ``written_at``: the time of its record.

    ``forgotten_before``: what the ledger last saw before this moment it may have forgotten; None: nothing yet.
    """
    if forgotten_before is None:
        return False
    oldest = forgotten_before + CLOCKS_DIFFER
    return written_at < oldest or any(
        _is_undated(alert, written_at) or alert.event_time < oldest for alert in notification.alerts
    )


def _is_undated(alert: Alert, written_at: datetime) -> bool:
    """Whether nothing but a download dates the article, or its date is none: nobody writes of tomorrow."""
    return (
        alert.event_time_source is TimeSource.FETCHED
        or alert.event_time > written_at + CLOCKS_DIFFER
    )
