"""Refuse requests that are not meant for this server, or that a page of another site makes.

An aiohttp middleware for the board and the stand-in for Slack. /livez, /readyz and /metrics hold no
alert, and answer to any name: Prometheus, Kubernetes and Docker ask by names of their own.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Final

from aiohttp import web

from shared.http.host_names import HostNames, is_same_origin, parse_host

OPEN_PATHS: Final = frozenset({"/livez", "/readyz", "/metrics"})
HEADERS: Final = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
}
"""Put on every answer that does not bring its own: also on 404s and refusals."""
_SAFE_METHODS: Final = frozenset({"GET", "HEAD"})

_Next = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(frozen=True, slots=True)
class RequestPolicy:
    """The names by which a server is asked, and the setting that adds one, e.g. BOARD_HOSTS."""

    names: HostNames
    setting: str


def enforce_request_policy(application: web.Application, door: RequestPolicy) -> None:
    """Put the door in front of all routes of an application, before it starts."""
    application.middlewares.append(_entrance(door))
    application.on_response_prepare.append(_add_headers)


def _entrance(door: RequestPolicy) -> Any:
    @web.middleware
    async def enter(request: web.Request, handler: _Next) -> web.StreamResponse:
        if request.path in OPEN_PATHS:
            return await handler(request)
        refusal = _misdirected(request, door) or _cross_site(request)
        return refusal or await handler(request)

    return enter


async def _add_headers(request: web.Request, response: web.StreamResponse) -> None:
    """Complete an answer's headers; an aiohttp on_response_prepare signal."""
    if request.path not in OPEN_PATHS:
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)


def _misdirected(request: web.Request, door: RequestPolicy) -> web.Response | None:
    hosts = request.headers.getall("Host", [])
    if door.names.admit(hosts, request.raw_path):
        return None
    name = parse_host(hosts[0]) if len(hosts) == 1 else None
    shown = f"the name {name}" if name else "this Host header"
    remedy = f"Open it by a name of its own, such as localhost, or add the name to {door.setting}."
    return _refusal(request, 421, f"This server does not answer to {shown}. {remedy}")


def _cross_site(request: web.Request) -> web.Response | None:
    """Refuse what another site's page asks for, unless it is a link that somebody follows."""
    origin, site = request.headers.get("Origin"), request.headers.get("Sec-Fetch-Site", "none")
    is_foreign = site not in ("same-origin", "none")
    is_link = (
        request.method in _SAFE_METHODS and request.headers.get("Sec-Fetch-Mode") == "navigate"
    )
    if is_foreign and is_link:
        return None
    if is_foreign or not (origin is None or is_same_origin(origin, request.headers["Host"])):
        return _refusal(request, 403, "Only this server's own page may ask this.")
    return None


def _refusal(request: web.Request, status: int, text: str) -> web.Response:
    """Answer in the form of what was asked for: the board's scripts read JSON, people read text."""
    if request.path.startswith("/api/"):
        return web.json_response({"refused": text}, status=status)
    return web.Response(status=status, text=f"{text}\n")
