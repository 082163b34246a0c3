"""The processes of a chaos run: replicas of every service, restarted whenever they exit."""

import asyncio
import json
import signal
import sys
from collections.abc import Callable, Coroutine, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import aiohttp

from services.console.fake_slack.server import FakeSlack
from shared.base.ports import NAMES
from shared.kafka.cluster import Cluster
from tests.e2e.wire import Wire
from tests.faults.chaos import material
from tests.faults.harness import Worker, workers

LOOK_EVERY_S: Final = 0.25
AGAIN_AFTER_S: Final = 1.0
"""What a supervisor waits before it starts a process again."""
STOP_WITHIN_S: Final = 20.0
"""DRAIN_S and what comes after it."""
PROBE_TIMEOUT_S: Final = 2.0
READY_WITHIN_S: Final = 180.0
SHOWN_CHARACTERS: Final = 1_500


@dataclass(slots=True)
class Member:
    """One replica of a service; ``frozen`` while it is stopped by SIGSTOP."""

    service: str
    worker: Worker
    frozen: bool = False
    restart_at_s: float = 0.0
    begins: list[float] = field(default_factory=list)

    @property
    def name(self) -> str:
        """The name of its log."""
        return self.worker.log.stem

    @property
    def last_words(self) -> str:
        """The end of its log."""
        with suppress(FileNotFoundError):
            return self.worker.log.read_text("utf-8", "replace")[-SHOWN_CHARACTERS:]
        return ""

    @property
    def pid(self) -> int | None:
        """Its process, if there is one."""
        return self.worker.process.pid if self.worker.runs and self.worker.process else None


class Fleet:
    """All members; ``supervise`` keeps them running until it is cancelled."""

    def __init__(self, members: Sequence[Member]) -> None:
        self.members = members
        self.troubles: list[str] = []

    def of(self, service: str) -> list[Member]:
        """Return the replicas of a service."""
        return [member for member in self.members if member.service == service]

    async def supervise(self) -> None:
        """Start every process that is not running, a second after it exited."""
        clock = asyncio.get_running_loop().time
        while True:
            for member in self.members:
                if member.worker.runs:
                    member.restart_at_s = clock() + AGAIN_AFTER_S
                elif clock() >= member.restart_at_s:
                    member.worker.keep_alive()
                    member.begins.append(clock())
            await asyncio.sleep(LOOK_EVERY_S)

    async def ready(self, members: Sequence[Member], within_s: float = READY_WITHIN_S) -> None:
        """Wait until every member is ready.

        TimeoutError names a member that is not, and shows the end of its log.
        """
        clock = asyncio.get_running_loop().time
        deadline = clock() + within_s
        async with aiohttp.ClientSession() as session:
            for member in members:
                while await probe(session, member) != 200:
                    if clock() > deadline:
                        raise TimeoutError(
                            f"{member.name} is not ready within {within_s:g} s; "
                            f"its log ends:\n{member.last_words}"
                        )
                    await asyncio.sleep(LOOK_EVERY_S)

    def kill_all(self) -> None:
        """Send SIGKILL to all of them before any can react."""
        running = [member for member in self.members if member.worker.runs]
        for member in running:
            member.worker.send(signal.SIGKILL)
        for member in running:
            assert member.worker.process
            member.worker.process.wait()

    async def terminate(self, member: Member) -> None:
        """Send SIGTERM and wait for the exit; note any exit code but 0."""
        process = member.worker.process
        if process is None or not member.worker.runs:
            return
        member.worker.send(signal.SIGTERM)
        try:
            code = await asyncio.wait_for(asyncio.to_thread(process.wait), STOP_WITHIN_S)
        except TimeoutError:
            process.kill()
            code = await asyncio.to_thread(process.wait)
        if code:
            self.troubles.append(f"{member.name}: SIGTERM ended with {code}")

    async def stop(self) -> None:
        """Stop all of them at once, gracefully."""
        for member in self.members:
            member.worker.send(signal.SIGCONT)
        await asyncio.gather(*(self.terminate(member) for member in self.members))

    def kill_left(self) -> None:
        """Kill what still runs."""
        for member in self.members:
            member.worker.kill()


async def probe(session: aiohttp.ClientSession, member: Member) -> int | None:
    """Return the status of the member's /readyz; None if it does not answer."""
    timeout = aiohttp.ClientTimeout(total=PROBE_TIMEOUT_S)
    try:
        async with session.get(f"{member.worker.url}/readyz", timeout=timeout) as answer:
            return answer.status
    except (aiohttp.ClientError, TimeoutError):
        return None


async def supervised(fleet: Fleet, work: Callable[[], Coroutine[None, None, None]]) -> None:
    """Do the work while the fleet is kept running; an error of the supervision ends the work."""
    tasks = [asyncio.ensure_future(fleet.supervise()), asyncio.ensure_future(work())]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def fleet(
    cluster: Cluster,
    folder: Path,
    replicas: int,
    *,
    sink: FakeSlack,
    wires: Sequence[Wire] = (),
    services: Sequence[str] = NAMES,
) -> Fleet:
    """Return ``replicas`` of each of the services (one board), not started yet."""
    environment = _environment(folder, wires, sink)
    members = [
        Member(service, worker)
        for service in services
        for worker in workers(
            [sys.executable, "-m", "services.console", "run", service],
            1 if service == "board" else replicas,
            cluster,
            folder,
            **environment,
        )
    ]
    return Fleet(members)


def _environment(folder: Path, wires: Sequence[Wire], sink: FakeSlack) -> Mapping[str, str]:
    (folder / "rules").mkdir(parents=True, exist_ok=True)
    (folder / "rules" / "desks.yaml").write_text(material.rules(), "utf-8")
    feeds = [f"- {{url: '{w.url}', source: feed-{n}, interval: 2s}}\n" for n, w in enumerate(wires)]
    (folder / "feeds.yaml").write_text("".join(["feeds:\n", *feeds]) if feeds else "feeds: []\n")
    return {
        "RULES_DIR": str(folder / "rules"),
        "FEEDS_FILE": str(folder / "feeds.yaml"),
        "FETCH_ALLOW": "127.0.0.1",
        "PAGES_PER_HOST_PER_S": "20",
        "SLACK_WEBHOOKS": json.dumps({desk: sink.url(desk) for desk in material.DESKS}),
        "DELIVERY_ALLOW": "127.0.0.1",
        "GROUP_WAIT": "0",
        "BOARD_SERVICES": "",
        "KAFKA_CONNECT_TIMEOUT_S": "10",
        "LOG_FORMAT": "json",
    }
