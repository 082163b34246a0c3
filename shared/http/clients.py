"""HTTP clients, built only here: for feeds and pages (``fetch``) and for deliveries (``post``).

Connections pass the address guard (address_guard.py) and are measured (metered_stream.py). Only
gzip is asked for; gzip and deflate are inflated in bounded steps. No cookies, no proxies or
passwords from the environment, one deadline for the whole exchange, and errors without secrets.
"""

import asyncio
import logging
import ssl
from collections.abc import (
    AsyncIterator,
    Awaitable,
    Callable,
    Collection,
    Coroutine,
    Iterable,
    Mapping,
)
from contextlib import suppress
from dataclasses import dataclass, field
from http.cookiejar import CookieJar
from importlib.metadata import PackageNotFoundError, version
from typing import Any, Final, Self
from urllib.parse import urlsplit

from shared.http.address_guard import (
    AddressGuard,
    AddressRefused,
    GuardedBackend,
    GuardedTransport,
    PortRefused,
    Resolve,
    Unresolved,
)
from shared.http.body_budget import BodyBudget
from shared.http.body_decoder import BodyDecoder
from shared.http.errors import HttpError, HttpErrorKind
from shared.http.lean_httpx import httpx
from shared.http.metered_stream import (
    EndlessHead,
    NotHttp,
    ResponsePace,
    StaleConnection,
    TricklingResponse,
    begin_body,
)
from shared.http.name_lookup import resolve_by_system
from shared.record_batches.inflate import BadEncoding

MIB: Final = 1024 * 1024
MAX_URL: Final = 2_048
MAX_ANSWER_BYTES: Final = MIB // 2
"""Of the answer to a post: Slack's Web API repeats the message, a character in up to 12 bytes."""
PERMANENT: Final = (301, 308)
MAX_HEADERS: Final = 500
BODY_BUDGET: Final = 8 * MIB
"""For all bodies that a client receives at the same time; the oldest may exceed it by its size."""
PIECES: Final = 4_096
PIECE_BYTES: Final = 256
"""From so many pieces on, a body's pieces must have so many bytes on average: h11 takes 4 µs for
each, whatever its size."""
WEB_PORTS: Final = (80, 443, 8080, 8443)
"""Where feeds and pages of public hosts may be, by default."""
Permit = Callable[[str], Awaitable[None]]
"""Is asked before a redirect to a URL is followed, and raises an HttpError against it."""
PUBLIC_HEADERS: Final = frozenset(("accept", "if-modified-since", "if-none-match", "user-agent"))
"""Headers that any host may see after a redirect; the others may be secrets of the first host."""

for _library in ("httpx", "httpcore"):  # they log whole URLs, and a webhook's URL is a secret
    logging.getLogger(_library).setLevel(logging.WARNING)


class _StopFetch(Exception):  # noqa: N818 - leaves this file as an HttpError
    """Ends an exchange for a reason of our own."""

    def __init__(self, kind: HttpErrorKind, detail: str) -> None:
        self.kind = kind
        super().__init__(detail)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Limits of an exchange: seconds, decoded bytes, redirects. ``total_s`` spans all redirects.

    ``read_s`` limits each silence of the server, ``pace`` a response that trickles.
    """

    connect_s: float = 5.0
    read_s: float = 10.0
    total_s: float = 15.0
    max_bytes: int = 8 * MIB
    max_redirects: int = 5
    pace: ResponsePace = field(default_factory=ResponsePace)


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpResponse:
    """A server's response.

    Header names are in lower case and the body is decoded. ``url`` is that after redirects, and
    empty for a delivery. ``moved_to`` is where permanent redirects (301, 308) led, without any that
    follow a temporary one; None if there was none.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes
    url: str = field(repr=False)
    moved_to: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Client:
    """An HTTP client with its limits, used as an async context manager.

    ``hosts`` restricts it to these hosts; None means any that the address guard allows.
    """

    http: httpx.AsyncClient = field(repr=False)
    limits: Limits
    hosts: frozenset[str] | None = None
    budget: BodyBudget = field(default_factory=lambda: BodyBudget(BODY_BUDGET))

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.http.aclose()


def fetch_client(
    *,
    allowed: Iterable[str] = (),
    ports: Iterable[int] = WEB_PORTS,
    limits: Limits | None = None,
    resolve: Resolve = resolve_by_system,
    trust: ssl.SSLContext | None = None,
    user_agent: str = "",
    contact: str = "",
) -> Client:
    """Build a client for feeds and pages.

    ``allowed`` are non-public networks and hosts, ``ports`` those of public hosts, ``trust`` has
    the authorities of certificates (None: the system's). ``user_agent`` replaces our own name,
    which has the ``contact`` behind it.
    """
    guard = AddressGuard.from_entries(allowed, ports)
    client = _build_client(guard, limits or Limits(), None, resolve, keep_alive=20, trust=trust)
    if user_agent:
        client.http.headers["user-agent"] = user_agent
    elif contact:
        client.http.headers["user-agent"] += f" (+{contact})"
    return client


def delivery_client(
    *,
    hosts: Collection[str],
    allowed: Iterable[str] = (),
    limits: Limits | None = None,
    resolve: Resolve = resolve_by_system,
) -> Client:
    """Build a client that posts to these hosts only.

    It keeps no connections alive: a stale one would leave it in doubt whether a post arrived.
    """
    return _build_client(
        AddressGuard.from_entries(allowed),
        limits or Limits(max_bytes=MAX_ANSWER_BYTES, max_redirects=0),
        frozenset(host.lower() for host in hosts),
        resolve,
        keep_alive=0,
    )


async def fetch(
    client: Client,
    url: str,
    *,
    headers: Mapping[str, str] | None = None,
    max_bytes: int | None = None,
    permit: Permit | None = None,
    cut: bool = False,
) -> HttpResponse:
    """GET a feed or a page, following redirects, each of which is checked like the first URL.

    Headers other than PUBLIC_HEADERS are sent to the first URL's own origin only. A body longer
    than ``max_bytes`` is an error, or is ``cut`` there.

    HttpError if there is no complete response; a response may have any status.
    """
    limit = max_bytes or client.limits.max_bytes
    trail = _Trail(without_secrets(url))
    return await _run(
        trail, _follow(client, url, headers or {}, limit, permit, trail, cut=cut), client.limits
    )


async def post(
    client: Client, url: str, body: bytes, *, headers: Mapping[str, str]
) -> HttpResponse:
    """POST a delivery, without following redirects.

    HttpError (see ``kind.is_unsent``) if there is no status. A response's body is what could be
    read of it.
    """
    return await _run(_Trail(_DESTINATION), _deliver(client, url, body, headers), client.limits)


_DESTINATION: Final = "the destination"


@dataclass(slots=True)
class _Trail:
    """Which URL an exchange began with, and to which it was redirected, for people to read."""

    first: str
    target: str = ""

    def __str__(self) -> str:
        """Return the subject of an error."""
        return f"{self.first} redirects to {self.target}, which" if self.target else self.first


async def _follow(
    client: Client,
    url: str,
    headers: Mapping[str, str],
    max_bytes: int,
    permit: Permit | None,
    trail: _Trail,
    *,
    cut: bool,
) -> HttpResponse:
    target = first = _check_url(url, client.hosts)
    public = {name: value for name, value in headers.items() if name.lower() in PUBLIC_HEADERS}
    moved_to, is_permanent = None, True
    for _ in range(client.limits.max_redirects + 1):
        sent = headers if _origin(target) == _origin(first) else public
        response = await _request(client, target, sent)
        try:
            if response.next_request is None:
                return HttpResponse(
                    status=response.status_code,
                    headers=dict(response.headers.items()),
                    body=await _load_body(client, response, max_bytes, cut=cut),
                    url=str(target),
                    moved_to=moved_to,
                )
            target = _check_target(str(response.next_request.url), client.hosts)
            is_permanent = is_permanent and response.status_code in PERMANENT
            moved_to = str(target) if is_permanent else moved_to
        finally:
            await response.aclose()
        if permit is not None:
            await permit(str(target))
        trail.target = without_secrets(str(target))
    trail.target = ""
    raise _StopFetch(HttpErrorKind.REDIRECTS, f"more than {client.limits.max_redirects}")


async def _request(client: Client, url: httpx.URL, headers: Mapping[str, str]) -> httpx.Response:
    """Return a response whose body has not been read.

    Requested again if the connection had been kept alive and ended meanwhile: a GET does no harm.
    """
    for _ in range(_MOST_STALE):
        with suppress(StaleConnection):
            return await _request_once(client, url, headers)
    return await _request_once(client, url, headers)


async def _request_once(
    client: Client, url: httpx.URL, headers: Mapping[str, str]
) -> httpx.Response:
    request = client.http.build_request("GET", url, headers=dict(headers))
    try:
        response = await client.http.send(request, stream=True)
    except httpx.InvalidURL as error:  # that of the Location, which httpx has read already
        raise _StopFetch(HttpErrorKind.REDIRECT_TARGET, _detail(error)) from None
    try:
        _check_head(response)
    except BaseException:
        await response.aclose()
        raise
    return response


_MOST_STALE: Final = 3
"""Connections of one host that were kept alive and may all have ended."""


def _check_head(response: httpx.Response) -> None:
    """Raise a _StopFetch if the response has too many headers, which are searched one by one."""
    begin_body(response.extensions)
    if len(response.headers.raw) > MAX_HEADERS:
        raise _StopFetch(HttpErrorKind.HEADERS, f"more than {MAX_HEADERS}")


def _check_target(url: str, hosts: frozenset[str] | None) -> httpx.URL:
    """Return where a redirect leads. The request was answered, so its URL was not a bad one."""
    try:
        return _check_url(url, hosts)
    except (_StopFetch, httpx.InvalidURL) as error:
        raise _StopFetch(HttpErrorKind.REDIRECT_TARGET, _detail(error)) from None


def _origin(url: httpx.URL) -> tuple[str, str, int | None]:
    return url.scheme, url.host, url.port


async def _deliver(
    client: Client, url: str, body: bytes, headers: Mapping[str, str]
) -> HttpResponse:
    async with client.http.stream(
        "POST", _check_url(url, client.hosts), content=body, headers=dict(headers)
    ) as response:
        try:
            _check_head(response)
            content = await _load_body(client, response, client.limits.max_bytes)
        except (httpx.TransportError, BadEncoding, TricklingResponse, _StopFetch):
            content = b""  # the status has arrived, and that is what counts
        return HttpResponse(
            status=response.status_code,
            headers=dict(response.headers.items()),
            body=content,
            url="",
        )


async def _load_body(
    client: Client, response: httpx.Response, max_bytes: int, *, cut: bool = False
) -> bytes:
    body = bytearray()
    with client.budget.receive() as share:
        async for piece in _iter_decoded(response, max_bytes):
            await client.budget.grow(share, len(piece))
            body += piece
            if len(body) > max_bytes:
                break
        return _limit_body(body, max_bytes, cut=cut)


def _limit_body(body: bytearray, max_bytes: int, *, cut: bool) -> bytes:
    if len(body) > max_bytes:
        if not cut:
            raise _StopFetch(HttpErrorKind.TOO_LARGE, f"more than {max_bytes} bytes")
        del body[max_bytes:]
    return bytes(body)


async def _iter_decoded(response: httpx.Response, max_bytes: int) -> AsyncIterator[bytes]:
    """Yield the decoded pieces of a body."""
    decoder = BodyDecoder(response.headers.get("content-encoding", ""))
    async for chunk in _iter_raw(response, max_bytes):
        for piece in decoder.feed(chunk):
            yield piece
    for piece in decoder.finish():
        yield piece


async def _iter_raw(response: httpx.Response, max_bytes: int) -> AsyncIterator[bytes]:
    """Yield a body as it arrives. What was received at once is handled at once, so give way."""
    received, pieces = 0, 0
    async for chunk in response.aiter_raw():
        received += len(chunk)
        pieces += 1
        if received > max_bytes + MIB:  # compressed bytes that become nothing
            raise _StopFetch(HttpErrorKind.TOO_LARGE, f"more than {max_bytes} bytes")
        if pieces % _PIECES_IN_A_ROW == 0:
            if pieces > PIECES and received < pieces * PIECE_BYTES:
                detail = f"{pieces} pieces of less than {PIECE_BYTES} bytes"
                raise _StopFetch(HttpErrorKind.FRAGMENTS, detail)
            await asyncio.sleep(0)
        yield chunk


_PIECES_IN_A_ROW: Final = 64


def _check_url(url: str, hosts: frozenset[str] | None) -> httpx.URL:
    if len(url) > MAX_URL:
        raise _StopFetch(HttpErrorKind.BAD_URL, f"longer than {MAX_URL} characters")
    parsed = httpx.URL(url)
    if parsed.scheme not in ("http", "https") or not parsed.host:
        raise _StopFetch(HttpErrorKind.BAD_URL, "neither http nor https")
    if not 0 < (parsed.port or 80) < 65_536:
        raise _StopFetch(HttpErrorKind.BAD_URL, "its port is invalid")
    if parsed.userinfo:
        raise _StopFetch(HttpErrorKind.BAD_URL, "contains a user name or password")
    if hosts is not None and parsed.host not in hosts:
        raise _StopFetch(
            HttpErrorKind.REFUSED, "its host is not one of the configured destinations"
        )
    return parsed


async def _run(
    trail: _Trail, exchange: Coroutine[Any, Any, HttpResponse], limits: Limits
) -> HttpResponse:
    """Run the exchange under the deadline; every failure becomes an HttpError.

    It has no cause, because causes contain URLs.
    """
    try:
        async with asyncio.timeout(limits.total_s):
            return await exchange
    except (httpx.HTTPError, httpx.InvalidURL, TimeoutError, *_OWN_ERRORS) as error:
        kind, detail = _kind(error), _detail(error)
    detail = "" if trail.first == _DESTINATION else detail
    raise HttpError(kind, str(trail), detail, is_redirected=bool(trail.target))


def _kind(error: Exception) -> HttpErrorKind:
    if isinstance(error, _StopFetch):
        return error.kind
    if isinstance(error, httpx.ConnectError) and (tls_error := _tls_error(error)):
        is_certificate = isinstance(tls_error, ssl.SSLCertVerificationError)
        return HttpErrorKind.CERTIFICATE if is_certificate else HttpErrorKind.TLS
    if isinstance(error, httpx.RemoteProtocolError):
        marks = (kind for mark, kind in _PROTOCOL_MARKS if mark in str(error))
        return next(marks, HttpErrorKind.PROTOCOL)
    return next((kind for type_, kind in _KINDS if isinstance(error, type_)), HttpErrorKind.BROKEN)


_KINDS: Final[tuple[tuple[type[Exception], HttpErrorKind], ...]] = (
    (AddressRefused, HttpErrorKind.REFUSED),
    (PortRefused, HttpErrorKind.PORT),
    (Unresolved, HttpErrorKind.RESOLVE),
    (NotHttp, HttpErrorKind.PROTOCOL),
    (EndlessHead, HttpErrorKind.HEADERS),
    (TricklingResponse, HttpErrorKind.TOO_SLOW),
    (BadEncoding, HttpErrorKind.ENCODING),
    (httpx.InvalidURL, HttpErrorKind.BAD_URL),
    (httpx.UnsupportedProtocol, HttpErrorKind.BAD_URL),
    (httpx.ConnectError, HttpErrorKind.CONNECT),
    (httpx.ConnectTimeout, HttpErrorKind.CONNECT),
    (httpx.PoolTimeout, HttpErrorKind.CONNECT),
    (httpx.TimeoutException, HttpErrorKind.TIMEOUT),
    (TimeoutError, HttpErrorKind.DEADLINE),
)
_PROTOCOL_MARKS: Final = (
    ("disconnected without", HttpErrorKind.BROKEN),
    ("closed connection", HttpErrorKind.BROKEN),
    ("buffer too long", HttpErrorKind.HEADERS),
    ("location header", HttpErrorKind.REDIRECT_TARGET),
)
"""What the libraries say of a response that they cannot read, where it is no error of syntax."""


def _tls_error(error: BaseException | None) -> ssl.SSLError | None:
    while error is not None and not isinstance(error, ssl.SSLError):
        error = error.__cause__ or error.__context__
    return error


def _detail(error: Exception) -> str:
    """Return what may be shown of an error: our own words, or the name of the library's class."""
    if isinstance(error, _OWN_ERRORS):
        return str(error)
    certificate = _tls_error(error)
    if isinstance(certificate, ssl.SSLCertVerificationError):
        return str(certificate.verify_message)[:200]
    return type(error).__name__


_OWN_ERRORS: Final = (
    _StopFetch,
    AddressRefused,
    PortRefused,
    Unresolved,
    StaleConnection,
    NotHttp,
    EndlessHead,
    TricklingResponse,
    BadEncoding,
)


def without_secrets(url: str) -> str:
    """Return a URL without user, password, query and fragment, for people to read."""
    try:
        parts = urlsplit(url)
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return "the URL"
    return f"{parts.scheme}://{parts.hostname or ''}{port}{parts.path}"[:200]


def _build_client(
    guard: AddressGuard,
    limits: Limits,
    hosts: frozenset[str] | None,
    resolve: Resolve,
    *,
    keep_alive: int,
    trust: ssl.SSLContext | None = None,
) -> Client:
    backend = GuardedBackend(guard, resolve, limits.pace)
    http = httpx.AsyncClient(
        transport=GuardedTransport(backend, keep_alive=keep_alive, trust=trust),
        timeout=httpx.Timeout(limits.read_s, connect=limits.connect_s),
        headers={"accept-encoding": "gzip", "user-agent": f"summitwire/{_version()}"},
        cookies=_NoCookies(),
        follow_redirects=False,
        # A second line of defence: with a transport of our own, httpx 0.28 ignores proxies anyway.
        trust_env=False,
    )
    return Client(http, limits, hosts)


class _NoCookies(CookieJar):
    """A cookie jar that does not even read cookies: hundreds of them take long to parse."""

    def extract_cookies(self, response: Any, request: Any) -> None:
        """Ignore a response's cookies."""


def _version() -> str:
    try:
        return version("summitwire")
    except PackageNotFoundError:
        return "0"
