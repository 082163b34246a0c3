"""Everything that ``summitwire up`` starts: broker, topics, the stand-in for Slack and the services."""

import asyncio
import importlib
import os
import socket
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import Final
from urllib.parse import urlsplit

import aiohttp
from rich.console import Console
from rich.text import Text

from services.console.local import kafka_broker
from services.console.local.kafka_broker.broker import data_folder_of
from services.console.local.kafka_broker.process import listener
from services.console.local.supervisor import ProgramSpec, Supervisor
from shared.base import settings
from shared.base.ports import NAMES, PORTS
from shared.kafka import topic_admin
from shared.kafka.cluster import Cluster

FAKE_SLACK: Final = "slack-sink"
FAKE_SLACK_PORT: Final = 6110
PORT_BASE: Final = 6100
BROKER_PORT: Final = 9092
STARTS_WITHIN_S: Final = "90"
"""The services start beside the broker and wait for it; on a small machine the first start takes a while."""
WEBHOOKS: Final = ("SLACK_WEBHOOK_URL", "SLACK_WEBHOOK_URL_FILE", "SLACK_WEBHOOKS_FILE")
COLOURS: Final = dict(
    zip((*NAMES, FAKE_SLACK), ("cyan", "green", "blue", "magenta", "yellow", "white"), strict=True)
)


@dataclass(frozen=True, slots=True)
class Plan:
    """What to start, and on which ports: the broker's, and for HTTP ``port_base`` plus each service's own number."""

    services: Sequence[str]
    verbose: bool = False
    port_base: int = PORT_BASE
    broker_port: int = BROKER_PORT

    @property
    def has_fake_slack(self) -> bool:
        """Whether the stand-in takes Slack's place: nobody has named a real webhook."""
        return "alerting" in self.services and not any(os.environ.get(name) for name in WEBHOOKS)

    def url(self, name: str) -> str:
        """Where a service, or the stand-in for Slack, answers."""
        return f"http://127.0.0.1:{self.port_base + PORTS.get(name, FAKE_SLACK_PORT) - PORT_BASE}"

    def environment(self, name: str) -> dict[str, str]:
        """What a service's environment has besides ours."""
        bootstrap = os.environ.get("KAFKA_BOOTSTRAP") or f"127.0.0.1:{self.broker_port}"
        others = ",".join(
            f"{other}={self.url(other)}" for other in self.services if other != "board"
        )
        told = {
            "KAFKA_BOOTSTRAP": bootstrap,
            "KAFKA_CONNECT_TIMEOUT_S": STARTS_WITHIN_S,
            "BOARD_SERVICES": others,
        }
        told |= {
            "LOG_FORMAT": "console",
            "LOG_LEVEL": "info" if self.verbose else "warning",
            "HTTP_PORT": self.url(name).rpartition(":")[2],
        }
        return told | (
            {
                "SLACK_WEBHOOK_URL": f"{self.url(FAKE_SLACK)}/services/newsroom",
                "DELIVERY_ALLOW": "127.0.0.1",
            }
            if self.has_fake_slack
            else {}
        )

    def programs(self) -> list[ProgramSpec]:
        """Every process, the stand-in first."""
        port = self.url(FAKE_SLACK).rpartition(":")[2]
        kept = settings.project_root() / "var" / FAKE_SLACK / f"{port}.jsonl"
        sink = ProgramSpec(
            FAKE_SLACK, ["slack-sink", "--port", port, "--keep", str(kept)], silent=True
        )
        return [
            *([sink] if self.has_fake_slack else []),
            *(ProgramSpec(name, ["run", name], self.environment(name)) for name in self.services),
        ]


@dataclass(frozen=True, slots=True)
class Stack:
    """What runs."""

    plan: Plan
    cluster: Cluster
    supervisor: Supervisor

    async def wait_until_ready(self) -> None:
        """Wait until every service owns what it needs."""
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=2)) as session:
            for name in self.plan.services:
                while not await _ready(session, f"{self.plan.url(name)}/readyz"):  # noqa: ASYNC110 - another process tells us nothing by itself
                    await asyncio.sleep(0.1)


def check(plan: Plan) -> None:
    """ConfigurationError with all that can be told before anything is started: every setting that is wrong, every port that is taken."""
    names = (*plan.services, *([FAKE_SLACK] if plan.has_fake_slack else []))
    looks = [partial(settings.load, settings_of(name)) for name in plan.services] + [
        partial(_check_port, plan, name) for name in names
    ]
    mistakes = [line for look in looks for line in _mistakes(look)]
    if mistakes:
        raise settings.ConfigurationError(
            "\n".join(dict.fromkeys(mistakes))
        )  # what services share is told once


def settings_of(service: str) -> type[settings.ServiceSettings]:
    """A service's group of settings."""
    found: type[settings.ServiceSettings] = getattr(
        importlib.import_module(f"services.{service}.settings"), f"{service.title()}Settings"
    )
    return found


def _mistakes(look: Callable[[], object]) -> list[str]:
    try:
        look()
    except settings.ConfigurationError as error:
        return str(error).splitlines()
    return []


def _check_port(plan: Plan, name: str) -> None:
    port = urlsplit(plan.url(name)).port or 0
    with socket.socket() as ours:
        ours.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            ours.bind(("127.0.0.1", port))
        except OSError:
            told = f"port {port}, for {name}, is taken{listener(port)}: stop what uses it or choose other ports with --port-base"
            raise settings.ConfigurationError(told) from None


@asynccontextmanager
async def run_stack(plan: Plan, screen: Console, supervisor: Supervisor) -> AsyncIterator[Stack]:
    """Start it all; on leaving, stop it all, the broker last and only where it was started here."""
    try:
        for program in plan.programs():
            supervisor.start(
                program
            )  # beside the broker, for which they wait: their own start takes as long as its
        async with _broker(plan, screen) as bootstrap:
            told = {"kafka_bootstrap": bootstrap, "kafka_connect_timeout_s": float(STARTS_WITHIN_S)}
            cluster = Cluster(settings.load(settings.KafkaSettings).model_copy(update=told))
            try:
                await topic_admin.create(cluster)
                yield Stack(plan, cluster, supervisor)
            finally:
                await (
                    supervisor.stop()
                )  # before the broker, so that they can commit what they have begun
    finally:
        await supervisor.stop()


@asynccontextmanager
async def _broker(plan: Plan, screen: Console) -> AsyncIterator[str]:
    """The bootstrap address: the settings' where they name one, else a local broker that lives as long as this does."""
    if os.environ.get("KAFKA_BOOTSTRAP"):
        yield settings.load(settings.KafkaSettings).kafka_bootstrap
        return
    folder = data_folder_of(plan.broker_port)
    running = kafka_broker.status(folder)
    if running is not None:
        yield running.bootstrap
        return
    screen.print("starting the local Kafka …", style="dim")
    # In a thread, because it blocks; the broker dies with that thread, which the event loop's executor keeps until the end.
    starting = asyncio.create_task(
        asyncio.to_thread(
            kafka_broker.start, folder, plan.broker_port, owned=True, say=screen.print
        )
    )
    try:
        yield (await asyncio.shield(starting)).bootstrap
    finally:
        while not starting.done():  # Ctrl-C, or a service that cannot run: a thread cannot be cancelled, but what it waits for can be ended
            await asyncio.to_thread(kafka_broker.stop, folder)
            await asyncio.wait([starting], timeout=0.2)
        starting.exception()  # one that we ended has its reason here; any other was raised above
        await asyncio.to_thread(kafka_broker.stop, folder)


def make_line_printer(screen: Console) -> Callable[[str, str], None]:
    """What prints a program's line after its name."""

    def say(name: str, line: str) -> None:
        screen.print(
            Text.assemble((f"{name:10} ", COLOURS.get(name, "white")), line), soft_wrap=True
        )

    return say


async def _ready(session: aiohttp.ClientSession, url: str) -> bool:
    try:
        async with session.get(url) as answer:
            return answer.status == 200
    except (aiohttp.ClientError, TimeoutError):
        return False
