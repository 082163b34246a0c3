"""Watch a chaos run: committed alerts, probes, memory, open files and log lines."""

import asyncio
import time
from collections import defaultdict
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

import aiohttp
import psutil
from aiokafka import TopicPartition

from shared.base.exits import ConfigurationError
from shared.kafka.cluster import CLIENT_ERRORS, Cluster
from shared.kafka.preflight import partition_counts
from shared.kafka.topics import ALERTS
from shared.messages.codec import decode
from shared.messages.schemas import Alert
from tests.faults.chaos.figures import Sample
from tests.faults.chaos.fleet import Fleet, Member, probe
from tests.faults.chaos.material import number_of

PROBE_EVERY_S: Final = 1.0
LOOK_EVERY_S: Final = 5.0
MB: Final = 1024 * 1024


class AlertTail:
    """Follows the committed alerts, with times of the event loop's clock.

    ``first`` says when each article's first alert was seen here, ``made`` when each alert was made:
    one that is read just after a fault may have been made before it.
    """

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._offsets: dict[TopicPartition, int] = {}
        self.first: dict[int, float] = {}
        self.made: list[float] = []

    async def run(self) -> None:
        """Follow until cancelled, whatever happens to the broker."""
        while True:
            with suppress(*CLIENT_ERRORS, ConfigurationError):
                await self._follow()
            await asyncio.sleep(PROBE_EVERY_S)

    async def _follow(self) -> None:
        name = self._cluster.name(ALERTS.name)
        count = (await partition_counts(self._cluster))[name]
        partitions = [TopicPartition(name, number) for number in range(count)]
        reader = self._cluster.reader()
        await reader.start()
        try:
            reader.assign(partitions)
            for tp in partitions:
                reader.seek(tp, self._offsets.get(tp, 0))
            while True:
                for tp, records in (await reader.getmany(timeout_ms=500)).items():
                    self._take(tp, records)
        finally:
            await reader.stop()

    def _take(self, tp: TopicPartition, records: list[Any]) -> None:
        now = asyncio.get_running_loop().time()
        since_epoch_s = now - time.time()
        for record in records:
            alert = decode(record.value, Alert)
            self.first.setdefault(number_of(alert.headline), now)
            self.made.append(record.timestamp / 1000 + since_epoch_s)
            self._offsets[tp] = record.offset + 1


class ProcessWatch:
    """Samples of every process of a fleet, with times of the event loop's clock."""

    def __init__(self, fleet: Fleet) -> None:
        self._fleet = fleet
        self._read: dict[Path, int] = {}
        self.ready: defaultdict[str, list[tuple[float, bool]]] = defaultdict(list)
        self.memory: defaultdict[str, dict[int, list[Sample]]] = defaultdict(dict)
        self.files: defaultdict[str, list[Sample]] = defaultdict(list)
        self.lines: defaultdict[str, list[tuple[float, int]]] = defaultdict(list)

    async def probes(self) -> None:
        """Ask every /readyz once a second until cancelled."""
        async with aiohttp.ClientSession() as session:
            while True:
                await asyncio.gather(
                    *(self._ask(session, member) for member in self._fleet.members)
                )
                await asyncio.sleep(PROBE_EVERY_S)

    async def processes(self) -> None:
        """Look at every process and its log until cancelled."""
        while True:
            self.look()
            await asyncio.sleep(LOOK_EVERY_S)

    def look(self) -> None:
        """Take one sample of everything but the probes."""
        now = asyncio.get_running_loop().time()
        for member in self._fleet.members:
            self.lines[member.name].append((now, self._new_lines(member.worker.log)))
            if member.pid is not None and not member.frozen:
                with suppress(psutil.Error):
                    self._sample(member.name, psutil.Process(member.pid), now)

    async def _ask(self, session: aiohttp.ClientSession, member: Member) -> None:
        status = None if member.frozen else await probe(session, member)
        self.ready[member.name].append((asyncio.get_running_loop().time(), status == 200))

    def _sample(self, name: str, process: psutil.Process, now: float) -> None:
        family = [process, *process.children(recursive=True)]
        used = sum(each.memory_info().rss for each in family) / MB
        self.memory[name].setdefault(process.pid, []).append((now, used))
        self.files[name].append((now, process.num_fds()))

    def _new_lines(self, log: Path) -> int:
        with suppress(FileNotFoundError), log.open("rb") as file:
            file.seek(self._read.get(log, 0))
            new = file.read()
            self._read[log] = self._read.get(log, 0) + len(new)
            return new.count(b"\n")
        return 0


def most_in_a_minute(counts: Mapping[str, list[tuple[float, int]]], begun: float) -> int:
    """Return the most lines that all these logs together got in one minute of the run."""
    minutes: defaultdict[int, int] = defaultdict(int)
    for samples in counts.values():
        for moment, count in samples:
            minutes[int((moment - begun) // 60)] += count
    return max(minutes.values(), default=0)
