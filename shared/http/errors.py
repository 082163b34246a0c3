"""Why an HTTP request got no usable response, in words without secrets."""

from enum import StrEnum
from typing import Final


class HttpErrorKind(StrEnum):
    """Why there is no usable response."""

    BAD_URL = "bad_url"
    REFUSED = "refused"
    RESOLVE = "resolve"
    CONNECT = "connect"
    TLS = "tls"
    TIMEOUT = "timeout"
    DEADLINE = "deadline"
    BROKEN = "broken"
    ENCODING = "encoding"
    TOO_LARGE = "too_large"
    REDIRECTS = "redirects"
    DISALLOWED = "disallowed"
    ROBOTS_UNREADABLE = "robots_unreadable"

    @property
    def is_unsent(self) -> bool:
        """Whether the request certainly did not reach the server, so that a retry is no repeat."""
        return self in _UNSENT


_UNSENT: Final = (
    HttpErrorKind.BAD_URL,
    HttpErrorKind.REFUSED,
    HttpErrorKind.RESOLVE,
    HttpErrorKind.CONNECT,
    HttpErrorKind.TLS,
    HttpErrorKind.DISALLOWED,
    HttpErrorKind.ROBOTS_UNREADABLE,
)
_DESCRIPTIONS: Final = {
    HttpErrorKind.BAD_URL: "is not a valid URL to request",
    HttpErrorKind.REFUSED: "is at an address that is neither public nor allowed",
    HttpErrorKind.RESOLVE: "has a host name that does not resolve",
    HttpErrorKind.CONNECT: "accepts no connection",
    HttpErrorKind.TLS: "has no valid certificate",
    HttpErrorKind.TIMEOUT: "stopped responding",
    HttpErrorKind.DEADLINE: "did not finish in time",
    HttpErrorKind.BROKEN: "broke the connection or does not speak HTTP",
    HttpErrorKind.ENCODING: "responds in an encoding other than gzip and deflate, or a broken one",
    HttpErrorKind.TOO_LARGE: "is too large",
    HttpErrorKind.REDIRECTS: "redirects too often",
    HttpErrorKind.DISALLOWED: "may not be requested: its host's robots.txt disallows it",
    HttpErrorKind.ROBOTS_UNREADABLE: "is left alone: its host's robots.txt cannot be read",
}


class HttpError(Exception):
    """There is no usable response.

    The text contains neither passwords nor queries, and nothing of the address of a delivery.
    """

    def __init__(self, kind: HttpErrorKind, subject: str, detail: str = "") -> None:
        self.kind = kind
        super().__init__(f"{subject} {_DESCRIPTIONS[kind]}" + (f" ({detail})" if detail else ""))
