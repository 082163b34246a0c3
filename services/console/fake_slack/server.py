"""``summitwire slack-sink``: a stand-in for Slack's incoming webhooks, with Slack's rules and answers, that can be told to misbehave."""

import asyncio
import signal
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, Final, Self

import orjson
import typer
from aiohttp import web

from services.alerting.deliver.channels.slack_limits import refusal
from services.console.fake_slack.faults import Fault, load_faults
from services.console.fake_slack.messages import MessageFile
from services.console.fake_slack.readable import page, readable
from shared.http.host_names import HostNames
from shared.http.request_policy import RequestPolicy, enforce_request_policy

PER_SECOND: Final = 1.0
BURST: Final = 3
MAX_BYTES: Final = 1024 * 1024
POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"
MOST: Final = 5_000
"""Messages that are shown; the oldest go first."""
PREFIX: Final = "/services/"
"""A webhook's path is /services/ and what names it (Slack's own: T…/B…/secret); anything else is ``no_service``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptedPost:
    """A message that was taken; ``at_s`` is Unix time."""

    hook: str
    payload: dict[str, Any]
    at_s: float

    @property
    def text(self) -> str:
        """The fallback text, with its marks."""
        return str(self.payload.get("text", ""))


@dataclass(slots=True)
class _Bucket:
    """Slack's pace for one webhook: a message a second on average, a few at once."""

    tokens: float = BURST
    at: float = 0.0

    def take(self, now: float, per_second: float) -> bool:
        self.tokens = min(BURST, self.tokens + (now - self.at) * per_second)
        self.at = now
        if self.tokens < 1:
            return False
        self.tokens -= 1
        return True


@dataclass(slots=True)
class FakeSlack:
    """The stand-in. Use it as an async context manager; it listens on ``port`` (0: a free one). ``faults`` may be changed while it runs.

    ``posts`` are the accepted messages in order, ``requests`` the number of posts by webhook, whatever came of them; ``gone`` are webhooks that
    were removed. ``per_second`` is the allowed pace of each webhook; ``allowed_hosts`` are its names besides localhost and ``host``.
    ``kept`` is where messages outlive the process.
    """

    port: int = 0
    host: str = "127.0.0.1"
    allowed_hosts: Sequence[str] = ()
    faults: list[Fault] = field(default_factory=list)
    gone: set[str] = field(default_factory=set)
    per_second: float = PER_SECOND
    on_accept: Callable[[AcceptedPost], None] = lambda _post: None
    posts: list[AcceptedPost] = field(default_factory=list)
    message_file: MessageFile | None = None
    requests: Counter[str] = field(default_factory=Counter)
    _buckets: dict[str, _Bucket] = field(default_factory=dict)
    _runner: web.AppRunner | None = None

    async def __aenter__(self) -> Self:
        if self.message_file is not None:
            self.posts = [_accepted(line) for line in self.message_file.load()][-MOST:]
        app = web.Application(client_max_size=MAX_BYTES)
        enforce_request_policy(
            app,
            RequestPolicy(
                HostNames.from_settings(",".join(self.allowed_hosts), self.host), "--allow-host"
            ),
        )
        app.add_routes(
            [
                web.post("/{path:.*}", self._post),
                web.get("/", self._page),
                web.get("/posts", self._list),
                web.get("/livez", _alive),
            ]
        )
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, self.host, self.port)
        await site.start()
        self.port = self._runner.addresses[0][1]
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._runner is not None:
            await self._runner.cleanup()

    def url(self, hook: str) -> str:
        """The address of a webhook; any name will do."""
        return f"http://{self.host}:{self.port}{PREFIX}T0/B0/{hook}"

    async def _post(self, request: web.Request) -> web.StreamResponse:
        hook = request.path.removeprefix(PREFIX).rpartition("/")[2]
        self.requests[hook] += 1
        body = await request.read()
        fault = next(
            (each for each in self.faults if each.hits(request.path, self.requests[hook])), None
        )
        if fault is None:
            return self._answer(request.path, hook, body)
        if fault.accept:
            self._answer(request.path, hook, body)
        return await self._misbehave(fault, request, hook, body)

    def _answer(self, path: str, hook: str, body: bytes) -> web.Response:
        """What Slack would answer, and take the message where it would."""
        if not path.startswith(PREFIX) or not hook or hook in self.gone:
            return _plain(404, "no_service")
        if not self._buckets.setdefault(hook, _Bucket()).take(time.monotonic(), self.per_second):
            return _plain(429, "rate_limited", {"Retry-After": "1"})
        payload = _parsed(body)
        if word := refusal(payload):
            return _plain(400, word)
        self._take(AcceptedPost(hook=hook, payload=payload, at_s=time.time()))
        return _plain(200, "ok")

    def _take(self, post: AcceptedPost) -> None:
        """Keep a message, then show it: what cannot be kept was not taken, and is posted again."""
        if self.message_file is not None:
            self.message_file.append(_line(post))
        self.posts.append(post)
        del self.posts[:-MOST]
        self.on_accept(post)

    async def _misbehave(
        self, fault: Fault, request: web.Request, hook: str, body: bytes
    ) -> web.StreamResponse:
        if fault.do == "status":
            asked = {} if fault.retry_after is None else {"Retry-After": str(fault.retry_after)}
            return _plain(fault.status, fault.body, asked)
        if fault.do == "reset":
            _break_off(request)
            return web.Response()
        await asyncio.sleep(fault.seconds)
        if fault.do == "hang":
            _break_off(request)
        return (
            _plain(200, "ok")
            if fault.accept or fault.do == "hang"
            else self._answer(request.path, hook, body)
        )

    async def _page(self, _: web.Request) -> web.Response:
        shown = ((_clock(post.at_s), post.hook, readable(post.payload)) for post in self.posts)
        return web.Response(
            text=page(shown), content_type="text/html", headers={"Content-Security-Policy": POLICY}
        )

    async def _list(self, _: web.Request) -> web.Response:
        return web.Response(
            body=b"".join(_line(post) for post in self.posts), content_type="application/x-ndjson"
        )


def slack_sink(
    port: Annotated[
        int,
        typer.Option(
            help="Where to listen on this machine; 0 takes a free port.", min=0, max=65_535
        ),
    ] = 8_090,
    host: Annotated[
        str,
        typer.Option(
            help="The address to listen on; 0.0.0.0 lets other machines and containers post."
        ),
    ] = "127.0.0.1",
    allow_host: Annotated[
        list[str] | None,
        typer.Option(
            help="A name by which it may be asked, besides localhost and --host; may be repeated.",
            envvar="SLACK_SINK_HOSTS",
        ),
    ] = None,
    script: Annotated[
        Path | None,
        typer.Option(
            help="YAML or JSON: a list of faults, e.g. '- {at: 3, do: status, status: 503}'."
        ),
    ] = None,
    json_: Annotated[
        bool, typer.Option("--json", help="One JSON object an accepted message.")
    ] = False,
    keep: Annotated[
        Path | None,
        typer.Option(
            help="Keep the messages in this file over a restart: JSON lines, at most 16 MB."
        ),
    ] = None,
) -> None:
    """Stand in for Slack's incoming webhooks and print the messages; Ctrl-C ends it.

    It has Slack's rate limit, size limits and answers.

    Example: summitwire slack-sink --port 8090 --script faults.yaml
    """
    faults = load_faults(script) if script else []
    tell = _told_as_json if json_ else _told
    try:
        HostNames.from_settings(",".join(allow_host or ()))
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--allow-host") from None
    kept = MessageFile(keep) if keep else None
    asyncio.run(
        _serve(
            FakeSlack(
                host=host,
                port=port,
                allowed_hosts=allow_host or (),
                faults=list(faults),
                on_accept=tell,
                message_file=kept,
            )
        )
    )


async def _serve(ready: FakeSlack) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with ready as sink:
        typer.echo(
            f"webhooks: {sink.url('NAME')}\npage:     http://{sink.host}:{sink.port}/", err=True
        )
        await stop.wait()


async def _alive(_: web.Request) -> web.Response:
    return web.Response(text="ok")


def _told(post: AcceptedPost) -> None:
    typer.echo(f"--- {_clock(post.at_s)} {post.hook}\n{readable(post.payload)}\n")


def _told_as_json(post: AcceptedPost) -> None:
    typer.echo(_line(post), nl=False)


def _line(post: AcceptedPost) -> bytes:
    return orjson.dumps(
        {"at": _clock(post.at_s), "hook": post.hook, "payload": post.payload},
        option=orjson.OPT_APPEND_NEWLINE,
    )


def _accepted(line: bytes) -> AcceptedPost:
    """The inverse of ``_line``."""
    kept = orjson.loads(line)
    return AcceptedPost(
        hook=kept["hook"],
        payload=kept["payload"],
        at_s=datetime.fromisoformat(kept["at"]).timestamp(),
    )


def _clock(at_s: float) -> str:
    return datetime.fromtimestamp(at_s, UTC).isoformat(timespec="milliseconds")


def _parsed(body: bytes) -> Any:
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        return None


def _plain(status: int, text: str, headers: dict[str, str] | None = None) -> web.Response:
    return web.Response(status=status, text=text, headers=headers)


def _break_off(request: web.Request) -> None:
    """Close the connection without an answer; the client sees it broken."""
    if request.transport is not None:
        request.transport.abort()
