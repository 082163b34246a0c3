"""A stand-in for Slack's incoming webhooks: Slack's limits and answers, and faults on demand."""

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final, Self

import orjson
from aiohttp import web

from services.alerting.deliver.channels.slack_sizes import refusal
from services.console.fake_slack.faults import Fault
from services.console.fake_slack.messages import MessageFile
from services.console.fake_slack.readable import page, readable
from shared.http.host_names import HostNames
from shared.http.request_policy import RequestPolicy, enforce_request_policy

PER_SECOND: Final = 1.0
BURST: Final = 3
MAX_BYTES: Final = 1024 * 1024
CONTENT_POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"
MAX_POSTS: Final = 5_000
"""Messages that are shown; the oldest are dropped first."""
PREFIX: Final = "/services/"
"""How a webhook's path begins; Slack's own go on with T…/B…/secret. Others are ``no_service``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptedPost:
    """A message that was accepted, at ``at_s`` (Unix time)."""

    hook: str
    payload: dict[str, Any]
    at_s: float

    @property
    def text(self) -> str:
        """The fallback text, with its markup."""
        return str(self.payload.get("text", ""))

    @property
    def time(self) -> str:
        """The time as RFC 3339."""
        return datetime.fromtimestamp(self.at_s, UTC).isoformat(timespec="milliseconds")

    def to_line(self) -> bytes:
        """Return the post as a JSON line."""
        line = {"at": self.time, "hook": self.hook, "payload": self.payload}
        return orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE)

    @classmethod
    def from_line(cls, line: bytes) -> Self:
        """Parse a JSON line; the inverse of ``to_line``."""
        post = orjson.loads(line)
        at_s = datetime.fromisoformat(post["at"]).timestamp()
        return cls(hook=post["hook"], payload=post["payload"], at_s=at_s)


@dataclass(slots=True)
class _TokenBucket:
    """Slack's rate limit for one webhook: a message a second on average, a few at once."""

    tokens: float = BURST
    at_s: float = 0.0

    def take(self, now_s: float, per_second: float) -> bool:
        self.tokens = min(BURST, self.tokens + (now_s - self.at_s) * per_second)
        self.at_s = now_s
        if self.tokens < 1:
            return False
        self.tokens -= 1
        return True


@dataclass(slots=True)
class FakeSlack:
    """The server, an async context manager that listens on ``port`` (0: a free one).

    ``faults`` may be changed while it runs. ``posts`` are the accepted messages in order,
    ``requests`` the number of posts by webhook, accepted or not; ``gone`` are webhooks that were
    removed. ``per_second`` is the rate limit of each webhook; ``allowed_hosts`` are host names by
    which it answers besides localhost and ``host``. ``message_file`` keeps messages over a restart.
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
    _buckets: dict[str, _TokenBucket] = field(default_factory=dict)
    _runner: web.AppRunner | None = None

    async def __aenter__(self) -> Self:
        if self.message_file is not None:
            lines = self.message_file.load()[-MAX_POSTS:]
            self.posts = [AcceptedPost.from_line(line) for line in lines]
        app = web.Application(client_max_size=MAX_BYTES)
        names = HostNames.from_settings(",".join(self.allowed_hosts), self.host)
        enforce_request_policy(app, RequestPolicy(names, "--allow-host"))
        app.add_routes(
            [
                web.post("/{path:.*}", self._handle_post),
                web.get("/", self._handle_page),
                web.get("/posts", self._handle_list),
                web.get("/livez", _handle_livez),
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
        """Return the address of a webhook; any name will do."""
        return f"http://{self.host}:{self.port}{PREFIX}T0/B0/{hook}"

    async def _handle_post(self, request: web.Request) -> web.StreamResponse:
        path = request.path
        hook = path.removeprefix(PREFIX).rpartition("/")[2]
        self.requests[hook] += 1
        number = self.requests[hook]
        body = await request.read()
        fault = next((candidate for candidate in self.faults if candidate.hits(path, number)), None)
        if fault is None:
            return self._answer(path, hook, body)
        if fault.accept:
            self._answer(path, hook, body)
        return await self._misbehave(fault, request, hook, body)

    def _answer(self, path: str, hook: str, body: bytes) -> web.Response:
        """Answer as Slack would, and accept the message if Slack would."""
        if not path.startswith(PREFIX) or not hook or hook in self.gone:
            return _text_response(404, "no_service")
        bucket = self._buckets.setdefault(hook, _TokenBucket())
        if not bucket.take(time.monotonic(), self.per_second):
            return _text_response(429, "rate_limited", {"Retry-After": "1"})
        payload = _parse(body)
        if error := refusal(payload):
            return _text_response(400, error)
        self._accept(AcceptedPost(hook=hook, payload=payload, at_s=time.time()))
        return _text_response(200, "ok")

    def _accept(self, post: AcceptedPost) -> None:
        """Store the message before it counts as accepted: if that fails, it is posted again."""
        if self.message_file is not None:
            self.message_file.append(post.to_line())
        self.posts.append(post)
        del self.posts[:-MAX_POSTS]
        self.on_accept(post)

    async def _misbehave(
        self, fault: Fault, request: web.Request, hook: str, body: bytes
    ) -> web.StreamResponse:
        if fault.do == "status":
            has_hint = fault.retry_after is not None
            headers = {"Retry-After": str(fault.retry_after)} if has_hint else {}
            return _text_response(fault.status, fault.body, headers)
        if fault.do == "reset":
            _abort(request)
            return web.Response()
        await asyncio.sleep(fault.seconds)
        if fault.do == "hang":
            _abort(request)
        if fault.accept or fault.do == "hang":
            return _text_response(200, "ok")
        return self._answer(request.path, hook, body)

    async def _handle_page(self, _: web.Request) -> web.Response:
        text = page((post.time, post.hook, readable(post.payload)) for post in self.posts)
        headers = {"Content-Security-Policy": CONTENT_POLICY}
        return web.Response(text=text, content_type="text/html", headers=headers)

    async def _handle_list(self, _: web.Request) -> web.Response:
        body = b"".join(post.to_line() for post in self.posts)
        return web.Response(body=body, content_type="application/x-ndjson")


async def _handle_livez(_: web.Request) -> web.Response:
    return web.Response(text="ok")


def _parse(body: bytes) -> Any:
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        return None


def _text_response(status: int, text: str, headers: dict[str, str] | None = None) -> web.Response:
    return web.Response(status=status, text=text, headers=headers)


def _abort(request: web.Request) -> None:
    """Close the connection without an answer; the client sees it broken."""
    if request.transport is not None:
        request.transport.abort()
