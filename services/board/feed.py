"""Reads the board's topics: committed records only, and without a consumer group.

Every board shows everything. After the cluster has not answered, a new consumer continues where the
last one was; meanwhile the page says so.
"""

import asyncio
import random
import time
from collections.abc import Callable, Mapping
from typing import Any, Final

from aiokafka import AIOKafkaConsumer, TopicPartition

from services.board.live import Live, now_ms
from services.board.reconcile import DELIVER
from services.board.state.board_state import BoardRecord
from services.board.state.start_offsets import read_back, start_offset
from shared.base.exits import ConfigurationError
from shared.base.log import get
from shared.kafka.cluster import CLIENT_ERRORS, Cluster
from shared.kafka.consumer_groups import fetch_committed_offsets
from shared.kafka.preflight import partition_counts
from shared.kafka.stop_reader import stop_reader
from shared.kafka.topics import DISPATCHES, dead_letter_sources, topics_of_service
from shared.messages import headers
from shared.stream.watchdog import Progress

log = get(__name__)

NAME: Final = "board"
BATCH: Final = 500
POLL_MS: Final = 250
FETCH_BYTES: Final = 256 * 1024
ANSWER_S: Final = 5.0
FIRST_WAIT_S: Final = 0.5
MAX_WAIT_S: Final = 15.0
LOOKS_BETWEEN_COUNTS: Final = 12
REASON_CHARACTERS: Final = 200
_LOST: Final = (*CLIENT_ERRORS, ConfigurationError, TimeoutError)


class TopicReader:
    """Keeps ``live`` in step with the topics. Runs until stopped; only a bug ends it."""

    def __init__(
        self,
        cluster: Cluster,
        live: Live,
        progress: Progress,
        *,
        look_s: float,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self._cluster, self._live, self._progress, self._look_s, self._jitter = (
            cluster,
            live,
            progress,
            look_s,
            jitter,
        )
        self._next: dict[TopicPartition, int] = {}
        self._waited: dict[TopicPartition, int] = {}
        self._target: tuple[int, Mapping[TopicPartition, int]] = (0, {})
        self._stopping = asyncio.Event()
        self._failures = 0
        self.caught_up = False

    def obstacle(self) -> str:
        """Return why the page is not complete yet; "" when it is.

        An unreachable broker is reported by the broker probe.
        """
        return "" if self.caught_up else "it is still reading the topics"

    async def start(self) -> None:
        """Do nothing: the page is served before the cluster answers."""

    async def run(self) -> None:
        """Read until stopped, through every loss of the cluster."""
        while not self._stopping.is_set():
            reader = self._cluster.reader(max_partition_fetch_bytes=FETCH_BYTES)
            try:
                await self._session(reader)
            except _LOST as error:
                self._on_lost(error)
            finally:
                await stop_reader(reader)
            if self._failures:
                await self._wait(
                    min(MAX_WAIT_S, FIRST_WAIT_S * 2 ** min(self._failures, 10))
                    * (0.5 + self._jitter() / 2)
                )

    async def stop(self) -> None:
        """Stop reading, and end the viewers' streams."""
        self._stopping.set()
        self._live.hub.close()

    async def _session(self, reader: AIOKafkaConsumer) -> None:
        counts = await self._counts()
        await reader.start()
        await self._assign(reader, counts)
        await self._look(reader)
        if self._failures:
            log.warning("the cluster is back", failures=self._failures)
        self._failures = 0
        await self._poll(reader, counts)

    def _on_lost(self, error: BaseException) -> None:
        self._failures += 1
        reason = (str(error).strip() or "it did not answer in time")[:REASON_CHARACTERS]
        (log.warning if self._failures == 1 else log.debug)(
            "the cluster is lost", error=reason, failures=self._failures
        )
        self._live.update_cluster("lost", reason)

    async def _counts(self) -> Mapping[str, int]:
        """Return how many partitions each of the board's topics has."""
        wanted = [topic.name for topic in topics_of_service(NAME)] + [
            topic.dead_letters for topic in dead_letter_sources()
        ]
        counts = await partition_counts(self._cluster)
        return {
            name: counts[self._cluster.name(name)]
            for name in wanted
            if self._cluster.name(name) in counts
        }

    async def _assign(self, reader: AIOKafkaConsumer, counts: Mapping[str, int]) -> None:
        partitions = [
            TopicPartition(self._cluster.name(name), number)
            for name, count in counts.items()
            for number in range(count)
        ]
        reader.assign(partitions)
        unknown = [tp for tp in partitions if tp not in self._next]
        if unknown:
            await asyncio.wait_for(self._find_starts(reader, unknown), 2 * ANSWER_S)
        for tp in partitions:
            reader.seek(tp, self._next[tp])

    async def _find_starts(
        self, reader: AIOKafkaConsumer, partitions: list[TopicPartition]
    ) -> None:
        now = now_ms()
        committed = await fetch_committed_offsets(self._cluster, DELIVER, DISPATCHES.name)
        self._live.board.undelivered.take_committed(committed)
        first, ends = (
            await reader.beginning_offsets(partitions),
            await reader.end_offsets(partitions),
        )
        since = await reader.offsets_for_times(
            {tp: now - read_back(self._name(tp)).window_ms for tp in partitions}
        )
        for tp in partitions:
            young = since.get(tp)
            offset = young.offset if young else None
            is_finished_by_deliver = self._name(tp) == DISPATCHES.name
            self._next[tp] = start_offset(
                self._name(tp),
                alerts=self._live.board.limit,
                first=first[tp],
                end=ends[tp],
                since=offset,
                unfinished=committed.get(tp.partition, 0) if is_finished_by_deliver else None,
            )
            self._waited[tp] = ends[tp]

    async def _poll(self, reader: AIOKafkaConsumer, counts: Mapping[str, int]) -> None:
        """Read until stopped, or until a topic has gained partitions."""
        looks, looked = 0, time.monotonic()
        while not self._stopping.is_set():
            self._take(await reader.getmany(timeout_ms=POLL_MS, max_records=BATCH))
            self._beat()
            if time.monotonic() - looked >= self._look_s or not self.caught_up:
                await self._look(reader)
                looks, looked = looks + 1, time.monotonic()
            if looks >= LOOKS_BETWEEN_COUNTS:
                looks = 0
                if await self._counts() != counts:
                    return

    def _take(self, batches: Mapping[TopicPartition, list[Any]]) -> None:
        now = now_ms()
        self._live.take(
            [
                self._incoming(tp, record, now)
                for tp, records in batches.items()
                for record in records
            ]
        )
        for tp, records in batches.items():
            self._next[tp] = records[-1].offset + 1

    def _incoming(self, tp: TopicPartition, record: Any, now: int) -> BoardRecord:
        return BoardRecord(
            topic=self._name(tp),
            value=record.value,
            headers=headers.decode_headers(record.headers),
            recorded_ms=record.timestamp,
            here_ms=now if record.offset >= self._waited[tp] else None,
            key=record.key or b"",
            partition=tp.partition,
            offset=record.offset,
        )

    async def _look(self, reader: AIOKafkaConsumer) -> None:
        """Check that the cluster answers, and count the records still to read.

        The consumer by itself waits in silence for a broker that is gone.
        """
        partitions, asked_ms = list(reader.assignment()), now_ms()
        ends = await asyncio.wait_for(reader.end_offsets(partitions), ANSWER_S)
        positions = {tp: await reader.position(tp) for tp in partitions}
        behind = sum(max(0, ends[tp] - positions[tp]) for tp in partitions)
        target_ms, target = self._target
        if all(positions.get(tp, 0) >= end for tp, end in target.items()):
            self._live.read_until_ms, self._target = target_ms, (asked_ms, ends)
        self.caught_up = self.caught_up or behind == 0
        self._live.update_cluster("connected", behind=behind)

    def _name(self, tp: TopicPartition) -> str:
        return self._cluster.table_name(tp.topic)

    def _beat(self) -> None:
        self._progress.observe(NAME, 0, 0, time.monotonic())

    async def _wait(self, wait_s: float) -> None:
        self._beat()
        try:
            await asyncio.wait_for(self._stopping.wait(), wait_s)
        except TimeoutError:
            return
