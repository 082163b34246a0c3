"""Why an HTTP request got no usable answer, in words that hold no secret."""

from enum import StrEnum
from typing import Final


class HttpErrorKind(StrEnum):
    """Why no usable answer came."""

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

    @property
    def is_unsent(self) -> bool:
        """Whether the request has certainly not reached the server, so that trying again repeats nothing."""
        return self in _UNSENT


_UNSENT: Final = (
    HttpErrorKind.BAD_URL,
    HttpErrorKind.REFUSED,
    HttpErrorKind.RESOLVE,
    HttpErrorKind.CONNECT,
    HttpErrorKind.TLS,
)
_TOLD: Final = {
    HttpErrorKind.BAD_URL: "is not a URL that may be asked",
    HttpErrorKind.REFUSED: "is at an address that is neither public nor allowed",
    HttpErrorKind.RESOLVE: "has a host that nobody knows an address for",
    HttpErrorKind.CONNECT: "takes no connection",
    HttpErrorKind.TLS: "has no certificate that holds",
    HttpErrorKind.TIMEOUT: "fell silent",
    HttpErrorKind.DEADLINE: "was not finished in time",
    HttpErrorKind.BROKEN: "broke off or speaks no HTTP",
    HttpErrorKind.ENCODING: "answers in an encoding other than gzip, or in broken gzip",
    HttpErrorKind.TOO_LARGE: "is too large",
    HttpErrorKind.REDIRECTS: "redirects too often",
}


class HttpError(Exception):
    """No usable answer came. The text names neither passwords nor queries, and for a delivery nothing of the address at all."""

    def __init__(self, kind: HttpErrorKind, what: str, detail: str = "") -> None:
        self.kind = kind
        super().__init__(f"{what} {_TOLD[kind]}" + (f" ({detail})" if detail else ""))
