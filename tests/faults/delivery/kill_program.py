"""A worker for the fault tests: deliver alone, which kills itself at named points.

Usage: kill_program.py FILE. Each line of the file is a point (``POINTS``) and how often this process
passes it before it ends there. A line is removed when the process kills itself; without lines it
works on.
"""

import os
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from aiokafka import AIOKafkaProducer

from services.alerting.deliver.channels.answers import Answer
from services.alerting.deliver.channels.channel import Channel, Post, PostingPace
from services.alerting.deliver.channels.table import build_channels
from services.alerting.deliver.deliverer import Deliverer, SystemClock
from services.alerting.settings import AlertingSettings
from shared.base import log, settings
from shared.http.clients import delivery_client
from shared.kafka.cluster import Cluster
from shared.messages.codec import decode
from shared.messages.delivery_keys import WAITING, is_entry
from shared.messages.schemas import Delivery
from shared.service import worker
from shared.stream.watchdog import Progress

POINTS: Final = (
    "before intent",
    "after intent",
    "before post",
    "after post",
    "before delivered",
    "after delivered",
    "after waiting",
    "resuming",
)
MAX_UNFINISHED: Final = 6
"""So few that what waits is soon kept in the state."""


@dataclass(slots=True)
class Kills:
    """The points of the file; ``reach`` ends the process at the first one."""

    file: Path
    passed: dict[str, int] = field(default_factory=dict)

    def order(self, *points: str) -> None:
        """Have the process end at each of these points, one after the other."""
        self.file.write_text("".join(f"{point} 0\n" for point in points), "utf-8")

    def reach(self, point: str) -> None:
        lines = self.file.read_text("utf-8").splitlines()
        if not lines or lines[0].rpartition(" ")[0] != point:
            return
        self.passed[point] = self.passed.get(point, 0) + 1
        if self.passed[point] > int(lines[0].rpartition(" ")[2]):
            self.file.write_text("".join(f"{line}\n" for line in lines[1:]), "utf-8")
            os.kill(os.getpid(), signal.SIGKILL)


class WatchedBatch:
    """A batch that remembers what it was given."""

    def __init__(self, batch: Any, records: list[tuple[bytes, bytes | None]]) -> None:
        self.batch, self._records = batch, records

    def append(self, **record: Any) -> Any:
        taken = self.batch.append(**record)
        if taken is not None:
            self._records.append((record["key"], record["value"]))
        return taken

    def record_count(self) -> int:
        return int(self.batch.record_count())


class WatchedProducer(AIOKafkaProducer):  # type: ignore[misc]  # it is untyped
    """A transactional producer that passes the points named for what it commits."""

    def __init__(self, reach: Callable[[str], None], **options: Any) -> None:
        super().__init__(**options)
        self._reach = reach
        self._records: list[tuple[bytes, bytes | None]] = []

    def create_batch(self) -> WatchedBatch:
        return WatchedBatch(super().create_batch(), self._records)

    async def send_batch(self, batch: WatchedBatch, topic: str, *, partition: int) -> Any:
        return await super().send_batch(batch.batch, topic, partition=partition)

    async def commit_transaction(self) -> None:
        names = set(map(_name, self._records))
        self._records.clear()
        for name in names:
            self._reach(f"before {name}")
        await super().commit_transaction()
        for name in names:
            self._reach(f"after {name}")


def _name(record: tuple[bytes, bytes | None]) -> str:
    """Return what a record of the ledger says: an entry's state, or that a dispatch waits."""
    key, value = record
    if value is not None and key.startswith(WAITING + b"/"):
        return WAITING.decode()
    if value is not None and is_entry(key) and b'"attempts"' in value:
        return str(decode(value, Delivery).state)
    return "other"


@dataclass(frozen=True, slots=True)
class WatchedCluster(Cluster):
    """A cluster whose transactions pass points."""

    kills: Kills

    def transactional_producer(self, transactional_id: str) -> AIOKafkaProducer:
        return WatchedProducer(
            self.kills.reach, **self._common(), transactional_id=self.name(transactional_id)
        )


@dataclass(frozen=True, slots=True)
class WatchedChannel:
    """A channel whose posts pass points."""

    channel: Channel
    kills: Kills

    @property
    def pace(self) -> PostingPace:
        return self.channel.pace

    def rate_limit_key(self, name: str) -> str | None:
        return self.channel.rate_limit_key(name)

    def render(self, post: Post) -> bytes:
        return self.channel.render(post)

    async def send(self, name: str, body: bytes, notification_id: str) -> Answer:
        self.kills.reach("before post")
        answer = await self.channel.send(name, body, notification_id)
        self.kills.reach("after post")
        return answer


class WatchedClock(SystemClock):
    """The clock; a partition that resumes its work asks it for the time first."""

    def __init__(self, kills: Kills) -> None:
        self._kills = kills

    def now(self) -> datetime:
        self._kills.reach("resuming")
        return super().now()


def main() -> None:
    """Deliver until SIGTERM, or a point of the file."""
    kills = Kills(Path(sys.argv[1]))
    chosen = settings.load(AlertingSettings)
    log.configure("faults", level=chosen.log_level)
    progress = Progress(chosen.watchdog_s, time.monotonic())
    addresses = chosen.channel_addresses()
    client = delivery_client(hosts=addresses.hosts(), allowed=["127.0.0.1"])
    channels = build_channels(client, addresses)
    deliverer = Deliverer(
        WatchedCluster(chosen, kills),
        progress,
        {name: WatchedChannel(channel, kills) for name, channel in channels.items()},
        drain_s=chosen.drain_s,
        clock=WatchedClock(kills),
        max_unfinished=MAX_UNFINISHED,
    )
    worker.run(
        worker.Service(
            name="faults", components=[deliverer], progress=progress, checks=deliverer.checks
        ),
        chosen,
    )


if __name__ == "__main__":
    main()
