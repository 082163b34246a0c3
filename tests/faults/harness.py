"""Run worker processes, kill and freeze them while records come in, and count what came out.

Everything random is seeded.
"""

import asyncio
import os
import random
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import (
    AsyncIterator,
    Awaitable,
    Callable,
    Hashable,
    Iterable,
    Mapping,
    Sequence,
)
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from services.console.local.kafka_broker.process import end_with_parent
from shared.kafka.cluster import Cluster
from tests.e2e.system import is_ready
from tests.kafka_tools import FaultyBroker, Pair, consume
from tests.ports import free_port

ROOT = Path(__file__).parents[2]
GRACE_S = 15.0
READY_WITHIN_S = 90.0
KEEP_EVERY_S = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How much comes in, over how long, and which faults hit the workers meanwhile (in seconds)."""

    records: int
    seconds: float
    partitions: int
    frozen_for: float
    seed: int = 7
    settle_s: float = 180.0
    pauses: tuple[float, float] = (1.0, 3.0)


SHORT = Plan(records=2_000, seconds=15.0, partitions=6, frozen_for=9.0)
LONG = Plan(records=20_000, seconds=60.0, partitions=12, frozen_for=9.0)
"""A freeze must be able to outlast the session timeout of 6 s and the rebalance after it."""


def is_long() -> bool:
    """Return whether this is `make faults`."""
    return os.environ.get("FAULTS") == "long"


LONG_RUN = pytest.mark.skipif(not is_long(), reason="it takes minutes: make faults")


def plan() -> Plan:
    """Return the short plan, or the long one of `make faults` (FAULTS=long).

    FAULTS_SEED selects another course of events.
    """
    chosen = LONG if is_long() else SHORT
    return replace(chosen, seed=int(os.environ.get("FAULTS_SEED", chosen.seed)))


@dataclass(slots=True)
class Worker:
    """A supervised process: restarted whenever it exits, as systemd or Kubernetes would do."""

    command: Sequence[str]
    environment: Mapping[str, str]
    log: Path
    folder: Path = ROOT
    process: subprocess.Popen[bytes] | None = None
    left: list[int] = field(default_factory=list)

    def keep_alive(self) -> None:
        """Start the process if it is not running; note the last exit code in ``left``."""
        if self.process is not None and self.process.poll() is None:
            return
        if self.process is not None:
            self.left.append(self.process.returncode)
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command,
                cwd=self.folder,
                env=self.environment,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C is for the tests, which end their workers
                # It calls one C function, which is loaded already.
                preexec_fn=end_with_parent(),  # noqa: PLW1509
            )

    def send(self, number: signal.Signals) -> None:
        """Send a signal, if the process is running."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(number)

    def kill(self) -> bool:
        """Send SIGKILL and wait until the process is gone; return False if it was gone already."""
        if self.process is None or self.process.poll() is not None:
            return False
        self.process.kill()
        self.process.wait()
        return True

    @property
    def runs(self) -> bool:
        """Whether the process is running."""
        return self.process is not None and self.process.poll() is None

    @property
    def url(self) -> str:
        """The address of its HTTP server."""
        return f"http://127.0.0.1:{self.environment['HTTP_PORT']}"

    def finish(self) -> int:
        """Send SIGTERM, and return the exit code."""
        if self.process is None:
            return 0
        self.send(signal.SIGCONT)
        self.send(signal.SIGTERM)
        try:
            return self.process.wait(GRACE_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            return self.process.wait()


def workers(
    command: Sequence[str], number: int, cluster: Cluster, folder: Path, **environment: str
) -> list[Worker]:
    """Return ``number`` processes of one command, each with a port and a log of its own."""
    settings = cluster.settings
    common = {
        "KAFKA_BOOTSTRAP": settings.kafka_bootstrap,
        "KAFKA_TOPIC_PREFIX": settings.kafka_topic_prefix,
        "PYTHONPATH": str(ROOT),
    }
    common |= {"KAFKA_CONNECT_TIMEOUT_S": "60"} | environment
    name = Path(command[-1]).stem
    return [
        Worker(
            command,
            os.environ | common | {"HTTP_PORT": str(free_port())},
            folder / f"{name}-{i}.log",
        )
        for i in range(number)
    ]


@dataclass(slots=True)
class Faults:
    """The number of faults of each kind."""

    killed: int = 0
    frozen: int = 0
    broker_killed: int = 0
    broker_frozen: int = 0
    disk_filled: int = 0

    def __str__(self) -> str:
        broker = f"broker killed {self.broker_killed} times, frozen {self.broker_frozen} times"
        workers = f"{self.killed} killed, {self.frozen} frozen"
        return f"{workers}, {broker}, disk filled {self.disk_filled} times"


@dataclass(frozen=True, slots=True)
class Outcome:
    """The committed records that came out of a run."""

    faults: Faults
    left: Counter[int]
    lost: list[Hashable]
    duplicated: list[Hashable]
    seen: int
    ended: list[int]

    def __str__(self) -> str:
        codes = (
            ", ".join(f"{number} × {code}" for code, number in sorted(self.left.items())) or "none"
        )
        losses = f"{len(self.lost)} lost, {len(self.duplicated)} duplicated of {self.seen} seen"
        return f"{self.faults}; exits {codes}; {losses}"


Seen = Callable[[], Awaitable[Counter[Hashable]]]


async def ordeal(
    all_workers: Sequence[Worker],
    chosen: Plan,
    *,
    feed: Callable[[], Awaitable[None]],
    expected: Iterable[Hashable],
    seen: Seen,
    broker: FaultyBroker | None = None,
    inflict: Callable[[], Awaitable[Faults]] | None = None,
) -> Outcome:
    """Feed records while workers suffer faults; when all results are there, stop and count again.

    ``inflict`` replaces ``torment``; the workers are kept alive while it runs.
    """
    wanted = set(expected)
    try:
        await _all_ready(all_workers)
        if inflict is None:
            faults, _ = await asyncio.gather(torment(all_workers, chosen, broker), feed())
        else:
            async with kept_alive(all_workers):
                faults, _ = await asyncio.gather(inflict(), feed())
        await _settle(all_workers, wanted, seen, chosen.settle_s)
        await _all_ready(all_workers)  # SIGTERM ends a process that is still starting with -15
    finally:
        ended = await asyncio.gather(*(asyncio.to_thread(worker.finish) for worker in all_workers))
    found = await seen()
    left = Counter(code for worker in all_workers for code in worker.left)
    doubled = [key for key, number in found.items() if number > 1]
    return Outcome(
        faults,
        left,
        sorted(wanted - set(found), key=str),
        doubled,
        sum(found.values()),
        list(ended),
    )


@asynccontextmanager
async def kept_alive(all_workers: Sequence[Worker]) -> AsyncIterator[None]:
    """Start the workers, and restart them whenever they exit, until the block ends."""

    async def keep() -> None:
        while True:
            for worker in all_workers:
                worker.keep_alive()
            await asyncio.sleep(KEEP_EVERY_S)

    keeping = asyncio.create_task(keep())
    try:
        yield
    finally:
        keeping.cancel()
        await asyncio.gather(keeping, return_exceptions=True)


async def _all_ready(all_workers: Sequence[Worker]) -> None:
    """Keep the workers alive until each has joined its group.

    A fault that hits a process while it starts tests little.
    """
    for worker in all_workers:
        worker.keep_alive()
    async with asyncio.timeout(READY_WITHIN_S), aiohttp.ClientSession() as session:
        for worker in all_workers:
            while not await is_ready(session, int(worker.environment["HTTP_PORT"])):
                worker.keep_alive()
                await asyncio.sleep(0.1)


async def torment(
    all_workers: Sequence[Worker], chosen: Plan, broker: FaultyBroker | None
) -> Faults:
    """Kill and freeze workers for the time of the plan; kill ``broker``, if there is one, halfway.

    The first fault is the longest freeze: a worker that wakes up in the middle of a batch that
    others have long finished is the one that writes duplicates if its partition is not fenced.
    Freezes overlap with other faults, but one worker is always left running.
    """
    rng, faults, loop = random.Random(chosen.seed), Faults(), asyncio.get_running_loop()
    begun, frozen = loop.time(), dict[int, asyncio.Task[None]]()
    while loop.time() - begun < chosen.seconds:
        await asyncio.sleep(rng.uniform(*chosen.pauses))
        frozen = {number: task for number, task in frozen.items() if not task.done()}
        victim, kills = (
            rng.choice([n for n in range(len(all_workers)) if n not in frozen]),
            rng.random() < 0.6,
        )
        if faults.frozen and (kills or len(frozen) + 1 == len(all_workers)):
            faults.killed += all_workers[victim].kill()
        else:
            seconds = rng.uniform(1.0, chosen.frozen_for) if faults.frozen else chosen.frozen_for
            frozen[victim] = asyncio.create_task(_freeze(all_workers[victim], seconds))
            faults.frozen += 1
        if (
            broker is not None
            and not faults.broker_killed
            and loop.time() - begun > chosen.seconds / 2
        ):
            _restart(broker)
            faults.broker_killed += 1
        for worker in all_workers:
            worker.keep_alive()
    await asyncio.gather(*frozen.values())
    return faults


async def _freeze(worker: Worker, seconds: float) -> None:
    worker.send(signal.SIGSTOP)
    await asyncio.sleep(seconds)
    worker.send(signal.SIGCONT)


def _restart(broker: FaultyBroker) -> None:
    broker.kill()
    broker.start()


async def _settle(
    all_workers: Sequence[Worker], wanted: set[Hashable], seen: Seen, seconds: float
) -> None:
    """Wait until everything expected was seen; what is missing at the deadline is lost."""
    clock = asyncio.get_running_loop().time
    begun = looked = clock()
    while wanted - set(await seen()) and clock() - begun < seconds:
        for worker in all_workers:
            worker.keep_alive()
        await asyncio.sleep(max(1.0, 3 * (clock() - looked)))  # looking takes processor time, too
        looked = clock()


async def feed_evenly(cluster: Cluster, topic: str, pairs: Sequence[Pair], seconds: float) -> None:
    """Write the pairs in slices over a period, so that every fault meets work."""
    producer = cluster.producer()
    await producer.start()
    slices = max(1, int(seconds * 5))
    try:
        for number in range(slices):
            for key, value in pairs[
                number * len(pairs) // slices : (number + 1) * len(pairs) // slices
            ]:
                await producer.send(cluster.name(topic), key=key, value=value)
            await producer.flush()
            await asyncio.sleep(0.2)
    finally:
        await producer.stop()


async def seen_in(
    cluster: Cluster, topic: str, key_of: Callable[[Any], Hashable]
) -> Counter[Hashable]:
    """Count how often each key occurs in the committed records of a topic."""
    return Counter(key_of(record) for record in await consume(cluster, topic))


def python(program: str, *arguments: str) -> list[str]:
    """Return the command that runs a program of this folder."""
    return [sys.executable, str(Path(__file__).with_name(program)), *arguments]
