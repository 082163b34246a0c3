"""How long a response stays fresh (RFC 9111, 4.2): until then caches answer the same. Pure."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final

LONGEST_S: Final = 7 * 24 * 3600.0
_MAX_AGE: Final = re.compile(r'(?:^|[\s,])max-age="?([0-9]{1,9})"?(?=$|[\s,;])', re.IGNORECASE)
_SECONDS: Final = re.compile(r"[0-9]{1,9}")
_LONGEST_HEADER: Final = 1_000


def fresh_s(headers: Mapping[str, str], now: datetime) -> float:
    """Return the seconds from ``now`` for which the response is fresh; 0 if it does not say.

    Header names are in lower case. Cache-Control beats Expires; Age is what a cache has used up.
    """
    control = headers.get("cache-control", "")[:_LONGEST_HEADER].lower()
    if "no-cache" in control or "no-store" in control:
        return 0.0
    if match := _MAX_AGE.search(control):
        age = _SECONDS.fullmatch(headers.get("age", "").strip())
        lifetime_s = float(match[1]) - (float(age[0]) if age else 0.0)
    else:
        expires_at = _read_time(headers.get("expires"))
        lifetime_s = (
            (expires_at - (_read_time(headers.get("date")) or now)).total_seconds()
            if expires_at
            else 0.0
        )
    return min(max(lifetime_s, 0.0), LONGEST_S)


def _read_time(text: str | None) -> datetime | None:
    try:
        moment = parsedate_to_datetime((text or "")[:100])
    except (ValueError, TypeError, OverflowError):
        return None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment
