"""Everything that ``summitwire up`` starts: broker, topics, the stand-in for Slack and the services."""

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final

import aiohttp
from rich.console import Console
from rich.text import Text

from services.console import local_broker
from services.console.local_broker.broker import data_folder_of
from services.console.supervisor import Program, Supervisor
from shared import settings, topic_admin
from shared.kafka import Cluster
from shared.services import NAMES, PORTS

SINK: Final = "slack-sink"
SINK_PORT: Final = 6110
PORT_BASE: Final = 6100
BROKER_PORT: Final = 9092
STARTS_WITHIN_S: Final = "90"
"""The services start beside the broker and wait for it; on a small machine the first start takes a while."""
WEBHOOKS: Final = ("SLACK_WEBHOOK_URL", "SLACK_WEBHOOK_URL_FILE", "SLACK_WEBHOOKS_FILE")
COLOURS: Final = dict(zip((*NAMES, SINK), ("cyan", "green", "blue", "magenta", "yellow", "white"), strict=True))


@dataclass(frozen=True, slots=True)
class Plan:
    """What to start, and on which ports: the broker's, and for HTTP ``port_base`` plus each service's own number."""

    services: Sequence[str]
    verbose: bool = False
    port_base: int = PORT_BASE
    broker_port: int = BROKER_PORT

    @property
    def has_sink(self) -> bool:
        """Whether the stand-in takes Slack's place: nobody has named a real webhook."""
        return "alerting" in self.services and not any(os.environ.get(name) for name in WEBHOOKS)

    def url(self, name: str) -> str:
        """Where a service, or the stand-in for Slack, answers."""
        return f"http://127.0.0.1:{self.port_base + PORTS.get(name, SINK_PORT) - PORT_BASE}"

    def environment(self, name: str) -> dict[str, str]:
        """What a service's environment has besides ours."""
        bootstrap = os.environ.get("KAFKA_BOOTSTRAP") or f"127.0.0.1:{self.broker_port}"
        others = ",".join(f"{other}={self.url(other)}" for other in self.services if other != "board")
        told = {"KAFKA_BOOTSTRAP": bootstrap, "KAFKA_CONNECT_TIMEOUT_S": STARTS_WITHIN_S, "BOARD_SERVICES": others}
        told |= {"LOG_FORMAT": "console", "LOG_LEVEL": "info" if self.verbose else "warning", "HTTP_PORT": self.url(name).rpartition(":")[2]}
        return told | ({"SLACK_WEBHOOK_URL": f"{self.url(SINK)}/services/newsroom", "DELIVERY_ALLOW": "127.0.0.1"} if self.has_sink else {})

    def programs(self) -> list[Program]:
        """Every process, the stand-in first."""
        sink = Program(SINK, ["slack-sink", "--port", self.url(SINK).rpartition(":")[2]], silent=True)
        return [*([sink] if self.has_sink else []), *(Program(name, ["run", name], self.environment(name)) for name in self.services)]


@dataclass(frozen=True, slots=True)
class Stack:
    """What runs."""

    plan: Plan
    cluster: Cluster
    supervisor: Supervisor

    async def ready(self) -> None:
        """Wait until every service owns what it needs."""
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=2)) as session:
            for name in self.plan.services:
                while not await _ready(session, f"{self.plan.url(name)}/readyz"):  # noqa: ASYNC110 - another process tells us nothing by itself
                    await asyncio.sleep(0.1)


@asynccontextmanager
async def started(plan: Plan, screen: Console) -> AsyncIterator[Stack]:
    """Start it all; on leaving, stop it all, the broker last and only where it was started here."""
    supervisor = Supervisor(_sayer(screen))
    try:
        for program in plan.programs():
            supervisor.start(program)  # beside the broker, for which they wait: their own start takes as long as its
        async with _broker(plan, screen) as bootstrap:
            cluster = Cluster(settings.KafkaSettings(kafka_bootstrap=bootstrap, kafka_connect_timeout_s=float(STARTS_WITHIN_S)))
            try:
                await topic_admin.create(cluster)
                yield Stack(plan, cluster, supervisor)
            finally:
                await supervisor.stop()  # before the broker, so that they can commit what they have begun
    finally:
        await supervisor.stop()


@asynccontextmanager
async def _broker(plan: Plan, screen: Console) -> AsyncIterator[str]:
    """The bootstrap address: the settings' where they name one, else a local broker that lives as long as this does."""
    if os.environ.get("KAFKA_BOOTSTRAP"):
        yield settings.load(settings.KafkaSettings).kafka_bootstrap
        return
    folder = data_folder_of(plan.broker_port)
    running = local_broker.status(folder)
    if running is not None:
        yield running.bootstrap
        return
    screen.print("starting the local Kafka …", style="dim")
    # In a thread, because it blocks; the broker dies with that thread, which the event loop's executor keeps until the end.
    broker = await asyncio.to_thread(local_broker.start, folder, plan.broker_port, owned=True, say=screen.print)
    try:
        yield broker.bootstrap
    finally:
        await asyncio.to_thread(local_broker.stop, folder)


def _sayer(screen: Console) -> Callable[[str, str], None]:
    def say(name: str, line: str) -> None:
        screen.print(Text.assemble((f"{name:10} ", COLOURS.get(name, "white")), line))

    return say


async def _ready(session: aiohttp.ClientSession, url: str) -> bool:
    try:
        async with session.get(url) as answer:
            return answer.status == 200
    except (aiohttp.ClientError, TimeoutError):
        return False
