"""Remember a feed's permanent redirects (301, 308), so that a poll is one request again. Pure.

The address in the feeds file stays the feed's name. Once a day it is requested again, so that a
redirect by mistake ends, and a failure at the new address ends it at once.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from ipaddress import ip_address
from typing import Final
from urllib.parse import SplitResult, urlsplit

from shared.messages.schemas import FeedMove

MIN_POLLS: Final = 3
MIN_AGE: Final = timedelta(days=1)
"""A redirect counts once so many polls in a row and so long a time have given the same one."""
CHECK_AFTER: Final = timedelta(days=1)
MAX_URL: Final = 2_048


def moved_url(move: FeedMove | None, now: datetime) -> str | None:
    """Return the address to request instead of the feed's own; None if it is that one's turn."""
    if move is None or move.polls < MIN_POLLS or not move.since + MIN_AGE <= now:
        return None
    return move.url if move.checked_at <= now < move.checked_at + CHECK_AFTER else None


def remember_move(
    before: FeedMove | None, target: str | None, now: datetime, *, at_target: bool
) -> FeedMove | None:
    """Return what to remember after a successful poll.

    ``target`` is where the feed's own address led for good; None if nowhere. ``at_target``: the
    poll requested the remembered address, and may have learnt of a further one.
    """
    if at_target and target is None:
        return before
    if target is None or len(target) > MAX_URL:
        return None
    if before is not None and before.url == target:
        return replace(before, checked_at=now, polls=min(before.polls + 1, MIN_POLLS))
    return FeedMove(url=target, since=now, checked_at=now)


def may_move(url: str, target: str, *, has_secrets: bool) -> bool:
    """Return whether a redirect may be remembered.

    Not from https to http, not to a host that is an address of a private network or has no domain,
    and not to another origin if the feed has headers, which only its own origin may see.
    """
    try:
        before, after = urlsplit(url), urlsplit(target)
        is_same_origin = _origin(before) == _origin(after)
    except ValueError:
        return False
    if (before.scheme, after.scheme) == ("https", "http") or "@" in after.netloc:
        return False
    return _is_public(after.hostname or "") and (is_same_origin or not has_secrets)


def _origin(parts: SplitResult) -> tuple[str, str | None, int | None]:
    return parts.scheme, parts.hostname, parts.port


def _is_public(host: str) -> bool:
    try:
        return ip_address(host).is_global
    except ValueError:
        return "." in host.strip(".") and not host.rstrip(".").endswith((".local", ".internal"))
