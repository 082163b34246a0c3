"""Which stages lag: the oldest record that a stage has not read was written too long ago."""

import asyncio
from collections import deque
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from aiokafka import TopicPartition

from services.alerting.watch.dead_man import StageLag
from shared.kafka.cluster import Cluster
from shared.kafka.stop_reader import stop_reader
from shared.kafka.topics import ALERTS, ARTICLES_CLEAN, ARTICLES_RAW, ARTICLES_TAGGED, Topic

STAGES: Final = (
    ("cleaner", ARTICLES_RAW),
    ("tagger", ARTICLES_CLEAN),
    ("alerting/match", ARTICLES_TAGGED),
    ("alerting/count", ALERTS),
)
"""The consumer groups that no alert may wait for. Deliver is not among them: it holds records back
for a destination that takes nothing, and says so by itself."""
POLL_MS: Final = 200
POLLS: Final = 5
FETCH_BYTES: Final = 1_024
"""The broker sends one batch at least, whatever its size."""

Offsets = Mapping[TopicPartition, int]


class SuspectedLag:
    """Which partitions a group has not read up to where they ended ``late_after`` ago. Pure.

    What stands between may be markers of transactions alone, so the first record has to be looked
    at; ``clear`` says that there was none.
    """

    def __init__(self, late_after: timedelta) -> None:
        self._late_after = late_after
        self._ends: deque[tuple[datetime, Offsets]] = deque()
        self._cleared: dict[TopicPartition, tuple[int, int]] = {}

    def update(self, committed: Offsets, ends: Offsets, now: datetime) -> dict[TopicPartition, int]:
        """Return the suspected partitions, each with the offset at which its group stands."""
        self._ends.append((now, ends))
        while len(self._ends) > 1 and self._ends[1][0] <= now - self._late_after:
            self._ends.popleft()
        since, due = self._ends[0]
        if since > now - self._late_after:
            return {}
        return {
            tp: committed.get(tp, 0)
            for tp, end in due.items()
            if committed.get(tp, 0) < end and not self._is_cleared(tp, committed.get(tp, 0), end)
        }

    def clear(self, tp: TopicPartition, committed: int) -> None:
        """Note that no record stands between this offset and where the partition ended then."""
        self._cleared[tp] = committed, self._ends[0][1][tp]

    def _is_cleared(self, tp: TopicPartition, committed: int, end: int) -> bool:
        offset, until = self._cleared.get(tp, (-1, -1))
        return offset == committed and end <= until


class LagProbe:
    """Finds the stages that lag; ask every few seconds, for it compares with what was before."""

    def __init__(self, cluster: Cluster, late_after: timedelta) -> None:
        self._cluster, self._late_after = cluster, late_after
        self._suspected = {group: SuspectedLag(late_after) for group, _ in STAGES}

    async def find(self, reader: Any, now: datetime) -> tuple[StageLag, ...]:
        """Return the stages that lag; ``reader`` asks for the ends of partitions.

        KafkaError if the cluster does not answer.
        """
        admin = self._cluster.admin()
        await admin.start()
        try:
            lags = [await self._find(admin, reader, group, topic, now) for group, topic in STAGES]
        finally:
            await admin.close()
        return tuple(lag for lag in lags if lag is not None)

    async def _find(
        self, admin: Any, reader: Any, group: str, topic: Topic, now: datetime
    ) -> StageLag | None:
        name = self._cluster.name(topic.name)
        offsets = await admin.list_consumer_group_offsets(self._cluster.name(group))
        committed = {tp: meta.offset for tp, meta in offsets.items() if tp.topic == name}
        if not committed:  # a group that never ran reads from where it is told to begin
            return None
        ends = await reader.end_offsets(sorted(committed))
        suspected = self._suspected[group]
        standing = suspected.update(committed, ends, now)
        written = await self._first_records(standing) if standing else {}
        for tp in standing.keys() - written.keys():
            suspected.clear(tp, standing[tp])
        late = [at for at in written.values() if now - at >= self._late_after]
        return StageLag(stage=group, since=min(late)) if late else None

    async def _first_records(self, offsets: Offsets) -> dict[TopicPartition, datetime]:
        """Return when the first record from each offset was written; none where there is none."""
        reader = self._cluster.reader(keep_broken=True, max_partition_fetch_bytes=FETCH_BYTES)
        await reader.start()
        written: dict[TopicPartition, datetime] = {}
        try:
            reader.assign(sorted(offsets))
            for tp, offset in offsets.items():
                reader.seek(tp, offset)
            for _ in range(POLLS):
                batches = await reader.getmany(timeout_ms=POLL_MS)
                for tp, records in batches.items():
                    at = datetime.fromtimestamp(max(0, records[0].timestamp) / 1000, UTC)
                    written.setdefault(tp, at)
                if written.keys() == offsets.keys():
                    break
                await asyncio.sleep(0)
        finally:
            await stop_reader(reader)
        return written
