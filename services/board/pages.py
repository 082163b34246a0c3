"""What the board answers to a browser: the pages, their style and scripts, the alerts as JSON, and the stream of events."""

import asyncio
from collections.abc import Callable, Mapping
from pathlib import Path
from string import Template
from typing import Final

from aiohttp import web

from services.board.live import Live
from services.board.questions.clean_preview import CleanPreviews
from services.board.questions.clean_preview import handlers as cleaning_handlers
from services.board.questions.rule_preview_requests import RulePreviews
from services.board.questions.rule_preview_requests import handler as trial_handler
from services.board.sse import RETRY_MS, Viewer, encode_event
from shared.base import metrics
from shared.service.web_server import Handler, Route

STATIC: Final = Path(__file__).parent / "static"
HEARTBEAT_S: Final = 15.0
WRITE_S: Final = 10.0
"""A viewer that takes nothing for so long is given up."""
COME_BACK_S: Final = 30
_PAGES: Final = {
    "/try": ("try", "Try a rule"),
    "/why/{alert}": ("why", "Why"),
    "/clean": ("clean", "Original and cleaned"),
    "/actors": ("actors", "Actors"),
    "/actor/{actor}": ("actor", "Actor"),
}
"""Where a page is, its name and its title: NAME.html is what stands in page.html, which all share; NAME.js fills it."""
_TYPES: Final = {
    ".html": "text/html",
    ".css": "text/css",
    ".js": "text/javascript",
    ".svg": "image/svg+xml",
}
_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)
HEADERS: Final = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-cache",
}


def build_routes(
    live: Live, trials: RulePreviews, cleanings: CleanPreviews, *, heartbeat_s: float = HEARTBEAT_S
) -> list[Route]:
    """The board's routes. The static files are read once, here."""
    files = {
        path.name: path.read_bytes() for path in sorted(STATIC.iterdir()) if path.suffix in _TYPES
    }
    static: list[Route] = [
        (f"/static/{name}", _file(name, content))
        for name, content in files.items()
        if not name.endswith(".html")
    ]
    layout = Template(files["page.html"].decode())
    pages: list[Route] = [("/", _file("index.html", files["index.html"]))]
    for path, (name, title) in _PAGES.items():
        whole = layout.substitute(name=name, title=title, main=files[f"{name}.html"].decode())
        pages.append((path, _file(f"{name}.html", whole.encode())))
    of_article, of_content = cleaning_handlers(cleanings, HEADERS)
    data: list[Route] = [
        ("/api/alerts", _alerts(live)),
        ("/api/status", _data(live.status)),
        ("/api/articles", _data(live.articles)),
        (
            "/api/why/{alert}",
            _one(live.explanation, "alert", "this alert is not on the board, or not any more"),
        ),
        ("/api/actors", _actors(live)),
        (
            "/api/actors/{actor}",
            _one(live.actor, "actor", "nobody in the data has this id, or not any more"),
        ),
        ("POST /api/try", trial_handler(trials, HEADERS)),
        ("/api/clean", of_article),
        ("POST /api/clean", of_content),
    ]
    return [*pages, *static, *data, ("/events", _events(live, heartbeat_s))]


def _file(name: str, content: bytes) -> Handler:
    kind = _TYPES[Path(name).suffix]

    async def handler(_request: web.Request) -> web.Response:
        return web.Response(body=content, content_type=kind, charset="utf-8", headers=HEADERS)

    return handler


def _alerts(live: Live) -> Handler:
    async def handler(request: web.Request) -> web.Response:
        asked = request.query.get("limit", str(live.board.limit))
        if not (asked.isascii() and asked.isdigit() and len(asked) <= 6):
            return web.json_response(
                {"error": f"limit: a whole number, at most {live.board.limit}"},
                status=400,
                headers=HEADERS,
            )
        return _json(live.alerts(int(asked)))

    return handler


def _data(answer: Callable[[], bytes]) -> Handler:
    async def handler(_request: web.Request) -> web.Response:
        return _json(answer())

    return handler


def _one(find: Callable[[str], bytes | None], key: str, absent: str) -> Handler:
    """What ``find`` knows of the ``key`` in the address; 404 with ``absent`` where that is nothing."""

    async def handler(request: web.Request) -> web.Response:
        found = find(request.match_info[key])
        if found is None:
            return web.json_response({"error": absent}, status=404, headers=HEADERS)
        return _json(found)

    return handler


def _actors(live: Live) -> Handler:
    async def handler(request: web.Request) -> web.Response:
        return _json(live.actors(request.query.get("q", "")))

    return handler


def _json(body: bytes) -> web.Response:
    return web.Response(body=body, content_type="application/json", headers=HEADERS)


def _events(live: Live, heartbeat_s: float) -> Handler:
    async def handler(request: web.Request) -> web.StreamResponse:
        if _foreign(request.headers):
            return web.Response(
                status=403, text="this stream is for the board's own page\n", headers=HEADERS
            )
        viewer = live.hub.join(request.headers.get("Last-Event-ID") or request.query.get("after"))
        if viewer is None:
            return web.Response(
                status=503,
                text="too many open pages\n",
                headers=HEADERS | {"Retry-After": str(COME_BACK_S)},
            )
        return await _stream(request, live, viewer, heartbeat_s)

    return handler


async def _stream(
    request: web.Request, live: Live, viewer: Viewer, heartbeat_s: float
) -> web.StreamResponse:
    response = web.StreamResponse(
        headers=HEADERS
        | {"Content-Type": "text/event-stream; charset=utf-8", "X-Accel-Buffering": "no"}
    )
    metrics.BOARD_VIEWERS.set(len(live.hub.viewers))
    try:
        await response.prepare(request)
        await _pump(viewer, response, heartbeat_s)
    except (ConnectionError, TimeoutError):
        if request.transport is not None:
            request.transport.abort()  # gone, or too slow: its browser comes back and says what it saw last
    finally:
        live.hub.leave(viewer)
        metrics.BOARD_VIEWERS.set(len(live.hub.viewers))
    return response


async def _pump(viewer: Viewer, response: web.StreamResponse, heartbeat_s: float) -> None:
    event: bytes | None = f"retry: {RETRY_MS}\n\n".encode()
    while event is not None and not viewer.is_lost:
        async with asyncio.timeout(WRITE_S):
            await response.write(event)
        try:
            event = await asyncio.wait_for(viewer.queue.get(), heartbeat_s)
        except TimeoutError:
            event = encode_event("beat", b"{}")


def _foreign(headers: Mapping[str, str]) -> bool:
    """A browser says that another site's page is asking."""
    return headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none")
