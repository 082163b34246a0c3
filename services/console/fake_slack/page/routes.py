"""The routes of the stand-in's page: a channel, its static files, and a person's reaction."""

from collections.abc import Callable
from pathlib import Path
from typing import Final

from aiohttp import web

from services.console.fake_slack.events import SlackEvent
from services.console.fake_slack.page.channel_page import (
    ChannelView,
    newest_channel,
    path_of,
    render_page,
)
from services.console.fake_slack.people import PEOPLE, READER
from services.console.fake_slack.web_api.reactions import is_reaction, reaction
from services.console.fake_slack.workspace import SlackWorkspace

Record = Callable[[SlackEvent], None]
STATIC: Final = Path(__file__).parent / "static"
CONTENT_POLICY: Final = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_TYPES: Final = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}


def page_routes(workspace: SlackWorkspace, record: Record) -> list[web.RouteDef]:
    """Return the routes; ``record`` stores a reaction, or raises OSError."""

    async def show_newest(request: web.Request) -> web.Response:
        return _page(request, workspace, newest_channel(workspace))

    async def show_channel(request: web.Request) -> web.Response:
        channel = workspace.resolve(request.match_info["channel"])
        if channel is None:
            raise web.HTTPNotFound(text="There is no such channel.")
        return _page(request, workspace, channel)

    async def show_message(request: web.Request) -> web.Response:
        channel, anchor = request.match_info["channel"], request.match_info["anchor"]
        raise web.HTTPFound(f"/archives/{channel}#{anchor}")

    async def show_revision(_: web.Request) -> web.Response:
        return web.Response(text=str(workspace.revision))

    async def react(request: web.Request) -> web.Response:
        return await _react(request, workspace, record)

    return [
        web.get("/", show_newest),
        web.get("/archives/{channel:C[A-Z2-7]{10}}", show_channel),
        web.get("/archives/{channel:C[A-Z2-7]{10}}/{anchor:p[0-9]{16}}", show_message),
        web.get("/revision", show_revision),
        web.get("/static/{name}", _static),
        web.post("/reactions", react),
    ]


def _page(request: web.Request, workspace: SlackWorkspace, channel: str) -> web.Response:
    user = request.query.get("user", READER)
    view = ChannelView(workspace, channel, user if user in PEOPLE else READER)
    headers = {"Content-Security-Policy": CONTENT_POLICY, "Cache-Control": "no-store"}
    return web.Response(text=render_page(view), content_type="text/html", headers=headers)


async def _react(request: web.Request, workspace: SlackWorkspace, record: Record) -> web.Response:
    """Add or remove a person's reaction, and show the message again."""
    form = await request.post()
    fields = {name: str(form.get(name, "")) for name in ("channel", "ts", "user", "name")}
    channel = workspace.resolve(fields["channel"])
    message = workspace.find(channel, fields["ts"]) if channel else None
    if channel is None or message is None:
        raise web.HTTPNotFound(text="There is no such message.")
    if fields["user"] not in PEOPLE or not is_reaction(fields["name"]):
        raise web.HTTPBadRequest(text="There is no such person or reaction.")
    is_added = fields["user"] not in message.reactions.get(fields["name"], ())
    record(reaction(message, fields["name"], fields["user"], is_added=is_added))
    anchor = message.post.ts.replace(".", "")
    raise web.HTTPSeeOther(f"{path_of(channel)}?user={fields['user']}#p{anchor}")


async def _static(request: web.Request) -> web.Response:
    path = STATIC / Path(request.match_info["name"]).name
    if path.suffix not in _TYPES or not path.is_file():
        raise web.HTTPNotFound
    headers = {"Cache-Control": "no-cache"}
    return web.Response(
        body=path.read_bytes(), content_type=_TYPES[path.suffix], charset="utf-8", headers=headers
    )
