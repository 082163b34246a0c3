"""The Retry-After header (RFC 9110, 10.2.3): how long a client should wait."""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final

LONGEST_S: Final = 7 * 24 * 3600.0
"""No single header may stop us for longer than a week."""


def retry_after_s(value: str | None, now: datetime) -> float | None:
    """Return the seconds to wait from ``now``, 0 to LONGEST_S; None if missing or unreadable."""
    text = (value or "").strip()
    if text.isascii() and text.isdigit():
        return min(float(text[:12]), LONGEST_S)
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError, OverflowError):
        return None
    moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment
    return min(max((moment - now).total_seconds(), 0.0), LONGEST_S)
