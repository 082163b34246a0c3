"""A consumer that no record can stop: what aiokafka cannot read is read here, record by record.

aiokafka raises in the middle of a fetch, drops what it had drained from other partitions, and meets the
same record again for ever. Here positions go back to what was handed out, the bytes are fetched once
more, and `shared/record_batches/record_batch.py` takes them apart. While all is well nothing is done per record.
"""

import asyncio
import gzip
import struct
import zlib
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import replace
from itertools import islice
from typing import Any, Final

from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from aiokafka.errors import (
    CorruptRecordException,
    KafkaError,
    RecordTooLargeError,
    UnsupportedCodecError,
)
from aiokafka.protocol.fetch import FetchRequest
from aiokafka.record.util import calc_crc32c

from shared.base import metrics
from shared.base.log import get
from shared.record_batches.batch_screen import screen_batches
from shared.record_batches.broken_record import BrokenRecord, Entry, ParsedRecord
from shared.record_batches.fetched_batches import FetchedBatches

log = get(__name__)

POISON: Final = (
    *(CorruptRecordException, UnsupportedCodecError, RecordTooLargeError),
    *(ValueError, LookupError, EOFError, OverflowError, MemoryError, SystemError),
    *(struct.error, zlib.error, gzip.BadGzipFile, NotImplementedError),
)
"""What aiokafka raises, from wherever it happens to be, when bytes are not what the format says."""
READ_COMMITTED: Final = 1
MOST_AT_ONCE: Final = 500
FETCH_BYTES: Final = 1024 * 1024
ANSWER_S: Final = 10.0
"""A rebalance waits for whoever fetches: a broker that does not answer is asked again later."""


class SafeConsumer(AIOKafkaConsumer):  # type: ignore[misc]  # aiokafka publishes no types
    """An AIOKafkaConsumer whose ``getmany`` hands out a `BrokenRecord` in place of each one it cannot read.

    With ``keep_broken`` False only those whose key and value are whole are handed out; others are
    logged, counted and passed over. Seek before the first ``getmany``; do not use ``getone``.
    """

    def __init__(
        self,
        *topics: str,
        keep_broken: bool,
        max_partition_fetch_bytes: int = FETCH_BYTES,
        **options: Any,
    ) -> None:
        super().__init__(*topics, max_partition_fetch_bytes=max_partition_fetch_bytes, **options)
        self._keep_broken, self._fetch_bytes = keep_broken, max_partition_fetch_bytes
        self._handed: dict[TopicPartition, int] = {}
        # The one seam below aiokafka's Fetcher, of this consumer only: all that it fetches passes here.
        self._send = self._client.send
        self._client.send = self._send_screened

    async def getmany(
        self, *partitions: TopicPartition, timeout_ms: int = 0, max_records: int | None = None
    ) -> dict[TopicPartition, list[Any]]:
        """Fetch as AIOKafkaConsumer does; broken records come in their places."""
        try:
            batches: dict[TopicPartition, list[Any]] = await super().getmany(
                *partitions, timeout_ms=timeout_ms, max_records=max_records
            )
        except POISON as error:
            wanted = partitions or self.assignment()
            return await self._salvage(wanted, max_records or MOST_AT_ONCE, error)
        for tp, records in batches.items():
            self._handed[tp] = records[-1].offset + 1
        return batches

    def seek(self, partition: TopicPartition, offset: int) -> None:
        """Read on from this offset."""
        super().seek(partition, offset)
        self._handed[partition] = offset

    async def seek_to_beginning(self, *partitions: TopicPartition) -> None:
        """Read on from the first offset that is kept."""
        if await super().seek_to_beginning(*partitions):  # False where no broker answered in time
            await self._note_positions(partitions)

    async def seek_to_end(self, *partitions: TopicPartition) -> None:
        """Read only what comes from now on."""
        if await super().seek_to_end(*partitions):  # False where no broker answered in time
            await self._note_positions(partitions)

    async def _note_positions(self, partitions: Collection[TopicPartition]) -> None:
        for tp in partitions or self.assignment():
            self._handed[tp] = await self.position(tp)

    async def _salvage(
        self, wanted: Collection[TopicPartition], most: int, error: BaseException
    ) -> dict[TopicPartition, list[Any]]:
        """Read the partitions by ourselves, up to ``most`` records of each, and set them behind that.

        Which of them made aiokafka raise does not matter. Raises ``error`` where nothing was to be had; a partition
        that nobody has set to a position yet (a rebalance goes on) is none of ours.
        """
        positions = {tp: self._handed[tp] for tp in wanted if self._is_fetched(tp)}
        for tp, offset in positions.items():
            self.seek(tp, offset)  # what aiokafka had drained, and lost, comes again
        fetched = await self._fetch(positions)
        batches = {}
        for tp in filter(self._is_fetched, fetched):
            entries = list(islice(fetched[tp], most))
            self.seek(tp, fetched[tp].next_offset)
            if records := self._hand_out(tp, entries):
                batches[tp] = records
        moved = any(part.next_offset > positions[tp] for tp, part in fetched.items())
        if positions and not moved and len(fetched) == len(positions):
            raise error
        return batches

    def _is_fetched(self, tp: TopicPartition) -> bool:
        return tp in self._handed and tp in self.assignment() and tp not in self.paused()

    def _hand_out(self, tp: TopicPartition, entries: list[Entry]) -> list[Any]:
        records: list[Any] = []
        for entry in entries:
            if isinstance(entry, ParsedRecord):
                records.append(_consumer_record(tp, entry))
            else:
                self._report(tp, entry)
                if self._keep_broken or entry.is_complete:
                    records.append(replace(entry, topic=tp.topic, partition=tp.partition))
        return records

    def _report(self, tp: TopicPartition, broken: BrokenRecord) -> None:
        metrics.UNREADABLE.labels(tp.topic, broken.flaw).inc()
        log.warning(
            "unreadable record",
            topic=tp.topic,
            partition=tp.partition,
            offset=broken.first_offset,
            last_offset=broken.offset,
            flaw=broken.flaw.value,
            error=broken.detail,
            skipped=not (self._keep_broken or broken.is_complete),
        )

    async def _fetch(
        self, positions: Mapping[TopicPartition, int]
    ) -> dict[TopicPartition, FetchedBatches]:
        """Fetch committed bytes from these positions; partitions without an answer are left out."""
        fetched: dict[TopicPartition, FetchedBatches] = {}
        for leader, topics in self._by_leader(positions).items():
            size = self._fetch_bytes
            request = FetchRequest(0, 0, size * len(positions), READ_COMMITTED, topics)
            try:
                response = await asyncio.wait_for(self._send(leader, request), ANSWER_S)
            except (KafkaError, TimeoutError) as error:
                log.warning("a fetch failed", node=leader, error=str(error) or "no answer")
                continue
            fetched |= _batches_of(response, positions)
        if len(fetched) < len(positions):
            self._client.force_metadata_update()
        return fetched

    def _by_leader(self, positions: Mapping[TopicPartition, int]) -> dict[int, list[Any]]:
        leaders: defaultdict[int, defaultdict[str, list[tuple[int, int, int]]]]
        leaders = defaultdict(lambda: defaultdict(list))
        for tp, offset in positions.items():
            leader = self._client.cluster.leader_for_partition(tp)
            if leader is not None and leader >= 0:
                leaders[leader][tp.topic].append((tp.partition, offset, self._fetch_bytes))
        return {leader: list(topics.items()) for leader, topics in leaders.items()}

    async def _send_screened(self, node_id: int, request: Any, **options: Any) -> Any:
        response = await self._send(node_id, request, **options)
        if isinstance(request, FetchRequest):
            for _, partitions in response.topics:
                for place, (*rest, data) in enumerate(partitions):
                    if data and (clean := screen_batches(data)) is not data:
                        partitions[place] = (*rest, clean)
        return response


def _batches_of(
    response: Any, positions: Mapping[TopicPartition, int]
) -> dict[TopicPartition, FetchedBatches]:
    """Read a fetch response of version 4 or later, which every broker since 0.11 speaks."""
    fetched = {}
    for topic, partitions in response.topics:
        for partition, error_code, end, *rest in partitions:
            tp = TopicPartition(topic, partition)
            aborted = rest[2] if response.API_VERSION >= 11 else rest[-2]
            if error_code == 0:
                part = FetchedBatches(
                    rest[-1] or b"", aborted or (), positions[tp], end, calc_crc32c
                )
                fetched[tp] = part
    return fetched


def _consumer_record(tp: TopicPartition, record: ParsedRecord) -> ConsumerRecord:
    key, value = record.key, record.value
    return ConsumerRecord(
        *(tp.topic, tp.partition, record.offset, record.timestamp, record.timestamp_type),
        *(key, value, None),
        -1 if key is None else len(key),
        -1 if value is None else len(value),
        record.headers,
    )
