"""What ``summitwire up`` starts: broker, topics, the stand-in for Slack and the services."""

import asyncio
import os
import secrets
import socket
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Final

import aiohttp
from aiokafka.errors import KafkaError
from rich.console import Console
from rich.text import Text

from services.console.local import kafka_broker
from services.console.local.kafka_broker.broker import data_folder_of
from services.console.local.kafka_broker.process import listener
from services.console.local.supervisor import ProgramSpec, Supervisor
from services.console.service_settings import settings_of
from shared.base import settings
from shared.base.exits import ConfigurationError
from shared.base.ports import NAMES, PORTS, PUSH_PORT
from shared.base.project import project_root
from shared.kafka import topic_admin
from shared.kafka.cluster import Cluster
from shared.kafka.consumer_groups import fetch_committed_offsets
from shared.kafka.topics import ARTICLES_RAW

FAKE_SLACK: Final = "slack-sink"
FAKE_SLACK_PORT: Final = 6110
PORT_BASE: Final = 6100
BROKER_PORT: Final = 9092
FIRST_GROUP: Final = "cleaner"
"""Any group of ours: the first that is asked about makes the broker's topic of offsets."""
CONNECT_TIMEOUT_S: Final = 90
"""The services start beside the broker and wait for it; its first start may be slow."""
SLACK: Final = (
    "SLACK_WEBHOOK_URL",
    "SLACK_WEBHOOK_URL_FILE",
    "SLACK_WEBHOOKS_FILE",
    "SLACK_CHANNELS",
    "SLACK_CHANNELS_FILE",
)
"""Each says where Slack is: then no stand-in takes its place."""
LINK_KEYS: Final = ("LINK_KEYS", "LINK_KEYS_FILE")
COLOURS: Final = dict(
    zip((*NAMES, FAKE_SLACK), ("cyan", "green", "blue", "magenta", "yellow", "white"), strict=True)
)


@dataclass(frozen=True, slots=True)
class Plan:
    """What to start, and on which ports; without a configured key, links hold for one run.

    Services listen on ``port_base`` plus their own number; ``broker_port`` is the local broker's.
    """

    services: Sequence[str]
    verbose: bool = False
    port_base: int = PORT_BASE
    broker_port: int = BROKER_PORT
    link_key: str = field(default_factory=lambda: secrets.token_hex(32), repr=False)

    @property
    def has_fake_slack(self) -> bool:
        """Whether a stand-in takes Slack's place, because no real webhook is configured."""
        return "alerting" in self.services and not any(os.environ.get(name) for name in SLACK)

    def url(self, name: str) -> str:
        """Return the address of a service or of the stand-in for Slack."""
        return f"http://127.0.0.1:{self.port(name)}"

    def port(self, name: str) -> int:
        """Return the port of a service or of the stand-in for Slack."""
        return self.port_base + PORTS.get(name, FAKE_SLACK_PORT) - PORT_BASE

    def environment(self, name: str) -> dict[str, str]:
        """Return what a service's environment has besides ours."""
        addresses = [
            f"{service}={self.url(service)}" for service in self.services if service != "board"
        ]
        environment = {
            "KAFKA_BOOTSTRAP": os.environ.get("KAFKA_BOOTSTRAP") or f"127.0.0.1:{self.broker_port}",
            "KAFKA_CONNECT_TIMEOUT_S": str(CONNECT_TIMEOUT_S),
            "BOARD_SERVICES": ",".join(addresses),
            "LOG_FORMAT": "console",
            "LOG_LEVEL": "info" if self.verbose else "warning",
            "HTTP_PORT": str(self.port(name)),
        }
        if name == "fetcher" and not os.environ.get("PUSH_PORT"):
            environment["PUSH_PORT"] = str(self.port_base + PUSH_PORT - PORT_BASE)
        if "board" in self.services and not os.environ.get("BOARD_URL"):
            environment["BOARD_URL"] = self.url("board")
            if not any(os.environ.get(name) for name in LINK_KEYS):
                environment["LINK_KEYS"] = self.link_key
        if self.has_fake_slack:
            environment["SLACK_WEBHOOK_URL"] = f"{self.url(FAKE_SLACK)}/services/newsroom"
            environment["DELIVERY_ALLOW"] = "127.0.0.1"
        return environment

    def programs(self) -> list[ProgramSpec]:
        """Return every process to start, the stand-in for Slack first."""
        programs = [
            ProgramSpec(name, ["run", name], self.environment(name)) for name in self.services
        ]
        if not self.has_fake_slack:
            return programs
        port = str(self.port(FAKE_SLACK))
        messages = str(project_root() / "var" / FAKE_SLACK / f"{port}.jsonl")
        arguments = ["slack-sink", "--port", port, "--keep", messages]
        return [ProgramSpec(FAKE_SLACK, arguments, silent=True), *programs]


@dataclass(frozen=True, slots=True)
class Stack:
    """The running system."""

    plan: Plan
    cluster: Cluster
    supervisor: Supervisor

    async def wait_until_ready(self) -> None:
        """Wait until every service says that it is ready."""
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=2)) as session:
            for name in self.plan.services:
                url = f"{self.plan.url(name)}/readyz"
                while not await _is_ready(session, url):  # noqa: ASYNC110 - another process has to be polled
                    await asyncio.sleep(0.1)


def check(plan: Plan) -> None:
    """Raise ConfigurationError with every wrong setting and every port that is taken.

    It says all that can be known before anything is started.
    """
    names = (*plan.services, *([FAKE_SLACK] if plan.has_fake_slack else []))
    checks: list[Callable[[], object]] = [
        *(partial(settings.load, settings_of(name)) for name in plan.services),
        *(partial(_check_port, plan.port(name), name) for name in names),
    ]
    mistakes = [line for run_check in checks for line in _mistakes(run_check)]
    if mistakes:
        # A wrong setting that services share is one line.
        raise ConfigurationError("\n".join(dict.fromkeys(mistakes)))


@asynccontextmanager
async def run_stack(plan: Plan, screen: Console, supervisor: Supervisor) -> AsyncIterator[Stack]:
    """Start everything, and stop everything on leaving; the broker last, if it was started here."""
    try:
        for program in plan.programs():
            # Beside the broker, for which they wait: their own start takes as long.
            supervisor.start(program)
        async with _broker(plan, screen) as bootstrap:
            changes = {
                "kafka_bootstrap": bootstrap,
                "kafka_connect_timeout_s": float(CONNECT_TIMEOUT_S),
            }
            cluster = Cluster(settings.load(settings.KafkaSettings).model_copy(update=changes))
            try:
                await _await_coordinator(cluster)
                await topic_admin.create(cluster)
                yield Stack(plan, cluster, supervisor)
            finally:
                # Before the broker, so that they can commit what they have begun.
                await supervisor.stop()
    finally:
        await supervisor.stop()


async def _await_coordinator(cluster: Cluster) -> None:
    """Wait until a new broker can coordinate groups, which takes it some seconds.

    The services join theirs once their topics exist, and would report that it does not answer.
    """
    with suppress(KafkaError):  # a broker that says no is the services' to report
        await fetch_committed_offsets(cluster, FIRST_GROUP, ARTICLES_RAW.name)


def make_line_printer(screen: Console) -> Callable[[str, str], None]:
    """Return a function that prints a program's line after its name."""

    def print_line(name: str, line: str) -> None:
        label = (f"{name:10} ", COLOURS.get(name, "white"))
        screen.print(Text.assemble(label, line), soft_wrap=True)

    return print_line


def _mistakes(run_check: Callable[[], object]) -> list[str]:
    try:
        run_check()
    except ConfigurationError as error:
        return str(error).splitlines()
    return []


def _check_port(port: int, name: str) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            hint = "stop what uses it or choose other ports with --port-base"
            raise ConfigurationError(
                f"port {port}, for {name}, is taken{listener(port)}: {hint}"
            ) from None


@asynccontextmanager
async def _broker(plan: Plan, screen: Console) -> AsyncIterator[str]:
    """Provide the bootstrap address.

    That is the configured one, or that of a local broker that lives as long as the block.
    """
    if os.environ.get("KAFKA_BOOTSTRAP"):
        yield settings.load(settings.KafkaSettings).kafka_bootstrap
        return
    folder = data_folder_of(plan.broker_port)
    running = kafka_broker.status(folder)
    if running is not None:
        yield running.bootstrap
        return
    screen.print("starting the local Kafka …", style="dim")
    # In a thread because it blocks. The broker dies with that thread, which the event loop's
    # executor keeps until the end.
    start = partial(kafka_broker.start, folder, plan.broker_port, owned=True, say=screen.print)
    starting = asyncio.create_task(asyncio.to_thread(start))
    try:
        yield (await asyncio.shield(starting)).bootstrap
    finally:
        # After Ctrl-C or with a service that cannot run, it may still be starting. A thread cannot
        # be cancelled, but what it waits for can be stopped.
        while not starting.done():
            await asyncio.to_thread(kafka_broker.stop, folder)
            await asyncio.wait([starting], timeout=0.2)
        starting.exception()  # of one that we stopped; any other was raised above
        await asyncio.to_thread(kafka_broker.stop, folder)


async def _is_ready(session: aiohttp.ClientSession, url: str) -> bool:
    try:
        async with session.get(url) as response:
            return response.status == 200
    except (aiohttp.ClientError, TimeoutError):
        return False
