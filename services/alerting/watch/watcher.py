"""Reads what was read and decided, and writes daily lines and the operators' notices.

One process of the cluster does it: the one that delivers the first partition of dispatches.v1.
Whoever begins fences whoever did it before, so that nothing is counted or sent twice. What it knows
is written in one transaction with the dispatches that follow from it (watch_memory.py).
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from aiokafka import AIOKafkaProducer, TopicPartition

from services.alerting.routes.local_times import DigestTime
from services.alerting.routes.routes import Routes
from services.alerting.watch.daily_line import build_figures, build_line, find_due_line
from services.alerting.watch.dead_man import (
    allowed_silence,
    find_troubles,
    update_troubles,
)
from services.alerting.watch.stage_lag import LagProbe
from services.alerting.watch.undelivered import count_undelivered
from services.alerting.watch.watch_memory import WatchMemory, arrival_time
from shared.base import metrics
from shared.base.exits import ConfigurationError
from shared.base.log import get
from shared.kafka.cluster import CLIENT_ERRORS, Cluster
from shared.kafka.preflight import partition_counts
from shared.kafka.stop_reader import stop_reader
from shared.kafka.topics import ARTICLES_TAGGED, DISPATCHES, NOTIFICATIONS, WATCH
from shared.kafka.transaction import commit
from shared.messages import headers
from shared.messages.own_record import build_record
from shared.messages.schemas import Dispatch

log = get(__name__)

NAME: Final = "alerting/watch"
"""The transactional id of every watch: there is one at a time in the whole cluster."""
PARTITION: Final = 0
"""Of watch.v1: everything is in one partition, however many the topic was created with."""
READ_BACK: Final = timedelta(days=1)
"""How far back the first watch of a cluster reads."""
TICK_S: Final = 2.0
WRITE_INTERVAL: Final = timedelta(seconds=30)
GRACE: Final = timedelta(minutes=2)
"""After its beginning a watch tells of no trouble for so long: others may be starting as well."""
RETRY_S: Final = 2.0
ANSWER_S: Final = 60.0
"""A watch that can read nothing for so long begins anew."""
COUNT_S: Final = 300.0
"""How long it may take to count what is undelivered."""
MAX_RECORDS: Final = 100
FETCH_BYTES: Final = 256 * 1024
"""Read ahead of each partition: an article is 50 KB, and alerts of this process must not wait."""
_LOST: Final = (*CLIENT_ERRORS, ConfigurationError, TimeoutError)


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchPlan:
    """What the watch is asked to do.

    ``operators`` is the destination that hears of troubles; "" for none. Nothing may be read for
    ``dead_man_after``; None leaves it to what is usual. A stage may lag for ``late_after``. Both
    are looked at every ``check_every``, and not before ``grace`` is over.
    """

    operators: str = ""
    dead_man_after: timedelta | None = None
    late_after: timedelta = timedelta(minutes=5)
    grace: timedelta = GRACE
    check_every: timedelta = timedelta(seconds=20)


def _utc_now() -> datetime:
    return datetime.now(UTC)


class Watch:
    """A component that watches while ``is_leader`` says so."""

    def __init__(
        self,
        cluster: Cluster,
        plan: WatchPlan,
        *,
        routes: Callable[[], Routes],
        is_leader: Callable[[], bool],
        now: Callable[[], datetime] = _utc_now,
        note: Callable[[bool], None] = lambda _works: None,
    ) -> None:
        self._cluster, self._plan, self._routes = cluster, plan, routes
        self._is_leader, self._now, self._note = is_leader, now, note
        self._stopping = asyncio.Event()

    async def start(self) -> None:
        """Do nothing: ``run`` opens what it needs."""

    async def run(self) -> None:
        """Watch until stopped; while the cluster does not answer, or another watches, wait."""
        while not self._stopping.is_set():
            if self._is_leader():
                try:
                    await self._watch()
                except _LOST as error:
                    log.warning("the watch is interrupted", error=str(error)[:200] or "no answer")
            await self._wait(RETRY_S)

    async def stop(self) -> None:
        """Stop watching."""
        self._stopping.set()

    async def _watch(self) -> None:
        """Watch as the only one, until another is the leader or fences this one.

        After a topic has gained partitions, ``run`` begins anew.
        """
        producer = self._cluster.transactional_producer(NAME)
        reader = self._cluster.reader(max_partition_fetch_bytes=FETCH_BYTES)
        await producer.start()
        try:
            await reader.start()
            async with asyncio.timeout(ANSWER_S):
                memory = await restore(self._cluster, reader, self._now())
            session = WatchSession(
                self._cluster, self._plan, self._routes, memory, reader, producer, self._now()
            )
            await session.begin()
            while not self._is_over() and session.reads_all():
                self._note(await session.tick(self._now(), self._is_over))
                await self._wait(TICK_S)
            await session.write((), self._now())
        finally:
            await stop_reader(reader)
            await producer.stop()

    def _is_over(self) -> bool:
        return self._stopping.is_set() or not self._is_leader()

    async def _wait(self, seconds: float) -> None:
        try:
            await asyncio.wait_for(self._stopping.wait(), seconds)
        except TimeoutError:
            return


class WatchSession:
    """What one watch does between its beginning and its end."""

    def __init__(
        self,
        cluster: Cluster,
        plan: WatchPlan,
        routes: Callable[[], Routes],
        memory: WatchMemory,
        reader: Any,
        producer: AIOKafkaProducer,
        now: datetime,
    ) -> None:
        self.memory = memory
        self._cluster, self._plan, self._routes = cluster, plan, routes
        self._reader, self._producer = reader, producer
        self._began, self._written, self._checked = now, now, now
        self._partitions: list[TopicPartition] = []
        self._probe = LagProbe(cluster, plan.late_after)

    async def begin(self) -> None:
        """Take up reading where the memory stands; the first time a day before now."""
        names = [self._cluster.name(topic.name) for topic in (ARTICLES_TAGGED, NOTIFICATIONS)]
        counts = await partition_counts(self._cluster)
        self._partitions = [
            TopicPartition(name, number) for name in names for number in range(counts[name])
        ]
        self._reader.assign(self._partitions)
        new = [tp for tp in self._partitions if self._key(tp) not in self.memory.positions]
        if new:
            since_ms = int((self._began - READ_BACK).timestamp() * 1000)
            first = await self._reader.offsets_for_times(dict.fromkeys(new, since_ms))
            ends = await self._reader.end_offsets(new)
            for tp in new:
                self.memory.positions[self._key(tp)] = first[tp].offset if first[tp] else ends[tp]
        for tp in self._partitions:
            self._reader.seek(tp, self.memory.positions[self._key(tp)])

    def reads_all(self) -> bool:
        """Return whether every partition is read; False once a topic has gained some."""
        counts = Counter(tp.topic for tp in self._partitions)
        return all(
            len(self._reader.partitions_for_topic(name) or ()) <= count
            for name, count in counts.items()
        )

    async def tick(self, now: datetime, is_over: Callable[[], bool]) -> bool:
        """Read all that there is, and write what follows from it, unless the watch is over.

        Return whether articles go through: something is read as often as is usual, and no stage
        lags.
        """
        await self._read(now, is_over)
        if is_over():
            return False
        is_new = self.memory.tallies.follow(self._daily().keys(), now, self.memory.articles)
        dispatches = await self._build_lines(now)
        if now - self._checked >= self._plan.check_every:
            self._checked = now
            dispatches += await self._find_troubles(now)
        if dispatches or is_new or now - self._written >= WRITE_INTERVAL:
            await self.write(dispatches, now)
        return not self.memory.troubles

    async def write(self, dispatches: Sequence[Dispatch], now: datetime) -> None:
        """Write what has changed and these dispatches, in one transaction."""
        for tp in self._partitions:
            self.memory.positions[self._key(tp)] = await self._reader.position(tp)
        self.memory.arrivals.forget_before(now)
        topic, now_ms = self._cluster.name(WATCH.name), int(now.timestamp() * 1000)
        changes = self.memory.take_changes(now)
        writes = [
            build_record(topic, key, each, ce_source=NAME, now_ms=now_ms, partition=PARTITION)
            for key, each in changes
        ]
        topic = self._cluster.name(DISPATCHES.name)
        writes += [
            build_record(topic, d.destination.encode(), d, ce_source=NAME, now_ms=now_ms)
            for d in dispatches
        ]
        await commit(self._producer, writes, {}, self._cluster.name(NAME))
        self._written = now
        self._report(now)
        for dispatch in dispatches:
            log.info("told", destination=dispatch.destination, text=dispatch.reason)

    async def _read(self, now: datetime, is_over: Callable[[], bool]) -> None:
        """Read every record up to where the topics end now; TimeoutError if nothing comes."""
        loop = asyncio.get_running_loop()
        ends, came_at = await self._reader.end_offsets(self._partitions), loop.time()
        while any([await self._reader.position(tp) < end for tp, end in ends.items()]):
            batches = await self._reader.getmany(timeout_ms=200, max_records=MAX_RECORDS)
            for tp, records in batches.items():
                self._take(tp, records, now)
            came_at = loop.time() if batches else came_at
            if is_over():
                return
            if loop.time() - came_at > ANSWER_S:
                raise TimeoutError("the topics cannot be read")
            await asyncio.sleep(0)

    def _take(self, tp: TopicPartition, records: Sequence[Any], now: datetime) -> None:
        is_fact = tp.topic == self._cluster.name(NOTIFICATIONS.name)
        for record in records:
            if is_fact:
                self.memory.take_fact(record.value)
            else:
                at = arrival_time(record.timestamp, now)
                self.memory.take_article(record.value, at, headers.decode_headers(record.headers))

    async def _build_lines(self, now: datetime) -> list[Dispatch]:
        """Return the daily lines that are due, and begin to count for the next ones."""
        daily, tallies = self._daily(), self.memory.tallies.by_destination
        due = {name: find_due_line(daily[name], tallies[name], now) for name in sorted(daily)}
        lines = {name: at for name, at in due.items() if at is not None}
        if not lines:
            return []
        async with asyncio.timeout(COUNT_S):
            counts = await count_undelivered(self._cluster, lines)
        waiting, parked = counts.waiting(), counts.parked()
        quiet = self.memory.arrivals.quiet_sources(now)
        dispatches = []
        for name, at in lines.items():
            figures = build_figures(
                tallies[name],
                due=at,
                articles=self.memory.articles,
                quiet=quiet,
                waiting=waiting.get(name, 0),
                parked=parked.get(name, 0),
            )
            dispatches.append(build_line(name, daily[name], figures))
            line = dispatches[-1].reason
            self.memory.tallies.begin_next(name, at, line, self.memory.articles)
        metrics.DAILY_LINES.inc(len(dispatches))
        return dispatches

    async def _find_troubles(self, now: datetime) -> Sequence[Dispatch]:
        """Return what operators are to be told; nothing while others may still be starting."""
        before = self.memory.troubles
        try:
            lags = await self._probe.find(self._reader, now)
        except _LOST as error:
            log.warning("it is not known which stages lag", error=str(error)[:200])
            return ()
        if now - self._began < self._plan.grace:
            return ()
        arrivals = self.memory.arrivals.all_sources()
        allowed = allowed_silence(arrivals, self._plan.dead_man_after)
        current = find_troubles(before, arrivals.last_at(""), allowed, lags, now)
        self.memory.troubles, notices = update_troubles(before, current, self._plan.operators, now)
        return notices

    def _daily(self) -> Mapping[str, DigestTime]:
        """Return the destinations that have a daily line, and when."""
        receivers = self._routes().receivers.values()
        return {
            destination: each.daily
            for each in receivers
            if each.daily is not None
            for destination in each.destinations
        }

    def _report(self, now: datetime) -> None:
        arrivals = self.memory.arrivals
        last_at = arrivals.all_sources().last_at("")
        metrics.SOURCES_WATCHED.set(len(arrivals.sources))
        metrics.SOURCES_QUIET.set(len(arrivals.quiet_sources(now)))
        if last_at is not None:
            metrics.LAST_READ_AT.set(last_at.timestamp())
        metrics.WATCH_TROUBLES.clear()
        for trouble in self.memory.troubles:
            metrics.WATCH_TROUBLES.labels(trouble.kind).set(1)

    def _key(self, tp: TopicPartition) -> str:
        return f"{self._cluster.table_name(tp.topic)}/{tp.partition}"


async def restore(cluster: Cluster, reader: Any, now: datetime) -> WatchMemory:
    """Return what the last watch has stored; ``reader`` is assigned to nothing yet."""
    memory, partition = (
        WatchMemory(began_at=now),
        TopicPartition(cluster.name(WATCH.name), PARTITION),
    )
    reader.assign([partition])
    await reader.seek_to_beginning(partition)
    end = (await reader.end_offsets([partition]))[partition]
    values: dict[bytes, bytes | None] = {}
    while await reader.position(partition) < end:
        batches = await reader.getmany(partition, timeout_ms=200)
        values |= {record.key or b"": record.value for record in batches.get(partition, [])}
    for key in memory.restore(values.items()):
        log.error("an entry of watch.v1 cannot be read", key=key.decode("utf-8", "replace"))
    return memory
