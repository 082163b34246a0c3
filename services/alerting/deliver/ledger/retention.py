"""Whether a notification may be so old that the ledger has forgotten an earlier post of it. Pure.

An id that the ledger does not hold is new, unless the ledger has forgotten it: then its article is
older than the ledger reaches back. An article's age is that of its event time, which a replay or a
second download does not change. An article without a date of its own counts as old: each download
gives it another date.
"""

from datetime import datetime, timedelta
from typing import Final

from shared.messages.schemas import Alert, Notification, TimeSource

CLOCKS_DIFFER: Final = timedelta(days=2)
"""A page may be dated up to a day after its download (services/cleaner); zones add another day."""


def may_predate_ledger(
    notification: Notification, written_at: datetime, *, forgotten_before: datetime | None
) -> bool:
    """Return whether an earlier post of the notification may be forgotten.

    ``written_at`` is the time of its record. The ledger may have forgotten what it last saw before
    ``forgotten_before``; None: it has forgotten nothing yet.
    """
    if forgotten_before is None:
        return False
    oldest = forgotten_before + CLOCKS_DIFFER
    return written_at < oldest or any(
        _is_undated(alert, written_at) or alert.event_time < oldest for alert in notification.alerts
    )


def _is_undated(alert: Alert, written_at: datetime) -> bool:
    """Return whether only the download dates the article, or its date is in the future."""
    is_future = alert.event_time > written_at + CLOCKS_DIFFER
    return alert.event_time_source is TimeSource.FETCHED or is_future
