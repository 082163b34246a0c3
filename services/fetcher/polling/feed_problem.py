"""Why a poll failed, as one word for log, metric and board. Pure."""

from typing import Final

from shared.http.errors import HttpErrorKind
from shared.messages.schemas import FeedProblem

_OF_ERRORS: Final = {
    HttpErrorKind.BAD_URL: FeedProblem.BAD_URL,
    HttpErrorKind.REFUSED: FeedProblem.REFUSED,
    HttpErrorKind.RESOLVE: FeedProblem.DNS,
    HttpErrorKind.CONNECT: FeedProblem.CONNECT,
    HttpErrorKind.TLS: FeedProblem.TLS,
    HttpErrorKind.TIMEOUT: FeedProblem.TIMEOUT,
    HttpErrorKind.DEADLINE: FeedProblem.TIMEOUT,
    HttpErrorKind.BROKEN: FeedProblem.BROKEN,
    HttpErrorKind.ENCODING: FeedProblem.ENCODING,
    HttpErrorKind.TOO_LARGE: FeedProblem.TOO_LARGE,
    HttpErrorKind.REDIRECTS: FeedProblem.REDIRECTS,
    HttpErrorKind.DISALLOWED: FeedProblem.ROBOTS_DISALLOWED,
    HttpErrorKind.ROBOTS_UNREADABLE: FeedProblem.ROBOTS_UNREADABLE,
}
_OF_STATUSES: Final = {
    401: FeedProblem.PASSWORD_REQUIRED,
    403: FeedProblem.FORBIDDEN,
    404: FeedProblem.NOT_FOUND,
    410: FeedProblem.GONE,
    429: FeedProblem.RATE_LIMITED,
    503: FeedProblem.UNAVAILABLE,
}


def problem_of_error(kind: HttpErrorKind) -> FeedProblem:
    """Return the problem of a request without a usable response."""
    return _OF_ERRORS.get(kind, FeedProblem.BROKEN)


def problem_of_status(status: int) -> FeedProblem:
    """Return the problem of a response with a status other than 200."""
    if status in _OF_STATUSES:
        return _OF_STATUSES[status]
    if 400 <= status < 600:
        return FeedProblem.HTTP_4XX if status < 500 else FeedProblem.HTTP_5XX
    return FeedProblem.HTTP_STATUS
