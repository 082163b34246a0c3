"""Why an HTTP request got no usable response, in words without secrets."""

from enum import StrEnum
from typing import Final


class HttpErrorKind(StrEnum):
    """Why there is no usable response."""

    BAD_URL = "bad_url"
    REFUSED = "refused"
    PORT = "port"
    RESOLVE = "resolve"
    CONNECT = "connect"
    TLS = "tls"
    CERTIFICATE = "certificate"
    TIMEOUT = "timeout"
    DEADLINE = "deadline"
    TOO_SLOW = "too_slow"
    BROKEN = "broken"
    PROTOCOL = "protocol"
    HEADERS = "headers"
    FRAGMENTS = "fragments"
    ENCODING = "encoding"
    TOO_LARGE = "too_large"
    REDIRECTS = "redirects"
    REDIRECT_TARGET = "redirect_target"
    DISALLOWED = "disallowed"
    ROBOTS_UNREADABLE = "robots_unreadable"

    @property
    def is_unsent(self) -> bool:
        """Whether the request certainly did not reach the server, so that a retry is no repeat."""
        return self in _UNSENT


_UNSENT: Final = (
    HttpErrorKind.BAD_URL,
    HttpErrorKind.REFUSED,
    HttpErrorKind.PORT,
    HttpErrorKind.RESOLVE,
    HttpErrorKind.CONNECT,
    HttpErrorKind.TLS,
    HttpErrorKind.CERTIFICATE,
    HttpErrorKind.DISALLOWED,
    HttpErrorKind.ROBOTS_UNREADABLE,
)
_DESCRIPTIONS: Final = {
    HttpErrorKind.BAD_URL: "is not a valid URL to request",
    HttpErrorKind.REFUSED: "is at an address that is neither public nor allowed",
    HttpErrorKind.PORT: "is on a port that is not allowed",
    HttpErrorKind.RESOLVE: "has a host name that does not resolve",
    HttpErrorKind.CONNECT: "accepts no connection",
    HttpErrorKind.TLS: "does not complete a TLS handshake",
    HttpErrorKind.CERTIFICATE: "has no valid certificate",
    HttpErrorKind.TIMEOUT: "stopped responding",
    HttpErrorKind.DEADLINE: "did not finish in time",
    HttpErrorKind.TOO_SLOW: "sends too slowly",
    HttpErrorKind.BROKEN: "broke the connection",
    HttpErrorKind.PROTOCOL: "does not respond in valid HTTP",
    HttpErrorKind.HEADERS: "sends too many or too large headers",
    HttpErrorKind.FRAGMENTS: "sends its body in too many tiny pieces",
    HttpErrorKind.ENCODING: "responds in an encoding other than gzip and deflate, or a broken one",
    HttpErrorKind.TOO_LARGE: "is too large",
    HttpErrorKind.REDIRECTS: "redirects too often",
    HttpErrorKind.REDIRECT_TARGET: "redirects to an address that cannot be requested",
    HttpErrorKind.DISALLOWED: "may not be requested: its host's robots.txt disallows it",
    HttpErrorKind.ROBOTS_UNREADABLE: "is left alone: its host's robots.txt cannot be read",
}


class HttpError(Exception):
    """There is no usable response.

    The text contains neither passwords nor queries, and nothing of the address of a delivery.
    ``is_redirected``: it is the error of where the server had redirected.
    """

    def __init__(
        self, kind: HttpErrorKind, subject: str, detail: str = "", *, is_redirected: bool = False
    ) -> None:
        self.kind, self.detail, self.is_redirected = kind, detail, is_redirected
        super().__init__(f"{subject} {_DESCRIPTIONS[kind]}" + (f" ({detail})" if detail else ""))
