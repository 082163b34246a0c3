"""The only place that builds HTTP clients: for feeds and pages (``fetch``) and for deliveries (``post``).

Connections pass the address guard (shared/http/address_guard.py). Only gzip is asked for, and it is inflated in bounded steps. No cookies, no
proxies or passwords from the environment, a deadline over everything, and errors that hold no secret.
"""

import asyncio
import logging
import ssl
from collections.abc import Collection, Coroutine, Iterable, Mapping
from dataclasses import dataclass, field
from http.cookiejar import CookieJar, DefaultCookiePolicy
from importlib.metadata import PackageNotFoundError, version
from typing import Any, Final, Self
from urllib.parse import urlsplit

import httpx

from shared.http.address_guard import (
    AddressGuard,
    AddressRefused,
    GuardedBackend,
    GuardedTransport,
    Resolve,
    Unresolved,
    resolve_by_system,
)
from shared.http.errors import HttpError, HttpErrorKind
from shared.record_batches.inflate import BadEncoding, Gunzip

MIB: Final = 1024 * 1024
MAX_URL: Final = 2_048

for _noisy in ("httpx", "httpcore"):  # they log whole URLs, and a webhook's URL is a secret
    logging.getLogger(_noisy).setLevel(logging.WARNING)


class _Stop(Exception):  # noqa: N818 - leaves this file as an HttpError
    def __init__(self, kind: HttpErrorKind, detail: str) -> None:
        self.kind = kind
        super().__init__(detail)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How long and how large an exchange may be: seconds, decoded bytes, redirects. ``total_s`` spans all redirects."""

    connect_s: float = 5.0
    read_s: float = 10.0
    total_s: float = 15.0
    max_bytes: int = 8 * MIB
    max_redirects: int = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpResponse:
    """A server's answer: header names in lower case, the body decoded, the URL after redirects (empty for a delivery)."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    url: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Client:
    """An HTTP client with its limits; use it as an async context manager. ``hosts`` None lets it talk to any permitted host."""

    http: httpx.AsyncClient = field(repr=False)
    limits: Limits
    hosts: frozenset[str] | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.http.aclose()


def fetch_client(
    *,
    allowed: Iterable[str] = (),
    limits: Limits | None = None,
    resolve: Resolve = resolve_by_system,
) -> Client:
    """A client for feeds and pages. ``allowed``: networks and hosts that may be asked although they are not public."""
    return _client(
        AddressGuard.from_entries(allowed), limits or Limits(), None, resolve, keep_alive=20
    )


def delivery_client(
    *,
    hosts: Collection[str],
    allowed: Iterable[str] = (),
    limits: Limits | None = None,
    resolve: Resolve = resolve_by_system,
) -> Client:
    """A client that posts to these hosts only. It keeps no connection: one that had gone stale would leave a post in doubt."""
    known = frozenset(host.lower() for host in hosts)
    return _client(
        AddressGuard.from_entries(allowed),
        limits or Limits(max_bytes=64 * 1024, max_redirects=0),
        known,
        resolve,
        keep_alive=0,
    )


async def fetch(
    client: Client,
    url: str,
    *,
    headers: Mapping[str, str] | None = None,
    max_bytes: int | None = None,
) -> HttpResponse:
    """GET a feed or a page, following redirects, each hop checked anew. HttpError where no whole answer came; any status is an answer."""
    return await _told(
        _shown(url),
        _follow(client, url, headers or {}, max_bytes or client.limits.max_bytes),
        client.limits,
    )


async def post(
    client: Client, url: str, body: bytes, *, headers: Mapping[str, str]
) -> HttpResponse:
    """POST a delivery, without redirects. HttpError (see ``kind.unsent``) where no status came; of the answer's body what could be read."""
    return await _told("the destination", _deliver(client, url, body, headers), client.limits)


async def _follow(
    client: Client, url: str, headers: Mapping[str, str], max_bytes: int
) -> HttpResponse:
    for _ in range(client.limits.max_redirects + 1):
        target = _checked(url, client.hosts)
        async with client.http.stream("GET", target, headers=dict(headers)) as response:
            if response.next_request is None:
                body = await _body(response, max_bytes)
                return HttpResponse(
                    status=response.status_code,
                    headers=dict(response.headers),
                    body=body,
                    url=str(target),
                )
            url = str(response.next_request.url)
    raise _Stop(HttpErrorKind.REDIRECTS, f"more than {client.limits.max_redirects}")


async def _deliver(
    client: Client, url: str, body: bytes, headers: Mapping[str, str]
) -> HttpResponse:
    async with client.http.stream(
        "POST", _checked(url, client.hosts), content=body, headers=dict(headers)
    ) as response:
        try:
            answer = await _body(response, client.limits.max_bytes)
        except (httpx.TransportError, BadEncoding, _Stop):
            answer = b""  # the status has come, and it is what counts
        return HttpResponse(
            status=response.status_code, headers=dict(response.headers), body=answer, url=""
        )


async def _body(response: httpx.Response, max_bytes: int) -> bytes:
    encoding = response.headers.get("content-encoding", "").strip().lower()
    if encoding not in ("", "identity", "gzip", "x-gzip"):
        raise BadEncoding(f"content-encoding {encoding[:40]}")
    gunzip = Gunzip() if encoding.endswith("gzip") else None
    body, arrived = bytearray(), 0
    async for chunk in response.aiter_raw():
        arrived += len(chunk)
        for piece in gunzip.feed(chunk) if gunzip else (chunk,):
            body += piece
            if max(len(body), arrived) > max_bytes:
                raise _Stop(HttpErrorKind.TOO_LARGE, f"more than {max_bytes} bytes")
    return bytes(body + (gunzip.finish() if gunzip else b""))


def _checked(url: str, hosts: frozenset[str] | None) -> httpx.URL:
    if len(url) > MAX_URL:
        raise _Stop(HttpErrorKind.BAD_URL, f"longer than {MAX_URL} characters")
    parsed = httpx.URL(url)
    if parsed.scheme not in ("http", "https") or not parsed.host:
        raise _Stop(HttpErrorKind.BAD_URL, "neither http nor https")
    if not 0 < (parsed.port or 80) < 65_536:
        raise _Stop(HttpErrorKind.BAD_URL, "its port is none")
    if parsed.userinfo:
        raise _Stop(HttpErrorKind.BAD_URL, "holds a user name or password")
    if hosts is not None and parsed.host not in hosts:
        raise _Stop(HttpErrorKind.REFUSED, "its host is not one of the configured destinations")
    return parsed


async def _told(
    what: str, exchange: Coroutine[Any, Any, HttpResponse], limits: Limits
) -> HttpResponse:
    """Run the exchange under the deadline; every way to fail becomes an HttpError that stands alone, as causes hold URLs."""
    try:
        async with asyncio.timeout(limits.total_s):
            return await exchange
    except (
        httpx.HTTPError,
        httpx.InvalidURL,
        AddressRefused,
        Unresolved,
        BadEncoding,
        _Stop,
        TimeoutError,
    ) as error:
        kind, detail = _kind(error), _detail(error)
    raise HttpError(kind, what, "" if what == "the destination" else detail)


def _kind(error: Exception) -> HttpErrorKind:
    if isinstance(error, _Stop):
        return error.kind
    if isinstance(error, httpx.ConnectError) and _comes_of_tls(error):
        return HttpErrorKind.TLS
    return next((kind for type_, kind in _KINDS if isinstance(error, type_)), HttpErrorKind.BROKEN)


_KINDS: Final[tuple[tuple[type[Exception], HttpErrorKind], ...]] = (
    (AddressRefused, HttpErrorKind.REFUSED),
    (Unresolved, HttpErrorKind.RESOLVE),
    (BadEncoding, HttpErrorKind.ENCODING),
    (httpx.InvalidURL, HttpErrorKind.BAD_URL),
    (httpx.UnsupportedProtocol, HttpErrorKind.BAD_URL),
    (httpx.ConnectError, HttpErrorKind.CONNECT),
    (httpx.ConnectTimeout, HttpErrorKind.CONNECT),
    (httpx.PoolTimeout, HttpErrorKind.CONNECT),
    (httpx.TimeoutException, HttpErrorKind.TIMEOUT),
    (TimeoutError, HttpErrorKind.DEADLINE),
)


def _comes_of_tls(error: BaseException | None) -> bool:
    while error is not None and not isinstance(error, ssl.SSLError):
        error = error.__cause__ or error.__context__
    return error is not None


def _detail(error: Exception) -> str:
    """What may be shown of an error: our own words, or the name of the library's class."""
    return (
        str(error)
        if isinstance(error, _Stop | AddressRefused | Unresolved | BadEncoding)
        else type(error).__name__
    )


def _shown(url: str) -> str:
    """A URL without user, password, query and fragment, for people to read."""
    try:
        parts = urlsplit(url)
        return f"{parts.scheme}://{parts.hostname or ''}{f':{parts.port}' if parts.port else ''}{parts.path}"[
            :200
        ]
    except ValueError:
        return "the URL"


def _client(
    guard: AddressGuard,
    limits: Limits,
    hosts: frozenset[str] | None,
    resolve: Resolve,
    *,
    keep_alive: int,
) -> Client:
    http = httpx.AsyncClient(
        transport=GuardedTransport(GuardedBackend(guard, resolve), keep_alive=keep_alive),
        timeout=httpx.Timeout(limits.read_s, connect=limits.connect_s),
        headers={"accept-encoding": "gzip", "user-agent": f"summitwire/{_version()}"},
        cookies=CookieJar(policy=DefaultCookiePolicy(allowed_domains=[])),
        follow_redirects=False,
        trust_env=False,  # a second line: with a transport of our own, httpx 0.28 asks no proxy of the environment anyway
    )
    return Client(http, limits, hosts)


def _version() -> str:
    try:
        return version("summitwire")
    except PackageNotFoundError:
        return "0"
