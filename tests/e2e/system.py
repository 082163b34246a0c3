"""A real system for tests: services as processes on a real Kafka, which a test may kill."""

import asyncio
import os
import re
import signal
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import aiohttp

from services.console.local.supervisor import ProgramSpec, Supervisor
from shared.kafka.cluster import Cluster
from shared.messages.schemas import CleanArticle
from tests.builders import build_clean_article
from tests.ports import free_port

READY_WITHIN_S = 60.0


def wire_article(article_id: str, headline: str, body: str) -> CleanArticle:
    """Return an article of the summit's week, as the cleaner writes them."""
    return build_clean_article(
        body,
        article_id=article_id,
        revision="1",
        uri=f"urn:test:{article_id}",
        headline=headline,
        event_time=datetime(2018, 9, 11, tzinfo=UTC),
        content_sha256="c" * 64,
    )


@dataclass
class System:
    """Services that run against one cluster; ``lines`` holds what they have logged."""

    cluster: Cluster
    supervisor: Supervisor
    ports: Mapping[str, int]
    lines: list[str] = field(default_factory=list)

    async def ready(self) -> None:
        """Wait until every service is ready; fail early if one cannot run as it is configured."""
        failing = asyncio.create_task(self.supervisor.wait_for_failure())
        async with asyncio.timeout(READY_WITHIN_S), aiohttp.ClientSession() as session:
            for port in self.ports.values():
                while not await is_ready(session, port):
                    await asyncio.sleep(0.05)
                    assert not failing.done(), self.lines[-20:]
        failing.cancel()

    async def metric(self, name: str, metric: str) -> float:
        """Return a metric of one process; -1 if it does not answer, or has no such metric."""
        try:
            async with (
                aiohttp.ClientSession() as session,
                session.get(f"http://127.0.0.1:{self.ports[name]}/metrics") as answer,
            ):
                return float(
                    re.findall(rf"^{re.escape(metric)} (\S+)$", await answer.text(), re.MULTILINE)[
                        0
                    ]
                )
        except (aiohttp.ClientError, IndexError):
            return -1

    async def wait_for_line(self, *parts: str) -> None:
        """Wait until a line with all of these parts has been logged."""
        async with asyncio.timeout(READY_WITHIN_S):
            while not any(all(part in line for part in parts) for line in self.lines):
                await asyncio.sleep(0.02)

    def kill(self, name: str) -> None:
        """Send SIGKILL; the supervisor restarts the process."""
        process = self.supervisor.processes[name]
        os.kill(process.pid, signal.SIGKILL)


@asynccontextmanager
async def running(cluster: Cluster, programs: Sequence[ProgramSpec]) -> AsyncIterator[System]:
    """Run programs (``run cleaner``, …), each on a free HTTP port, until the block ends."""
    lines: list[str] = []
    supervisor = Supervisor(lambda name, line: lines.append(f"{name}: {line}"))
    system = System(cluster, supervisor, {program.name: free_port() for program in programs}, lines)
    try:
        for program in programs:
            supervisor.start(
                ProgramSpec(
                    program.name,
                    program.arguments,
                    {**environment(cluster, system.ports[program.name]), **program.environment},
                )
            )
        yield system
    finally:
        await supervisor.stop()


def environment(cluster: Cluster, port: int) -> dict[str, str]:
    told = {
        "KAFKA_BOOTSTRAP": cluster.settings.kafka_bootstrap,
        "KAFKA_TOPIC_PREFIX": cluster.settings.kafka_topic_prefix,
    }
    return told | {"HTTP_PORT": str(port), "LOG_LEVEL": "warning", "KAFKA_CONNECT_TIMEOUT_S": "60"}


async def is_ready(session: aiohttp.ClientSession, port: int) -> bool:
    try:
        async with session.get(f"http://127.0.0.1:{port}/readyz") as answer:
            return answer.status == 200
    except aiohttp.ClientError:
        return False


def write_articles(folder: Path, count: int) -> Path:
    """Write a folder of invented articles, always the same, some of them about the summit."""
    folder.mkdir(parents=True, exist_ok=True)
    leads = (
        (
            "President Donald Trump said on Monday that he would meet North Korean leader Kim Jong Un "
            "again, at a second summit."
        ),
        (
            "Secretary of State Mike Pompeo will travel to Pyongyang next week, the State Department "
            "said on Tuesday."
        ),
        (
            "South Korean President Moon Jae-in called for a declaration of the end of the Korean War "
            "before the year is out."
        ),
        (
            "Sanctions on North Korea stay in place until denuclearization is complete, National "
            "Security Adviser John Bolton said."
        ),
        (
            "The harvest festival drew a record crowd to the old town, organisers said, in spite of "
            "the rain."
        ),
    )
    for number in range(count):
        lead = leads[number % len(leads)]
        body = (
            f"The statement, number {number}, came after weeks of talks. "
            "Officials gave no details.\n\nObservers were cautious."
        )
        # A lead that a source repeats word for word would be taken for its boilerplate.
        said = f"{lead} That was report {number}."
        (folder / f"{number:04}.txt").write_text(
            f"Report {number}: {lead[:48].rsplit(' ', 1)[0]}\n\n{said}\n\n{body}\n", "utf-8"
        )
    entries = [
        f"- {{file: '{n:04}.txt', source: wire-{n % 7}, stated: 2018-09-{11 + n % 9:02}T08:00:00Z}}"
        for n in range(count)
    ]
    (folder / "manifest.yaml").write_text("\n".join(["articles:", *entries, ""]), "utf-8")
    return folder
