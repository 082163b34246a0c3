"""``summitwire up``: the whole system on one machine, each service in a process of its own."""

import asyncio
import contextlib
import signal
from collections.abc import AsyncIterator, Coroutine
from typing import Annotated, Any, Final

import typer
from rich.console import Console

from services.console.durations import parse_duration
from services.console.local import system
from services.console.local.alert_view import panel
from services.console.local.supervisor import Supervisor
from services.console.options import ARTICLES
from services.console.replay.pace import Pace
from services.console.replay.replayer import Replay
from services.console.replay.sources import from_files
from services.console.topics.idle import wait_until_idle
from services.console.topics.topic_reader import follow
from shared.base.ports import NAMES
from shared.kafka.cluster import Cluster
from shared.kafka.topics import ALERTS
from shared.messages.codec import decode
from shared.messages.headers import decode_headers
from shared.messages.schemas import Alert

NO_DEADLINE_S: Final = 10**9

Services = Annotated[
    list[str] | None,
    typer.Option("--service", help="Start only this service; may be repeated."),
]
ReplaySeeds = Annotated[
    bool, typer.Option("--replay", help="Replay the seed articles once all is up.")
]
UntilQuiet = Annotated[
    str | None,
    typer.Option(help="Stop when there has been nothing to do for this long, e.g. 10s."),
]
Verbose = Annotated[
    bool,
    typer.Option(
        "--verbose", "-v", help="Show the services' information lines, not only their warnings."
    ),
]
PortBase = Annotated[
    int,
    typer.Option(min=1024, max=65_000, help="The services listen on this and the next ports."),
]
BrokerPort = Annotated[int, typer.Option(min=1024, max=65_535, help="The local broker's port.")]


def up(
    service: Services = None,
    replay: ReplaySeeds = False,
    until_quiet: UntilQuiet = None,
    verbose: Verbose = False,
    port_base: PortBase = system.PORT_BASE,
    broker_port: BrokerPort = system.BROKER_PORT,
) -> None:
    """Start the whole system on this machine and print each alert; Ctrl-C stops all of it.

    That is a local broker (unless KAFKA_BOOTSTRAP names another), the topics, every service, and
    (without SLACK_WEBHOOK_URL or SLACK_CHANNELS) a stand-in for Slack that receives the
    notifications.

    Example: summitwire up --replay --until-quiet 10s
    """
    unknown = sorted(set(service or ()) - set(NAMES))
    if unknown:
        message = f"there is no service {unknown[0]!r}; there are {', '.join(NAMES)}"
        raise typer.BadParameter(message, param_hint="--service")
    quiet_s = parse_duration(until_quiet) if until_quiet else None
    plan = system.Plan(service or NAMES, verbose, port_base, broker_port)
    asyncio.run(_supervise(plan, replay, quiet_s))


async def _supervise(plan: system.Plan, replay: bool, quiet_s: float | None) -> None:
    system.check(plan)
    screen = Console(highlight=False)
    supervisor = Supervisor(system.make_line_printer(screen))
    async with _interruptible() as interrupted:
        running = asyncio.create_task(_run(plan, screen, supervisor, replay, quiet_s))
        try:
            await _wait_for_first(running, supervisor.wait_for_failure(), interrupted.wait())
        finally:
            running.cancel()
            await asyncio.wait([running])


async def _run(
    plan: system.Plan, screen: Console, supervisor: Supervisor, replay: bool, quiet_s: float | None
) -> None:
    """Run from the first process's start to the last one's end; when cancelled, stop them all."""
    async with system.run_stack(plan, screen, supervisor) as stack:
        is_reading = asyncio.Event()
        reading = asyncio.create_task(_print_alerts(stack.cluster, screen, is_reading))
        await _wait_for_first(is_reading.wait(), reading)
        await _wait_for_first(_work(stack, screen, replay, quiet_s), reading)
        reading.cancel()


async def _work(stack: system.Stack, screen: Console, replay: bool, quiet_s: float | None) -> None:
    """Once all is up, say where to look, replay if asked to, and return when all is quiet.

    ``quiet_s`` None: never return.
    """
    await stack.wait_until_ready()
    _print_addresses(stack.plan, screen)
    if replay:
        await Replay(stack.cluster, from_files([ARTICLES]), Pace()).run()
    if quiet_s is None:
        await asyncio.Event().wait()
        return
    await wait_until_idle(stack.cluster, deadline_s=NO_DEADLINE_S)
    await asyncio.sleep(quiet_s)


def _print_addresses(plan: system.Plan, screen: Console) -> None:
    if "board" in plan.services:
        screen.print(f"the board is at {plan.url('board')}/", style="bold")
    if plan.has_fake_slack:
        screen.print(f"the stand-in for Slack is at {plan.url(system.FAKE_SLACK)}/", style="bold")
    screen.print("Ctrl-C stops everything", style="dim")


async def _print_alerts(cluster: Cluster, screen: Console, is_reading: asyncio.Event) -> None:
    async for record in follow(cluster, ALERTS.name):
        is_reading.set()
        if record is not None:
            screen.print(panel(decode(record.value, Alert), decode_headers(record.headers)))


async def _wait_for_first(*waits: Coroutine[Any, Any, object] | asyncio.Task[None]) -> None:
    """Wait until the first of them ends, and raise what it raised.

    Coroutines that have not ended are cancelled; tasks go on.
    """
    tasks = [asyncio.ensure_future(wait) for wait in waits]
    finished, pending = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    for task in pending.difference(waits):
        task.cancel()
    for task in finished:
        task.result()


@contextlib.asynccontextmanager
async def _interruptible() -> AsyncIterator[asyncio.Event]:
    """Provide an event that Ctrl-C and SIGTERM set, so that they do not interrupt the loop."""
    event, loop = asyncio.Event(), asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, event.set)
    try:
        yield event
    finally:
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(number)
