"""``summitwire up``: the whole system on one machine, every service a process of its own, alerts on the screen."""

import asyncio
import contextlib
import signal
from collections.abc import AsyncIterator, Coroutine
from pathlib import Path
from typing import Annotated, Any, Final

import typer
from rich.console import Console

from services.console import durations
from services.console.local import system
from services.console.local.alert_view import panel
from services.console.local.supervisor import Supervisor
from services.console.topics.idle import wait_until_idle
from services.console.topics.pace import Pace
from services.console.topics.replayer import Replay, from_files
from services.console.topics.topic_reader import follow
from shared.base import settings
from shared.base.ports import NAMES
from shared.kafka.cluster import Cluster
from shared.kafka.topics import ALERTS
from shared.messages import codec, headers
from shared.messages.schemas import Alert

SEEDS: Final = Path("seeds") / "articles"
FOR_EVER_S: Final = 10**9


def up(
    service: Annotated[
        list[str] | None,
        typer.Option("--service", help="Start only this service; may be repeated."),
    ] = None,
    replay: Annotated[
        bool, typer.Option("--replay", help="Put the seed articles on the topics once all is up.")
    ] = False,
    until_quiet: Annotated[
        str | None,
        typer.Option(help="Stop when nothing has been left to do for this long, e.g. 10s."),
    ] = None,
    verbose: Annotated[
        bool,
        typer.Option(
            "--verbose", "-v", help="Show the services' information lines, not only their warnings."
        ),
    ] = False,
    port_base: Annotated[
        int,
        typer.Option(min=1024, max=65_000, help="The services listen on this and the next ports."),
    ] = system.PORT_BASE,
    broker_port: Annotated[
        int, typer.Option(min=1024, max=65_535, help="The local broker's port.")
    ] = system.BROKER_PORT,
) -> None:
    """Start the whole system on this machine and print each alert; Ctrl-C stops all of it.

    It starts a local broker (unless KAFKA_BOOTSTRAP names another), the topics, every service, and
    a stand-in for Slack unless an address of Slack is configured.

    Without SLACK_WEBHOOK_URL a stand-in for Slack receives the notifications.

    Example: summitwire up --replay --until-quiet 10s
    """
    unknown = sorted(set(service or ()) - set(NAMES))
    if unknown:
        raise typer.BadParameter(
            f"there is no service {unknown[0]!r}; there are {', '.join(NAMES)}",
            param_hint="--service",
        )
    quiet_s = durations.parse_duration(until_quiet) if until_quiet else None
    asyncio.run(
        _up(system.Plan(service or NAMES, verbose, port_base, broker_port), replay, quiet_s)
    )


async def _up(plan: system.Plan, replay: bool, quiet_s: float | None) -> None:
    system.check(plan)
    screen = Console(highlight=False)
    supervisor = Supervisor(system.make_line_printer(screen))
    async with _interruptible() as interrupted:
        running = asyncio.create_task(_run(plan, screen, supervisor, replay, quiet_s))
        try:
            await _first(running, supervisor.wait_for_failure(), interrupted.wait())
        finally:
            running.cancel()
            await asyncio.wait([running])


async def _run(
    plan: system.Plan, screen: Console, supervisor: Supervisor, replay: bool, quiet_s: float | None
) -> None:
    """From the start of the first process to the end of the last; cancelled, it stops them too."""
    async with system.run_stack(plan, screen, supervisor) as stack:
        reading = asyncio.create_task(
            _print_alerts(stack.cluster, screen, ready := asyncio.Event())
        )
        await _first(ready.wait(), reading)
        await _first(_work(stack, screen, replay, quiet_s), reading)
        reading.cancel()


async def _work(stack: system.Stack, screen: Console, replay: bool, quiet_s: float | None) -> None:
    """Once all is up: say where to look, replay, and end when there is nothing left to do, if that was asked for."""
    await stack.wait_until_ready()
    _say_where(stack.plan, screen)
    if replay:
        await Replay(stack.cluster, from_files([settings.project_root() / SEEDS]), Pace()).run()
    if quiet_s is None:
        await asyncio.Event().wait()
        return
    await wait_until_idle(stack.cluster, deadline_s=FOR_EVER_S)
    await asyncio.sleep(quiet_s)


def _say_where(plan: system.Plan, screen: Console) -> None:
    if "board" in plan.services:
        screen.print(f"the board is at {plan.url('board')}/", style="bold")
    if plan.has_fake_slack:
        screen.print(f"the stand-in for Slack is at {plan.url(system.FAKE_SLACK)}/", style="bold")
    screen.print("Ctrl-C stops everything", style="dim")


async def _print_alerts(cluster: Cluster, screen: Console, ready: asyncio.Event) -> None:
    async for record in follow(cluster, ALERTS.name):
        ready.set()
        if record is not None:
            screen.print(
                panel(codec.decode(record.value, Alert), headers.decode_headers(record.headers))
            )


async def _first(*waits: Coroutine[Any, Any, object] | asyncio.Task[None]) -> None:
    """Go on when the first of them ends, and raise what it raised; tasks that were given go on, what was started here does not."""
    ours = [asyncio.ensure_future(wait) for wait in waits]
    done, pending = await asyncio.wait(ours, return_when=asyncio.FIRST_COMPLETED)
    for task in pending.difference(waits):
        task.cancel()
    for task in done:
        task.result()


@contextlib.asynccontextmanager
async def _interruptible() -> AsyncIterator[asyncio.Event]:
    """An event that Ctrl-C and SIGTERM set, in place of tearing the loop down in the middle."""
    event, loop = asyncio.Event(), asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, event.set)
    try:
        yield event
    finally:
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(number)
