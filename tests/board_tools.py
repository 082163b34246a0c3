"""What tests of the board share: a board that runs beside the test, alerts onto its topics, and a
reader of its event stream.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import aiohttp
import orjson

from services.board.app import build_request_policy
from services.board.feed import TopicReader
from services.board.feedback.pages import FeedbackPages
from services.board.live import Live, now_ms
from services.board.pages import build_routes
from services.board.poll import ServicePoller
from services.board.questions.clean_preview import CleanPreviews, FindOriginal
from services.board.questions.gate import Call, RequestGate
from services.board.questions.rule_preview_requests import RulePreviews
from services.board.reconcile import ReconciliationLoop
from services.board.requests.feed_polls import FeedPolls
from services.board.requests.redrive import Redrives, build_redrives
from services.board.requests.silences import Silences
from services.board.settings import BoardSettings
from services.board.state.recent_articles import RecentArticle
from shared.base.project import project_root
from shared.kafka.cluster import Cluster
from shared.kafka.topics import ALERTS, DELIVERIES, NOTIFICATIONS
from shared.kafka.transaction import Write
from shared.messages import codec, headers
from shared.messages.schemas import Alert, Delivery, Notification
from shared.service.readiness import Readiness
from shared.service.web_server import WebServer, build_probe_routes
from shared.service.worker import Component
from shared.stream.watchdog import Progress
from tests.kafka_tools import produce
from tests.ports import free_port

DEADLINE_S = 30.0
SEEDS = project_root() / "seeds"


@dataclass(frozen=True)
class ABoard:
    """A running board."""

    url: str
    live: Live
    feed: TopicReader | None = None


async def no_original(_article: RecentArticle) -> bytes | None:
    """As where articles.raw does not keep it any more."""
    return None


async def no_request(_url: str) -> None:
    """As a broker that has it at once."""


async def no_writes(_write: Write) -> None:
    """As a broker that has it at once."""


@asynccontextmanager
async def served(
    live: Live,
    *,
    heartbeat_s: float = 15.0,
    call: Call = asyncio.to_thread,
    original: FindOriginal = no_original,
    hosts: str = "",
    redrives: Redrives | None = None,
    silences: Silences | None = None,
    feed_polls: FeedPolls | None = None,
    feedback: FeedbackPages | None = None,
    public_url: str = "",
) -> AsyncIterator[ABoard]:
    """The board's pages over this state, without Kafka. What visitors ask runs in a thread unless
    ``call`` says where.
    """
    desk = RequestGate(call)
    trials = RulePreviews(
        live.board.recent, desk, lambda: (str(SEEDS / "actors"), str(SEEDS / "keywords"), "")
    )
    cleanings = CleanPreviews(live.board.recent, desk, original)
    redrives = redrives or Redrives(live.board.undelivered, "dispatches", no_writes)
    chosen = BoardSettings.model_validate(
        {"http_host": "127.0.0.1", "board_hosts": hosts, "board_url": public_url}
    )
    silences = silences or Silences(live.board.desk, "silences", no_writes)
    feed_polls = feed_polls or FeedPolls(live.board, no_request)
    pages = build_routes(
        live, trials, cleanings, redrives, silences, feed_polls, heartbeat_s=heartbeat_s
    )
    answers = feedback.routes() if feedback else []
    probed = build_probe_routes(lambda: None, Readiness({}))
    server = WebServer(
        "127.0.0.1",
        port := free_port(),
        [*probed, *pages, *answers],
        build_request_policy(chosen),
    )
    await server.on_start()
    try:
        yield ABoard(f"http://127.0.0.1:{port}", live)
    finally:
        live.hub.close()
        await server.on_stop()


@asynccontextmanager
async def board(
    cluster: Cluster,
    *,
    services: dict[str, str] | None = None,
    viewers: int = 200,
    look_s: float = 0.2,
    clock_ms: Callable[[], int] = now_ms,
    operators: str = "",
) -> AsyncIterator[ABoard]:
    """A whole board on a cluster, once it has read what was there."""
    live = Live(alerts=500, viewers=viewers, epoch="test", clock_ms=clock_ms)
    feed = TopicReader(
        cluster, live, Progress(120.0, time.monotonic()), look_s=look_s, jitter=lambda: 0.0
    )
    runs: list[Component] = [
        feed,
        ServicePoller(live, services or {}, every_s=look_s),
        ReconciliationLoop(cluster, live, every_s=look_s, operators=operators),
    ]
    redrives = build_redrives(cluster, live.board.undelivered)
    async with served(live, redrives=redrives) as at:
        tasks = [asyncio.create_task(each.run()) for each in runs]
        try:
            await until(lambda: feed.caught_up, "the board has read what was there")
            yield ABoard(at.url, live, feed)
        finally:
            for each in runs:
                await each.stop()
            await asyncio.wait_for(asyncio.gather(*tasks), DEADLINE_S)


async def until(holds: Callable[[], bool], what: str) -> None:
    """Wait until it holds; fail with ``what`` at the deadline."""
    deadline = time.monotonic() + DEADLINE_S
    while not holds():
        assert time.monotonic() < deadline, f"not within {DEADLINE_S:g} s: {what}"
        await asyncio.sleep(0.02)


async def tell(
    cluster: Cluster, *messages: Alert | Notification | Delivery, said: dict[str, str] | None = None
) -> None:
    """Put messages onto their topics, each with its key."""
    for message in messages:
        topic, key = _where(message)
        await produce(
            cluster,
            topic,
            [(key.encode(), codec.encode(message))],
            headers=headers.encode_headers(said or {}),
        )


def _where(message: Alert | Notification | Delivery) -> tuple[str, str]:
    if isinstance(message, Alert):
        return ALERTS.name, message.rule_id
    return (
        (NOTIFICATIONS.name, message.destination)
        if isinstance(message, Notification)
        else (DELIVERIES.name, message.notification_id)
    )


@dataclass(frozen=True)
class Event:
    """One server-sent event."""

    kind: str
    data: Any
    id: str | None


@dataclass
class Stream:
    """An open event stream."""

    answer: aiohttp.ClientResponse

    async def next(self, *kinds: str, where: Callable[[Any], bool] = lambda _data: True) -> Event:
        """The next event of these kinds whose data is as wanted; others are passed over."""
        async with asyncio.timeout(DEADLINE_S):
            while True:
                event = await self._event()
                if event.kind in kinds and where(event.data):
                    return event

    async def _event(self) -> Event:
        fields: dict[str, str] = {}
        while row := (await self.answer.content.readuntil(b"\n")).decode().rstrip("\n"):
            name, _, value = row.partition(": ")
            fields[name] = value
        return Event(
            fields.get("event", ""), orjson.loads(fields.get("data", "null")), fields.get("id")
        )


@asynccontextmanager
async def stream(url: str, last_event_id: str | None = None) -> AsyncIterator[Stream]:
    """Watch a board as a browser would."""
    session = aiohttp.ClientSession(
        read_bufsize=64 * 1024 * 1024, timeout=aiohttp.ClientTimeout(total=None)
    )
    asked = {"Last-Event-ID": last_event_id} if last_event_id else {}
    async with session, session.get(f"{url}/events", headers=asked) as answer:
        assert answer.status == 200, await answer.text()
        yield Stream(answer)


def alert_ids(entries: Sequence[dict[str, Any]]) -> list[str]:
    """The ids of the alerts of a snapshot's or an event's stories, or of a list of alerts."""
    return [alert["card"]["id"] for entry in entries for alert in entry.get("alerts", [entry])]
