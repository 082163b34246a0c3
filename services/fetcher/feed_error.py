"""Why a poll failed, as kinds that log, metric, state and page share. Pure.

Those of the exchange are HttpErrorKind (shared/http/errors.py), those of the response's status and
of its document FeedErrorKind; no value is in both.
"""

from enum import StrEnum
from typing import Final

from shared.base.outcomes import InvalidMessage, LimitExceeded
from shared.http.errors import HttpError, HttpErrorKind


class FeedErrorKind(StrEnum):
    """What is wrong with a complete response, or with us."""

    UNAUTHORIZED = "unauthorized"
    FORBIDDEN = "forbidden"
    NOT_FOUND = "not_found"
    GONE = "gone"
    RATE_LIMITED = "rate_limited"
    SERVER_ERROR = "server_error"
    STATUS = "status"
    EMPTY = "empty"
    NO_FEED = "no_feed"
    ENTITIES = "entities"
    PACKING = "packing"
    UNPACKED_TOO_LARGE = "unpacked_too_large"
    LIMITS = "limits"
    BUG = "bug"


class UnreadableFeed(InvalidMessage):
    """A document that cannot be read as a feed; the text says why."""

    def __init__(self, text: str, kind: FeedErrorKind = FeedErrorKind.NO_FEED) -> None:
        self.kind = kind
        super().__init__(text)


ErrorKind = HttpErrorKind | FeedErrorKind


def kind_of_error(error: HttpError | InvalidMessage) -> ErrorKind:
    """Return the kind of an error of a download or of the parser."""
    if isinstance(error, HttpError | UnreadableFeed):
        return error.kind
    return FeedErrorKind.LIMITS if isinstance(error, LimitExceeded) else FeedErrorKind.NO_FEED


def kind_of_status(status: int) -> FeedErrorKind:
    """Return the kind of a response's status other than 200."""
    if status >= 500:
        return FeedErrorKind.SERVER_ERROR
    return _STATUSES.get(status, FeedErrorKind.STATUS)


_STATUSES: Final = {
    401: FeedErrorKind.UNAUTHORIZED,
    403: FeedErrorKind.FORBIDDEN,
    404: FeedErrorKind.NOT_FOUND,
    407: FeedErrorKind.UNAUTHORIZED,
    410: FeedErrorKind.GONE,
    429: FeedErrorKind.RATE_LIMITED,
    451: FeedErrorKind.FORBIDDEN,
}
