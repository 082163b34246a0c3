"""One way to consume: read a micro-batch of one partition, work on it, write everything that follows in ONE Kafka transaction.

Outputs, dead letters, changed state and source offsets commit together or not at all, through the partition's own transactional
producer (shared/ownership.py). A record that cannot be processed becomes a dead letter in the same transaction; one that must
wait pauses its partition, with growing waits, while heartbeats and the other partitions go on.
"""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from aiokafka import TopicPartition

from shared import headers, metrics
from shared.codec import check_version
from shared.dead_letters import dead_letter
from shared.kafka import Cluster
from shared.log import get
from shared.outcomes import Drop, InvalidMessage
from shared.ownership import Owned, Ownership
from shared.topics import Topic, find
from shared.transaction import Write, commit
from shared.watchdog import Progress
from shared.work import Again, Dead, Done, Ending, NotBegun, Output, Work, dead

log = get(__name__)

POLL_MS: Final = 200
FIRST_WAIT_S: Final = 0.5
LONGEST_WAIT_S: Final = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class StageSpec:
    """What a stage is: its name (also its consumer group), where it reads, how it works, and what it writes besides dead letters.

    ``station`` is its entry in the latency ledger, e.g. ``t-cleaned``; ``state`` the compacted topic of its keyed state.
    """

    name: str
    source: Topic
    work: Work
    station: str | None = None
    state: Topic | None = None
    max_records: int = 200


@dataclass(slots=True)
class _Pause:
    until: float
    waits: int


class Stage:
    """Runs a StageSpec on a cluster. ``start``, then ``run`` until ``stop`` is asked for; any error of ``run`` means: leave the process."""

    def __init__(self, spec: StageSpec, cluster: Cluster, progress: Progress) -> None:
        self.spec, self._cluster, self._progress = spec, cluster, progress
        self.ownership = Ownership(
            cluster, group=spec.name, source=spec.source, state=spec.state, on_assigned=self._assigned, on_revoked=self._revoked
        )
        self._pauses: dict[TopicPartition, _Pause] = {}
        self._stopping = asyncio.Event()

    async def start(self) -> None:
        """Join the consumer group."""
        await self.ownership.start()

    async def run(self) -> None:
        """Process batches until asked to stop; raises what makes going on impossible (fenced, broker gone)."""
        while not self._stopping.is_set():
            async with self.ownership.lock:
                self.ownership.check()
                await self._round()
            await asyncio.sleep(0)  # lets a waiting rebalance take the lock

    async def stop(self) -> None:
        """Finish the running batch, then leave the group."""
        self._stopping.set()
        await self.ownership.stop()

    async def _round(self) -> None:
        self._resume()
        consumer = self.ownership.consumer
        batches = await consumer.getmany(timeout_ms=POLL_MS, max_records=self.spec.max_records)
        # Records of a partition without a producer were prefetched too early: its position is set again on assignment.
        ours = [(self.ownership.owned[tp], records) for tp, records in batches.items() if tp in self.ownership.owned]
        await asyncio.gather(*(self._batch(owned, records) for owned, records in ours))
        await self._observe()

    async def _batch(self, owned: Owned, records: Sequence[Any]) -> None:
        started = time.monotonic()
        endings = await self._work(owned, records)
        finished = next((i for i, end in enumerate(endings) if isinstance(end, Again | NotBegun)), len(endings))
        if finished:
            await self._commit(owned, records[:finished], endings[:finished])
            metrics.BATCH_SECONDS.labels(self.spec.name).observe(time.monotonic() - started)
        if finished < len(records):
            self._put_back(owned, records[finished], endings[finished], progressed=finished > 0)
        else:
            self._pauses.pop(owned.tp, None)

    async def _work(self, owned: Owned, records: Sequence[Any]) -> list[Ending]:
        versions = [_check_version(record) for record in records]
        good = [record.value for record, bad in zip(records, versions, strict=True) if bad is None]
        endings = iter(await self.spec.work.run(good, owned.state))
        return [bad or next(endings) for bad in versions]

    async def _commit(self, owned: Owned, records: Sequence[Any], endings: Sequence[Ending]) -> None:
        now_ms = time.time_ns() // 1_000_000
        writes = [write for record, end in zip(records, endings, strict=True) for write in self._writes(record, end, now_ms)]
        if self.spec.state is not None:
            name = self._cluster.name(self.spec.state.name)
            writes += [Write(name, key, value, partition=owned.tp.partition) for key, value in owned.state.changes.items()]
        await commit(owned.producer, writes, {owned.tp: records[-1].offset + 1}, self._cluster.name(self.spec.name))
        owned.state.commit()
        metrics.BATCH_RECORDS.labels(self.spec.name).observe(len(records))

    def _writes(self, record: Any, end: Ending, now_ms: int) -> list[Write]:
        """What one record leads to, counted by how it ended."""
        if isinstance(end, Done):
            metrics.RECORDS.labels(self.spec.name, "done").inc()
            return [self._output(record, output, now_ms) for output in end.outputs]
        if isinstance(end, Drop):
            metrics.RECORDS.labels(self.spec.name, "dropped").inc()
            metrics.DROPS.labels(self.spec.name, str(end.reason)).inc()
            return []
        assert isinstance(end, Dead)  # noqa: S101 - the other endings never reach a commit
        return [self._dead_letter(record, end)]

    def _output(self, record: Any, output: Output, now_ms: int) -> Write:
        topic = find(output.topic)
        incoming = headers.read(record.headers)
        out = headers.outgoing(
            incoming,
            value=output.value,
            ce_type=f"{topic.message.__name__}.v1",
            ce_source=self.spec.name,
            station=self.spec.station,
            now_ms=now_ms,
        )
        self._count_hop(out)
        return Write(self._cluster.name(output.topic), output.key, output.value, headers.write(out))

    def _count_hop(self, out: dict[str, str]) -> None:
        hop = (self.spec.station or "").removeprefix("t-")
        seconds = headers.hops(headers.ledger(out)).get(hop)
        if seconds is not None and headers.REPLAY_ID not in out:
            metrics.HOP_SECONDS.labels(hop).observe(max(0.0, seconds))

    def _dead_letter(self, record: Any, reason: Dead) -> Write:
        metrics.RECORDS.labels(self.spec.name, "dead").inc()
        metrics.DEAD_LETTERS.labels(self.spec.name, reason.error).inc()
        log.warning("dead letter", stage=self.spec.name, offset=record.offset, partition=record.partition, error=reason.message)
        name = self._cluster.name(self.spec.source.dead_letters)
        return dead_letter(record, topic=self.spec.source.name, stage=self.spec.name, reason=reason, dead_letter_topic=name)

    def _put_back(self, owned: Owned, record: Any, end: Ending, *, progressed: bool) -> None:
        """Read from this record on again: at once where its turn had not come, after a wait where something is not ready."""
        owned.state.rollback()
        self.ownership.consumer.seek(owned.tp, record.offset)
        if not isinstance(end, Again):
            return
        waits = 0 if progressed or owned.tp not in self._pauses else self._pauses[owned.tp].waits
        wait_s = min(LONGEST_WAIT_S, FIRST_WAIT_S * 2**waits)
        self._pauses[owned.tp] = _Pause(time.monotonic() + wait_s, waits + 1)
        self.ownership.consumer.pause(owned.tp)
        metrics.RETRIES.labels(self.spec.name).inc()
        log.warning("partition paused", stage=self.spec.name, partition=owned.tp.partition, wait_s=wait_s, cause=end.cause)

    def _resume(self) -> None:
        now = time.monotonic()
        due = [tp for tp, pause in self._pauses.items() if pause.until <= now and tp in self.ownership.owned]
        if due:
            self.ownership.consumer.resume(*due)
        waiting = [tp for tp, pause in self._pauses.items() if pause.until > now]
        for tp in waiting:
            self._progress.alive(tp, now)
        metrics.PAUSED.labels(self.spec.name).set(len(waiting))

    async def _observe(self) -> None:
        """Tell the watchdog and the metrics how far each partition is."""
        now, consumer = time.monotonic(), self.ownership.consumer
        for tp in self.ownership.owned:
            position, end = await consumer.position(tp), consumer.last_stable_offset(tp) or 0
            self._progress.observe(tp, position, end, now)
            metrics.LAG.labels(self.spec.name, str(tp.partition)).set(max(0, end - position))
        self._progress.beat = now

    def _assigned(self, owned: Owned) -> None:
        self._pauses.pop(owned.tp, None)

    def _revoked(self, owned: Owned) -> None:
        self._pauses.pop(owned.tp, None)
        self._progress.forget(owned.tp)


def _check_version(record: Any) -> Dead | None:
    try:
        check_version(headers.read(record.headers).get("schema-version"))
    except InvalidMessage as error:
        return dead(error)
    return None
