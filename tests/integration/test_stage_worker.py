"""The shell as a real process: probes, drain, exit codes, and errors at the start."""

import asyncio
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import orjson
import pytest
from aiokafka import ConsumerRebalanceListener

from shared.base.exits import ConfigurationError
from shared.base.settings import KafkaSettings
from shared.kafka import preflight
from shared.kafka.cluster import Cluster
from shared.kafka.topics import ARTICLES_CLEAN, ARTICLES_TAGGED, FEEDS
from tests.kafka_tools import create_topic
from tests.ports import free_port
from tests.stage_tools import (
    create_stage_topics,
    eventually,
    fetch_values,
    produce_values,
    wait_for_values,
)

ROOT = Path(__file__).parents[2]
PROGRAM = str(ROOT / "tests" / "faults" / "worker_program.py")
CONSOLE = ("-m", "services.console")


@dataclass(slots=True)
class Running:
    """A process under test and its address."""

    process: asyncio.subprocess.Process
    port: int

    async def get(self, path: str) -> tuple[int, str]:
        """Return status and body; 0 if nothing answers yet."""
        try:
            async with (
                aiohttp.ClientSession() as session,
                session.get(f"http://127.0.0.1:{self.port}{path}") as answer,
            ):
                return answer.status, await answer.text()
        except aiohttp.ClientError:
            return 0, ""

    async def answers(self, path: str, status: int = 200) -> None:
        """Wait until it answers."""

        async def does() -> bool:
            assert self.process.returncode is None, "it ended too early"
            return (await self.get(path))[0] == status

        await eventually(does, f"{path} answers {status}", deadline_s=60)

    async def ends(self, within_s: float = 60.0) -> tuple[int, str]:
        """Return its exit code and what it wrote to standard error."""
        async with asyncio.timeout(within_s):
            _, output = await self.process.communicate()
        assert self.process.returncode is not None
        return self.process.returncode, output.decode()


@asynccontextmanager
async def program(cluster: Cluster, *command: str, **environment: str) -> AsyncIterator[Running]:
    """Run a Python program on the cluster; kill it at the end if it still runs."""
    port = int(environment.setdefault("HTTP_PORT", str(free_port())))
    output = {
        "KAFKA_BOOTSTRAP": cluster.settings.kafka_bootstrap,
        "KAFKA_TOPIC_PREFIX": cluster.settings.kafka_topic_prefix,
        "PYTHONPATH": str(ROOT),
    }
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *command,
        cwd=ROOT,
        env=os.environ | output | environment,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        yield Running(process, port)
    finally:
        if process.returncode is None:
            process.kill()
            await process.communicate()


def messages(first: int, last: int) -> list[bytes]:
    return [orjson.dumps({"id": number}) for number in range(first, last)]


async def test_a_worker_answers_its_probes_and_drains_on_sigterm(cluster: Cluster) -> None:
    """It is alive at once, ready once it has partitions, and exits with 0 within 10 s."""
    await create_stage_topics(cluster, 2)
    await produce_values(cluster, messages(0, 100))
    async with program(cluster, PROGRAM, "copy") as worker:
        await worker.answers("/readyz")
        assert (await worker.get("/livez"))[0] == 200
        assert len(await wait_for_values(cluster, 100)) == 100
        _, metrics = await worker.get("/metrics")
        assert 'summitwire_stage_records_total{outcome="done",stage="faults"} 100.0' in metrics
        assert 'summitwire_stage_partitions{stage="faults"} 2.0' in metrics
        worker.process.send_signal(signal.SIGTERM)
        assert (await worker.ends(within_s=10))[0] == 0


async def test_a_running_batch_is_finished_before_the_exit(cluster: Cluster) -> None:
    """SIGTERM during a batch: the batch is committed, and the next start continues after it."""
    await create_stage_topics(cluster)
    await produce_values(cluster, messages(0, 400))
    async with program(cluster, PROGRAM, "copy") as worker:
        await wait_for_values(cluster, 1)
        worker.process.send_signal(signal.SIGTERM)
        assert (await worker.ends(within_s=10))[0] == 0
    before = len(await fetch_values(cluster))
    assert 0 < before < 400
    async with program(cluster, PROGRAM, "copy"):
        assert await wait_for_values(cluster, 400) == sorted(messages(0, 400))


async def test_a_drain_that_takes_too_long_is_cut(cluster: Cluster) -> None:
    """A batch that hangs does not hold up the process; what it did is processed again."""
    await create_stage_topics(cluster)
    await produce_values(cluster, messages(0, 3))
    async with program(cluster, PROGRAM, "endless", DRAIN_S="1") as worker:
        await worker.answers("/readyz")
        await eventually(lambda: _has_begun(worker), "the batch is under way")
        worker.process.send_signal(signal.SIGTERM)
        code, output = await worker.ends(within_s=8)
    assert code == 75
    assert "drain took longer than 1 s" in output
    assert await fetch_values(cluster) == []


async def _has_begun(worker: Running) -> bool:
    return (
        'summitwire_stage_batch_records_count{stage="begun"} 1.0'
        in (await worker.get("/metrics"))[1]
    )


async def test_sigterm_while_joining_ends_at_once(cluster: Cluster) -> None:
    """A silent member holds up the rebalance for a minute; probes and signal are answered."""
    await create_stage_topics(cluster)
    silent, listener = cluster.group_consumer("faults"), _Silent()
    silent.subscribe([cluster.name(ARTICLES_CLEAN.name)], listener=listener)
    await silent.start()
    async with program(cluster, PROGRAM, "copy") as worker:
        await worker.answers("/livez")
        assert (await worker.get("/readyz"))[0] == 503
        worker.process.send_signal(signal.SIGTERM)
        assert (await worker.ends(within_s=10))[0] == 0
    listener.go.set()
    await silent.stop()


class _Silent(ConsumerRebalanceListener):  # type: ignore[misc]  # aiokafka publishes no types
    """Never releases its partitions."""

    def __init__(self) -> None:
        self.go = asyncio.Event()

    async def on_partitions_revoked(self, revoked: Any) -> None:
        if revoked:
            await self.go.wait()

    async def on_partitions_assigned(self, assigned: Any) -> None:
        pass


async def test_a_fenced_worker_exits(cluster: Cluster) -> None:
    """Crash-only: it exits with 75, and the supervisor starts a new one (trap 4)."""
    await create_stage_topics(cluster)
    async with program(cluster, PROGRAM, "copy") as worker:
        await worker.answers("/readyz")
        usurper = cluster.transactional_producer(f"faults-{ARTICLES_CLEAN.name}-0")
        await usurper.start()
        await produce_values(cluster, messages(0, 3))
        code, output = await worker.ends()
        await usurper.stop()
    assert code == 75
    assert "ProducerFenced" in output
    assert "a new process will continue from the last commit" in output
    assert await fetch_values(cluster) == []


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        ("block", "the event loop or a batch in it"),
        ("stuck", "partition 0 of"),
        ("endless", "partition 0 of"),
    ],
)
async def test_the_watchdog_ends_a_worker_without_progress(
    cluster: Cluster, kind: str, reason: str
) -> None:
    """A blocked event loop, records never started, a batch that hangs: exit 70 with the reason."""
    await create_stage_topics(cluster)
    await produce_values(cluster, messages(0, 3))
    async with program(cluster, PROGRAM, kind, WATCHDOG_S="2") as worker:
        code, output = await worker.ends()
    assert code == 70
    assert reason in output
    assert "made no progress for 2 s although there is work" in output


async def test_an_idle_worker_is_left_alone_by_the_watchdog(cluster: Cluster) -> None:
    """Nothing to do is no standstill."""
    await create_stage_topics(cluster)
    async with program(cluster, PROGRAM, "copy", WATCHDOG_S="2") as worker:
        await worker.answers("/readyz")
        with pytest.raises(TimeoutError):
            await worker.ends(within_s=5)
        assert (await worker.get("/livez"))[0] == 200


async def test_a_port_in_use_is_reported_and_exits_with_78(cluster: Cluster) -> None:
    """Before the group is joined."""
    await create_stage_topics(cluster)
    with socket.socket() as occupied:
        occupied.bind(("127.0.0.1", 0))
        occupied.listen()
        port = occupied.getsockname()[1]
        async with program(cluster, *CONSOLE, "run", "tagger", HTTP_PORT=str(port)) as worker:
            code, output = await worker.ends()
    assert code == 78
    assert (
        f"HTTP_PORT: cannot listen on 127.0.0.1:{port}: Address already in use; "
        "choose another port or HTTP_HOST" in output
    )


async def test_an_unreachable_broker_is_one_line_and_75() -> None:
    """What, where, and two ways out, without a stack trace or a client library's log.

    The broker may only be away: a supervisor should try again.
    """
    nowhere = Cluster(KafkaSettings(kafka_bootstrap=f"127.0.0.1:{free_port()}"))
    async with program(nowhere, *CONSOLE, "run", "tagger", KAFKA_CONNECT_TIMEOUT_S="1") as worker:
        code, output = await worker.ends()
    assert code == 75
    (line,) = output.splitlines()
    where = nowhere.settings.kafka_bootstrap
    assert (
        f"no Kafka broker answers: nothing listens on {where}; "
        "start one with `summitwire broker start` or set KAFKA_BOOTSTRAP" in line
    )


async def test_all_missing_topics_are_reported_and_exit_with_78(cluster: Cluster) -> None:
    """With the command that creates them."""
    async with program(cluster, *CONSOLE, "run", "tagger", KAFKA_CONNECT_TIMEOUT_S="1") as worker:
        code, output = await worker.ends()
    assert code == 78
    prefix = cluster.settings.kafka_topic_prefix
    for name in (ARTICLES_CLEAN.name, ARTICLES_TAGGED.name, ARTICLES_CLEAN.dead_letters):
        assert f"topic {prefix}{name} is missing: run `summitwire topics create`" in output


async def test_state_partitioned_unlike_its_source_is_refused(cluster: Cluster) -> None:
    """A key's state would be in another partition than its records."""
    await create_stage_topics(cluster, 3)
    sick = Cluster(
        cluster.settings.model_copy(
            update={
                "kafka_topic_prefix": cluster.settings.kafka_topic_prefix + "sick.",
                "kafka_connect_timeout_s": 1,
            }
        )
    )
    for topic, partitions in (
        (ARTICLES_CLEAN.name, 3),
        (FEEDS.name, 2),
        (ARTICLES_CLEAN.dead_letters, 1),
    ):
        await create_topic(sick, topic, partitions=partitions)
    await preflight.check(
        cluster, [ARTICLES_CLEAN, FEEDS], same_partitions=[(ARTICLES_CLEAN, FEEDS)]
    )
    with pytest.raises(
        ConfigurationError,
        match=r"^topic feeds\.v1 has 2 partitions and its source articles\.clean\.v1 has 3: "
        "they must be equal",
    ):
        await preflight.check(
            sick, [ARTICLES_CLEAN, FEEDS], same_partitions=[(ARTICLES_CLEAN, FEEDS)]
        )


async def test_a_service_waits_for_topics_that_are_just_being_created(cluster: Cluster) -> None:
    """Another process that starts with it may be creating them."""
    patient = Cluster(cluster.settings.model_copy(update={"kafka_connect_timeout_s": 20}))
    checking = asyncio.create_task(preflight.check(patient, [ARTICLES_CLEAN]))
    await create_stage_topics(cluster)
    await asyncio.wait_for(checking, 20)
