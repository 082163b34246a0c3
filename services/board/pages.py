"""The board's HTTP routes: pages, static files, JSON and the stream of events."""

import asyncio
from collections.abc import Callable, Mapping
from pathlib import Path
from string import Template
from typing import Final

import orjson
from aiohttp import web

from services.board.live import Live
from services.board.questions.clean_preview import CleanPreviews
from services.board.questions.clean_preview import handlers as cleaning_handlers
from services.board.questions.gate import body_handler
from services.board.questions.rule_preview_requests import RulePreviews
from services.board.requests.feed_polls import FeedPolls
from services.board.requests.redrive import Redrives
from services.board.requests.silences import Silences
from services.board.sse import RETRY_MS, Viewer, encode_event
from shared.base import metrics
from shared.service.web_server import Handler, Route

STATIC: Final = Path(__file__).parent / "static"
HEARTBEAT_S: Final = 15.0
WRITE_S: Final = 10.0
"""A viewer that accepts nothing for so long is dropped."""
COME_BACK_S: Final = 30
_PAGES: Final = {
    "/try": ("try", "Try a rule"),
    "/why/{alert}": ("why", "Why"),
    "/clean": ("clean", "Original and cleaned"),
    "/deliveries": ("deliveries", "Deliveries"),
    "/rules": ("rules", "Rules"),
    "/sources": ("sources", "Sources"),
    "/feeds": ("feeds", "Feeds"),
    "/silences": ("silences", "Silences"),
    "/actors": ("actors", "Actors"),
    "/actor/{actor}": ("actor", "Actor"),
}
"""The path, name and title of each page besides the board.

NAME.html is inserted in page.html, which they share; NAME.js fills it.
"""
_MORE_SCRIPTS: Final = {"board": ("story",)}
"""What a page loads besides dom.js, which all pages need, and its own script."""
_TYPES: Final = {
    ".html": "text/html",
    ".css": "text/css",
    ".js": "text/javascript",
    ".svg": "image/svg+xml",
}
_OPTIONS: Final = orjson.OPT_UTC_Z
_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
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
    live: Live,
    trials: RulePreviews,
    cleanings: CleanPreviews,
    redrives: Redrives,
    silences: Silences,
    feed_polls: FeedPolls,
    *,
    heartbeat_s: float = HEARTBEAT_S,
) -> list[Route]:
    """Build the board's routes. The static files are read once, here."""
    of_article, of_content = cleaning_handlers(cleanings, HEADERS)
    answers: list[Route] = [
        ("POST /api/redrive", body_handler(redrives.answer, HEADERS)),
        ("/api/silences", _data(lambda: orjson.dumps(silences.list_silences(), option=_OPTIONS))),
        ("POST /api/silences", body_handler(silences.add, HEADERS)),
        ("POST /api/silences/end", body_handler(silences.end, HEADERS)),
        ("POST /api/feeds/poll", body_handler(feed_polls.answer, HEADERS)),
        ("POST /api/try", body_handler(trials.answer, HEADERS)),
        ("/api/clean", of_article),
        ("POST /api/clean", of_content),
        ("/events", _events(live, heartbeat_s)),
    ]
    return [*_build_file_routes(), *_build_state_routes(live), *answers]


def _build_file_routes() -> list[Route]:
    """Build the routes of the pages and of the static files that they load."""
    files = {
        path.name: path.read_bytes() for path in sorted(STATIC.iterdir()) if path.suffix in _TYPES
    }
    static: list[Route] = [
        (f"/static/{name}", _file(name, content))
        for name, content in files.items()
        if not name.endswith(".html")
    ]
    templates = {
        name: Template(content.decode())
        for name, content in files.items()
        if name.endswith(".html")
    }
    pages: list[Route] = [("/", _page("board", "summitwire", templates, "index.html"))]
    for path, (name, title) in _PAGES.items():
        pages.append((path, _page(name, f"{title} · summitwire", templates, "page.html")))
    return [*pages, *static]


def _build_state_routes(live: Live) -> list[Route]:
    """Build the routes of what the board knows."""
    return [
        ("/api/alerts", _alerts(live)),
        ("/api/stories", _data(live.stories)),
        ("/api/status", _data(live.status)),
        ("/api/deliveries", _data(live.deliveries)),
        ("/api/rules", _data(live.rules)),
        ("/api/sources", _data(live.sources)),
        ("/api/feeds", _data(live.feeds)),
        ("/api/articles", _data(live.articles)),
        (
            "/api/why/{alert}",
            _find_or_404(live.explanation, "alert", "this alert is not on the board"),
        ),
        ("/api/actors", _actors(live)),
        ("/api/actors/{actor}", _find_or_404(live.actor, "actor", "no actor has this id")),
    ]


def _page(name: str, title: str, templates: Mapping[str, Template], layout: str) -> Handler:
    """Serve a page in a layout; all pages share one head."""
    more = "".join(
        f'    <script src="/static/{each}.js" defer></script>\n'
        for each in _MORE_SCRIPTS.get(name, ())
    )
    head = templates["head.html"].substitute(name=name, title=title, more=more)
    main = templates[f"{name}.html"].template if f"{name}.html" in templates else ""
    whole = templates[layout].substitute(head=head, main=main)
    return _file(f"{name}.html", whole.encode())


def _file(name: str, content: bytes) -> Handler:
    kind = _TYPES[Path(name).suffix]

    async def handler(_request: web.Request) -> web.Response:
        return web.Response(body=content, content_type=kind, charset="utf-8", headers=HEADERS)

    return handler


def _alerts(live: Live) -> Handler:
    async def handler(request: web.Request) -> web.Response:
        limit = request.query.get("limit", str(live.board.limit))
        if not (limit.isascii() and limit.isdigit() and len(limit) <= 6):
            return web.json_response(
                {"error": f"limit: a whole number, at most {live.board.limit}"},
                status=400,
                headers=HEADERS,
            )
        return _json(live.alerts(int(limit)))

    return handler


def _data(answer: Callable[[], bytes]) -> Handler:
    async def handler(_request: web.Request) -> web.Response:
        return _json(answer())

    return handler


def _find_or_404(find: Callable[[str], bytes | None], key: str, absent: str) -> Handler:
    """Answer with what ``find`` returns for the ``key`` in the path; 404 for None."""

    async def handler(request: web.Request) -> web.Response:
        answer = find(request.match_info[key])
        if answer is None:
            return web.json_response({"error": absent}, status=404, headers=HEADERS)
        return _json(answer)

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
            # Gone or too slow: its browser reconnects and says which event it saw last.
            request.transport.abort()
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
    """Return whether the browser says that another site's page makes the request."""
    return headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none")
