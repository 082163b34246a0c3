"""Refuse requests that are not meant for this server, or that come from a page of another site.

An aiohttp middleware for the board and the fake Slack. /livez, /readyz and /metrics contain no
alerts and accept any name: Prometheus, Kubernetes and Docker use names of their own.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Final

from aiohttp import web

from shared.http.host_names import HostNames, is_same_address, is_same_origin, parse_host

OPEN_PATHS: Final = frozenset({"/livez", "/readyz", "/metrics"})
HEADERS: Final = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
}
"""Added to every response that does not set them itself, also to 404s and refusals."""
_SAFE_METHODS: Final = frozenset({"GET", "HEAD"})

_Next = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(frozen=True, slots=True)
class RequestPolicy:
    """The names that a server accepts, and the setting that adds one, e.g. BOARD_HOSTS.

    ``public_url`` is the address that browsers know where a proxy passes on another Host.
    """

    names: HostNames
    setting: str
    public_url: str = ""


def enforce_request_policy(application: web.Application, policy: RequestPolicy) -> None:
    """Enforce the policy on all routes of an application; to be called before it starts."""
    application.middlewares.append(_build_middleware(policy))
    application.on_response_prepare.append(_add_headers)


def _build_middleware(policy: RequestPolicy) -> Any:
    @web.middleware
    async def check(request: web.Request, handler: _Next) -> web.StreamResponse:
        if request.path in OPEN_PATHS:
            return await handler(request)
        refusal = _refuse_other_host(request, policy) or _refuse_cross_site(request, policy)
        return refusal or await handler(request)

    return check


async def _add_headers(request: web.Request, response: web.StreamResponse) -> None:
    """Complete a response's headers; an aiohttp on_response_prepare signal."""
    if request.path not in OPEN_PATHS:
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)


def _refuse_other_host(request: web.Request, policy: RequestPolicy) -> web.Response | None:
    hosts = request.headers.getall("Host", [])
    if policy.names.admit(hosts, request.raw_path):
        return None
    name = parse_host(hosts[0]) if len(hosts) == 1 else None
    subject = f"the name {name}" if name else "this Host header"
    remedy = (
        f"Open it by a name of its own, such as localhost, or add the name to {policy.setting}."
    )
    return _build_refusal(request, 421, f"This server does not answer to {subject}. {remedy}")


def _refuse_cross_site(request: web.Request, policy: RequestPolicy) -> web.Response | None:
    """Refuse a request from another site's page, unless somebody follows a link."""
    origin, site = request.headers.get("Origin"), request.headers.get("Sec-Fetch-Site", "none")
    is_foreign = site not in ("same-origin", "none")
    is_link = (
        request.method in _SAFE_METHODS and request.headers.get("Sec-Fetch-Mode") == "navigate"
    )
    if is_foreign and is_link:
        return None
    is_own = origin is None or is_same_origin(origin, request.headers["Host"])
    if is_foreign or not (is_own or is_same_address(origin or "", policy.public_url)):
        return _build_refusal(request, 403, "Only this server's own page may request this.")
    return None


def _build_refusal(request: web.Request, status: int, text: str) -> web.Response:
    """Build a refusal in the resource's format: JSON for the board's scripts, text for people."""
    if request.path.startswith("/api/"):
        return web.json_response({"refused": text}, status=status)
    return web.Response(status=status, text=f"{text}\n")
