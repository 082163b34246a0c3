"""The stand-in for Slack as an HTTP server: webhooks, Web API, page, and faults on demand."""

import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final, Self

from aiohttp import web

from services.console.fake_slack import webhooks
from services.console.fake_slack.answers import SlackAnswer
from services.console.fake_slack.events import AcceptedPost, SlackEvent, parse_event
from services.console.fake_slack.faults import Fault, FaultClock
from services.console.fake_slack.messages import MessageFile
from services.console.fake_slack.misbehave import misbehave, respond
from services.console.fake_slack.page.routes import page_routes
from services.console.fake_slack.rate_limits import (
    BURST,
    PER_MINUTE,
    PER_SECOND,
    SlackRateLimits,
)
from services.console.fake_slack.web_api.arguments import ApiArguments, ApiError, read_arguments
from services.console.fake_slack.web_api.call import ApiCall
from services.console.fake_slack.web_api.methods import METHODS, POST_MESSAGE
from services.console.fake_slack.workspace import MAX_MESSAGES, SlackWorkspace
from shared.base.exits import ConfigurationError
from shared.http.host_names import HostNames
from shared.http.request_policy import RequestPolicy, enforce_request_policy

__all__ = ["BURST", "AcceptedPost", "FakeSlack"]

MAX_BYTES: Final = 1024 * 1024
API_PREFIX: Final = "/api/"
DEFAULT_TOKEN: Final = "xoxb-stand-in"  # noqa: S105 - opens nothing but the stand-in


@dataclass(slots=True)
class FakeSlack:
    """The server, an async context manager that listens on ``port`` (0: a free one).

    ``faults`` may be changed while it runs. ``posts`` are the accepted messages in order, as they
    were posted; ``workspace`` has them as they are now, and archived channels. ``requests`` is the
    number of posts by webhook, accepted or not, ``calls`` of calls by method and channel; ``gone``
    are webhooks that were removed. ``per_second`` is the rate limit of each webhook and channel,
    ``per_minute`` of each other method; ``token`` is the bot's. ``allowed_hosts`` are host names by
    which it answers besides localhost and ``host``. ``message_file`` keeps messages over a restart.
    """

    port: int = 0
    host: str = "127.0.0.1"
    allowed_hosts: Sequence[str] = ()
    faults: list[Fault] = field(default_factory=list)
    gone: set[str] = field(default_factory=set)
    per_second: float = PER_SECOND
    per_minute: float = PER_MINUTE
    token: str = DEFAULT_TOKEN
    on_accept: Callable[[AcceptedPost], None] = lambda _post: None
    posts: list[AcceptedPost] = field(default_factory=list)
    workspace: SlackWorkspace = field(default_factory=SlackWorkspace)
    message_file: MessageFile | None = None
    requests: Counter[str] = field(default_factory=Counter)
    calls: Counter[tuple[str, str]] = field(default_factory=Counter)
    _limits: SlackRateLimits = field(default_factory=SlackRateLimits)
    _clock: FaultClock = field(default_factory=FaultClock)
    _runner: web.AppRunner | None = None

    async def __aenter__(self) -> Self:
        if self.message_file is not None:
            self._load(self.message_file)
        app = web.Application(client_max_size=MAX_BYTES)
        names = HostNames.from_settings(",".join(self.allowed_hosts), self.host)
        enforce_request_policy(app, RequestPolicy(names, "--allow-host"))
        app.add_routes([*page_routes(self.workspace, self.record), *self._routes()])
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, self.host, self.port)
        await site.start()
        self.port = self._runner.addresses[0][1]
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._runner is not None:
            await self._runner.cleanup()

    @property
    def base_url(self) -> str:
        """The address of the page, with its slash; the Web API is below it at ``api/``."""
        return f"http://{self.host}:{self.port}/"

    def url(self, hook: str) -> str:
        """Return the address of a webhook; any name will do."""
        return f"{self.base_url.removesuffix('/')}{webhooks.PREFIX}T0/B0/{hook}"

    def record(self, event: SlackEvent) -> None:
        """Store an event before it counts; OSError if that fails, and then nothing happened."""
        if self.message_file is not None:
            self.message_file.append(event.to_line())
        self._apply(event)
        if isinstance(event, AcceptedPost):
            self.on_accept(event)

    def _load(self, messages: MessageFile) -> None:
        """Apply the events of a file. ConfigurationError if it holds something else."""
        for number, line in enumerate(messages.load(), 1):
            try:
                self._apply(parse_event(line))
            except ValueError as error:
                reason = f"line {number} holds {error}; choose another file"
                raise ConfigurationError(f"{messages.path}: {reason}") from None

    def _apply(self, event: SlackEvent) -> None:
        self.workspace.apply(event)
        if isinstance(event, AcceptedPost):
            self.posts.append(event)
            del self.posts[:-MAX_MESSAGES]

    def _routes(self) -> list[web.RouteDef]:
        return [
            web.get("/posts", self._handle_list),
            web.get("/livez", _handle_livez),
            web.get(f"{API_PREFIX}{{method}}", self._handle_call),
            web.post(f"{API_PREFIX}{{method}}", self._handle_call),
            web.post("/{path:.*}", self._handle_post),
        ]

    async def _handle_post(self, request: web.Request) -> web.StreamResponse:
        path, body = request.path, await request.read()
        hook = webhooks.hook_of(path)
        self.requests[hook] += 1
        fault = self._clock.select(self.faults, path, self.requests[hook], hook, time.monotonic())

        def answer() -> SlackAnswer:
            return self._answer_webhook(path, body, request.content_type)

        if fault is None:
            return respond(answer())
        return await misbehave(fault, request, answer, is_call=False)

    def _answer_webhook(self, path: str, body: bytes, content_type: str) -> SlackAnswer:
        """Answer as Slack would, and accept the message if Slack would."""
        hook = webhooks.hook_of(path)
        if not webhooks.is_webhook(path, self.gone):
            return SlackAnswer.of_webhook("no_service")
        if not self._limits.admit_message("hook", hook, time.monotonic(), self.per_second):
            return SlackAnswer.of_webhook("rate_limited")
        payload = webhooks.read_payload(body, content_type)
        if word := webhooks.judge(payload, hook, self.workspace):
            return SlackAnswer.of_webhook(word)
        self.record(webhooks.build_post(payload, hook, self.workspace, time.time()))
        return SlackAnswer.of_webhook()

    async def _handle_call(self, request: web.Request) -> web.StreamResponse:
        method, body = request.match_info["method"], await request.read()
        authorization = request.headers.get("Authorization", "")
        try:
            token, arguments = read_arguments(
                request.query_string, body, request.content_type if body else "", authorization
            )
        except ApiError as refusal:
            return respond(SlackAnswer.of_api_error(refusal))
        channel = self._channel_of(arguments)
        self.calls[method, channel] += 1
        number = self.calls[method, channel]
        fault = self._clock.select(self.faults, request.path, number, channel, time.monotonic())

        def answer() -> SlackAnswer:
            return self._answer_call(method, token, arguments)

        if fault is None:
            return respond(answer())
        return await misbehave(fault, request, answer, is_call=True)

    def _channel_of(self, arguments: ApiArguments) -> str:
        channel = arguments.text("channel")
        return self.workspace.resolve(channel, by_name=True) or channel

    def _answer_call(self, method: str, token: str, arguments: ApiArguments) -> SlackAnswer:
        """Answer as Slack would, and change the workspace if Slack would."""
        call = ApiCall(
            arguments=arguments, workspace=self.workspace, now_s=time.time(), url=self.base_url
        )
        try:
            self._admit(method, token, arguments)
            answer, event = METHODS[method](call)
        except ApiError as refusal:
            return SlackAnswer.of_api_error(refusal)
        if event is not None:
            self.record(event)
        return SlackAnswer.of_api(answer)

    def _admit(self, method: str, token: str, arguments: ApiArguments) -> None:
        """Admit a call. ApiError: an unknown method or token, or one call too many."""
        if method not in METHODS:
            raise ApiError("unknown_method")
        if token != self.token:
            raise ApiError("invalid_auth" if token else "not_authed")
        now_s = time.monotonic()
        if method == POST_MESSAGE:
            channel = self._channel_of(arguments)
            is_admitted = self._limits.admit_message("channel", channel, now_s, self.per_second)
        else:
            is_admitted = self._limits.admit_call(method, now_s, self.per_minute)
        if not is_admitted:
            raise ApiError("ratelimited")

    async def _handle_list(self, _: web.Request) -> web.Response:
        body = b"".join(post.to_line() for post in self.posts)
        return web.Response(body=body, content_type="application/x-ndjson")


async def _handle_livez(_: web.Request) -> web.Response:
    return web.Response(text="ok")
