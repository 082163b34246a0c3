"""The Retry-After header (RFC 9110, 10.2.3): how long a server asks to be left alone."""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final

LONGEST_S: Final = 7 * 24 * 3600.0
"""No server may silence us for longer than a week by one header."""


def retry_after_s(value: str | None, now: datetime) -> float | None:
    """Seconds from ``now`` that the header's value asks for, 0 to LONGEST_S; None where there is none or it says nothing readable."""
    text = (value or "").strip()
    if text.isascii() and text.isdigit():
        return min(float(text[:12]), LONGEST_S)
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError, OverflowError):
        return None
    moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment
    return min(max((moment - now).total_seconds(), 0.0), LONGEST_S)
