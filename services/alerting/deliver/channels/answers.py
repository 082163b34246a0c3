"""What a destination's answer means for a notification. Pure, and never holds an address."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from shared.http.errors import HttpErrorKind
from shared.http.retry_after import retry_after_s

LONGEST_RETRY_AFTER_S: Final = 3_600.0
"""A destination may ask for more patience; trying once an hour harms nobody and mends a nonsensical header."""
_WORD: Final = re.compile(r"[a-z][a-z_ ]{1,40}", re.ASCII)


class Verdict(StrEnum):
    """What we know after a post (design: delivery, step 6)."""

    ACCEPTED = "accepted"
    UNSENT = "unsent"
    IN_DOUBT = "in_doubt"
    MALFORMED = "malformed"
    GONE = "gone"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A verdict, what was said in a few safe words, and how many seconds the destination asks us to wait."""

    verdict: Verdict
    detail: str = ""
    retry_after_s: float | None = None


def classify(status: int, body: bytes, headers: Mapping[str, str], *, now: datetime) -> Answer:
    """The answer in an HTTP status: 2xx accepted; 429 unsent; 408 and 5xx in doubt; 401, 403, 404, 410 and redirects gone; else malformed.

    A redirect is not followed: who moved an address must tell us, not the wire.
    """
    said = f"{status} {word(body)}".strip()
    return Answer(verdict=_verdict(status), detail=said, retry_after_s=_patience_s(headers, now))


def classify_error(kind: HttpErrorKind) -> Answer:
    """The answer where no status came: unsent only where the connection never stood; gone where the configured address can never be asked."""
    if kind in (HttpErrorKind.BAD_URL, HttpErrorKind.REFUSED):
        return Answer(verdict=Verdict.GONE, detail=f"not asked: {kind}")
    return Answer(
        verdict=Verdict.UNSENT if kind.is_unsent else Verdict.IN_DOUBT, detail=f"no answer: {kind}"
    )


def word(body: bytes) -> str:
    """The error word of an answer, e.g. ``invalid_blocks``; nothing where the body is anything longer, which may repeat what we sent."""
    text = body[:64].decode("ascii", "replace").strip()
    return text if _WORD.fullmatch(text) else ""


def _patience_s(headers: Mapping[str, str], now: datetime) -> float | None:
    value = next((headers[name] for name in headers if name.lower() == "retry-after"), None)
    asked = retry_after_s(value, now)
    return None if asked is None else min(asked, LONGEST_RETRY_AFTER_S)


def _verdict(status: int) -> Verdict:
    if 200 <= status < 300:
        return Verdict.ACCEPTED
    if status == 429:
        return Verdict.UNSENT
    if status == 408 or status >= 500:
        return Verdict.IN_DOUBT
    if status in (401, 403, 404, 410) or status < 400:
        return Verdict.GONE
    return Verdict.MALFORMED
