"""Counts what each rule did in the last months: reads its topics once, then follows them.

It has a reader of its own, for it reads back further than the page does, and nobody waits for it.
"""

import asyncio
import time
from typing import Any, Final

from aiokafka import AIOKafkaConsumer, TopicPartition

from services.board.live import Live, now_ms
from shared.base import metrics
from shared.base.exits import ConfigurationError
from shared.base.log import get
from shared.feedback.notification_head import decode_head
from shared.feedback.rule_measures import DAY_MS, WINDOW_DAYS
from shared.kafka.cluster import CLIENT_ERRORS, Cluster
from shared.kafka.preflight import partition_counts
from shared.kafka.stop_reader import stop_reader
from shared.kafka.topics import ALERTS, NOTIFICATIONS
from shared.messages.headers import REPLAY_ID

log = get(__name__)

POLL_MS: Final = 500
RETRY_S: Final = 15.0
REPORT_S: Final = 60.0
FETCH_BYTES: Final = 256 * 1024
_LOST: Final = (*CLIENT_ERRORS, ConfigurationError, TimeoutError)


class MeasuresLoop:
    """A component that keeps ``live.activity`` up to date, through every loss of the cluster."""

    def __init__(self, cluster: Cluster, live: Live) -> None:
        self._cluster, self._live = cluster, live
        self._next: dict[TopicPartition, int] = {}
        self._stopping = asyncio.Event()
        self._reported_at = 0.0

    async def start(self) -> None:
        """Do nothing: the page is served before the cluster answers."""

    async def run(self) -> None:
        """Read until stopped."""
        while not self._stopping.is_set():
            reader = self._cluster.reader(max_partition_fetch_bytes=FETCH_BYTES)
            try:
                await self._read(reader)
            except _LOST as error:
                log.debug("rules cannot be measured now", error=str(error)[:200])
                await self._wait(RETRY_S)
            finally:
                await stop_reader(reader)

    async def stop(self) -> None:
        """Stop reading."""
        self._stopping.set()

    async def _read(self, reader: AIOKafkaConsumer) -> None:
        counts = await partition_counts(self._cluster)
        names = [self._cluster.name(topic.name) for topic in (ALERTS, NOTIFICATIONS)]
        partitions = [
            TopicPartition(name, number) for name in names for number in range(counts.get(name, 0))
        ]
        if not partitions:
            await self._wait(RETRY_S)
            return
        await reader.start()
        reader.assign(partitions)
        await self._seek(reader, partitions)
        while not self._stopping.is_set():
            for tp, records in (await reader.getmany(timeout_ms=POLL_MS)).items():
                self._take(tp, records)
            self._report()
            await asyncio.sleep(0)

    async def _seek(self, reader: AIOKafkaConsumer, partitions: list[TopicPartition]) -> None:
        """Go on where the last reader was, or begin with the window."""
        unknown = [tp for tp in partitions if tp not in self._next]
        if unknown:
            since = now_ms() - WINDOW_DAYS * DAY_MS
            ends = await reader.end_offsets(unknown)
            first = await reader.offsets_for_times(dict.fromkeys(unknown, since))
            self._next |= {tp: at.offset if (at := first[tp]) else ends[tp] for tp in unknown}
        for tp in partitions:
            reader.seek(tp, self._next[tp])

    def _take(self, tp: TopicPartition, records: list[Any]) -> None:
        is_alert = self._cluster.table_name(tp.topic) == ALERTS.name
        for record in records:
            if record.value is None or any(name == REPLAY_ID for name, _ in record.headers):
                continue
            if is_alert:
                rule_id = (record.key or b"").decode("utf-8", "replace")
                self._live.activity.take_alert(rule_id, record.timestamp)
            elif (head := decode_head(record.value)) is not None:
                self._live.activity.take_message(head.rules, record.timestamp)
        self._next[tp] = records[-1].offset + 1

    def _report(self) -> None:
        """Set the metrics once a minute."""
        if time.monotonic() - self._reported_at < REPORT_S:
            return
        self._reported_at = time.monotonic()
        states = [measure.state for measure in self._live.measure_rules()]
        metrics.RULES_DEAD.set(states.count("dead"))
        for reason, count in self._live.count_feedback().items():
            metrics.VERDICTS.labels(reason).set(count)

    async def _wait(self, seconds: float) -> None:
        try:
            await asyncio.wait_for(self._stopping.wait(), seconds)
        except TimeoutError:
            return
