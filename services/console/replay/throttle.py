"""Hold a replay back while the pipeline is behind, so that live articles do not wait for long."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from types import TracebackType
from typing import Final, Self

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient

from services.console.errors import say
from services.console.topics.idle import STAGES
from services.console.topics.topic_reader import partitions_of
from shared.kafka.cluster import Cluster
from shared.kafka.consumer_groups import ask_for_offsets, has_members
from shared.kafka.stop_reader import stop_reader
from shared.kafka.topics import DISPATCHES, Topic

DEFAULT_MAX_LAG: Final = 10_000
CHECK_EVERY_S: Final = 0.5
STUCK_S: Final = 30.0
"""A stage that has processed nothing for this long is reported."""
REPORT_AGAIN_S: Final = 300.0
PIPELINE: Final = tuple(stage for stage in STAGES if stage[1] is not DISPATCHES)
"""Deliver holds records back for a destination that takes nothing: no reason to wait."""
_SHARE: Final = 10
"""The lag is measured anew after a tenth of what is allowed was sent."""


@dataclass(frozen=True, slots=True)
class GroupLag:
    """How many offsets a consumer group is behind the end of its topic, markers included."""

    group: str
    records: int
    committed: int


class LagMeter:
    """Measures the lag of every stage of the pipeline; use it as a context manager."""

    def __init__(self, cluster: Cluster, stages: Sequence[tuple[str, Topic]] = PIPELINE) -> None:
        self._cluster, self._stages = cluster, stages
        self._admin: AIOKafkaAdminClient = cluster.admin()
        self._reader: AIOKafkaConsumer = cluster.reader()
        self._partitions: dict[str, list[TopicPartition]] = {}

    async def __aenter__(self) -> Self:
        """Connect."""
        await self._admin.start()
        await self._reader.start()
        for _, topic in self._stages:
            self._partitions[topic.name] = await partitions_of(self._cluster, topic.name)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Disconnect."""
        await stop_reader(self._reader)
        await self._admin.close()

    async def measure(self) -> list[GroupLag]:
        """Return the lag of each stage, in the order of the dataflow."""
        return [await self._lag(group, topic) for group, topic in self._stages]

    async def is_running(self, group: str) -> bool:
        """Return whether the group has a member."""
        return await has_members(self._admin, self._cluster.name(group))

    async def _lag(self, group: str, topic: Topic) -> GroupLag:
        partitions = self._partitions[topic.name]
        committed = await ask_for_offsets(self._admin, self._cluster.name(group))
        begins = await self._reader.beginning_offsets(partitions)
        ends = await self._reader.end_offsets(partitions)
        reached = {
            tp: max(begins[tp], committed[tp].offset if tp in committed else 0) for tp in partitions
        }
        behind = sum(max(0, ends[tp] - reached[tp]) for tp in partitions)
        return GroupLag(group, behind, sum(reached.values()))


@dataclass(slots=True)
class Throttle:
    """Waits while a stage has more than ``max_lag`` records before it.

    ``show`` gets the text to show while it waits, empty when it goes on. A stage that is not
    running, or that makes no progress, is reported while the replay waits for it, now and then.
    """

    meter: LagMeter
    max_lag: int
    show: Callable[[str], None]
    waited_s: float = 0.0
    _sent: int = 0
    _checked_s: float = float("-inf")
    _reported_s: dict[str, float] = field(default_factory=dict)

    async def wait(self, sending: int) -> None:
        """Wait until this many articles may be sent."""
        now_s = asyncio.get_running_loop().time()
        self._sent += sending
        if self._sent < self.max_lag / _SHARE and now_s < self._checked_s + CHECK_EVERY_S:
            return
        await self._wait_for_stages()
        self._sent, self._checked_s = 0, asyncio.get_running_loop().time()

    async def _wait_for_stages(self) -> None:
        loop = asyncio.get_running_loop()
        began_s, progress_s, before = loop.time(), loop.time(), dict[str, int]()
        while behind := [lag for lag in await self.meter.measure() if lag.records > self.max_lag]:
            now = {lag.group: lag.committed for lag in behind}
            if now != before:
                before, progress_s = now, loop.time()
            self.show(
                "waiting for " + ", ".join(f"{lag.group} ({lag.records:,})" for lag in behind)
            )
            await self._report(behind[0], is_stuck=loop.time() > progress_s + STUCK_S)
            await asyncio.sleep(CHECK_EVERY_S)
        if (waited_s := loop.time() - began_s) > CHECK_EVERY_S:
            self.waited_s += waited_s
            self.show("")

    async def _report(self, lag: GroupLag, *, is_stuck: bool) -> None:
        now_s = asyncio.get_running_loop().time()
        if now_s < self._reported_s.get(lag.group, float("-inf")) + REPORT_AGAIN_S:
            return
        service = lag.group.partition("/")[0]
        begin = f"{lag.group} is {lag.records:,} records behind"
        if not await self.meter.is_running(lag.group):
            hint = f"start it (`summitwire run {service}`), or replay with --max-lag 0"
            say(f"{begin} and is not running: the replay waits; {hint}")
        elif is_stuck:
            hint = "`summitwire doctor` looks for the cause; --max-lag 0 does not wait"
            say(f"{begin} and has processed nothing for {STUCK_S:.0f} s; {hint}")
        else:
            return
        self._reported_s[lag.group] = now_s
