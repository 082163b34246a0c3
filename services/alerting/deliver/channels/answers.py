"""What a destination's answer means for a notification. Pure; never contains an address."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from shared.http.errors import HttpErrorKind
from shared.http.retry_after import retry_after_s
from shared.messages.schemas import StoryThread

MAX_RETRY_AFTER_S: Final = 3_600.0
"""A destination may ask for more; a try per hour does no harm, and survives a wrong header."""
_WORD: Final = re.compile(r"[a-z][a-z_ ]{1,40}", re.ASCII)


class Verdict(StrEnum):
    """What is known after a post.

    ``unsent``: certainly not accepted, may be retried. ``in_doubt``: may have been accepted.
    ``malformed``: refused for its form. ``gone``: the address refuses everything.
    """

    ACCEPTED = "accepted"
    UNSENT = "unsent"
    IN_DOUBT = "in_doubt"
    MALFORMED = "malformed"
    GONE = "gone"


_VERDICTS: Final = {
    408: Verdict.IN_DOUBT,  # the server got tired of reading, and may have read all
    421: Verdict.UNSENT,  # this connection reached a server that is not responsible
    425: Verdict.UNSENT,  # too early: sent in TLS early data, to be sent again
    429: Verdict.UNSENT,
    **dict.fromkeys((401, 402, 403, 404, 405, 407, 410, 451, 511), Verdict.GONE),
}
"""Statuses that mean more than their class. 511 is the log-in page of a network on the way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A verdict, a short account without secrets, and how long the destination asks us to wait.

    ``thread`` is the thread that an accepted post began. ``is_thread_lost``: the one that it was to
    go to does not exist any more.
    """

    verdict: Verdict
    detail: str = ""
    retry_after_s: float | None = None
    thread: StoryThread | None = None
    is_thread_lost: bool = False


def classify(status: int, body: bytes, headers: Mapping[str, str], now: datetime) -> Answer:
    """Classify an HTTP response.

    2xx is accepted; 421, 425 and 429 unsent; 408 and 5xx in doubt; redirects and what refuses the
    address itself (401 to 405, 407, 410, 451, 511) gone; all others of 4xx malformed. Redirects are
    not followed: who moves an address must configure it.
    """
    detail = f"{status} {error_word(body)}".strip()
    retry_after = _limit_retry_after(headers, now)
    return Answer(verdict=_verdict(status), detail=detail, retry_after_s=retry_after)


def classify_error(kind: HttpErrorKind) -> Answer:
    """Classify a failure without a response.

    It is unsent only if there was no connection, and gone if the address can never be requested.
    """
    if kind in (HttpErrorKind.BAD_URL, HttpErrorKind.REFUSED):
        return Answer(verdict=Verdict.GONE, detail=f"not asked: {kind}")
    verdict = Verdict.UNSENT if kind.is_unsent else Verdict.IN_DOUBT
    return Answer(verdict=verdict, detail=f"no answer: {kind}")


def error_word(body: bytes) -> str:
    """Return the error word of a response, e.g. ``invalid_blocks``.

    Empty if the body is longer: it may repeat what we sent.
    """
    text = body[:64].decode("ascii", "replace").strip()
    return text if _WORD.fullmatch(text) else ""


def _limit_retry_after(headers: Mapping[str, str], now: datetime) -> float | None:
    value = next((headers[name] for name in headers if name.lower() == "retry-after"), None)
    seconds = retry_after_s(value, now)
    return None if seconds is None else min(seconds, MAX_RETRY_AFTER_S)


def _verdict(status: int) -> Verdict:
    if status in _VERDICTS:
        return _VERDICTS[status]
    if 200 <= status < 300:
        return Verdict.ACCEPTED
    if status >= 500:
        return Verdict.IN_DOUBT
    return Verdict.GONE if status < 400 else Verdict.MALFORMED
