"""A consumer that no record can stop: what aiokafka cannot read is read here, record by record.

aiokafka raises in the middle of a fetch, loses what it had drained from other partitions, and meets
the same record again for ever. Here positions go back to what was returned, the bytes are fetched
once more, and `shared/record_batches/record_batch.py` takes them apart. As long as all is well,
nothing is done per record.
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
"""What aiokafka raises, anywhere in its code, when bytes do not follow the format."""
READ_COMMITTED: Final = 1
DEFAULT_MAX_RECORDS: Final = 500
FETCH_BYTES: Final = 1024 * 1024
ANSWER_TIMEOUT_S: Final = 10.0
"""A rebalance waits for a running fetch: a broker that does not answer is asked again later."""


class SafeConsumer(AIOKafkaConsumer):  # type: ignore[misc]  # aiokafka is untyped
    """An AIOKafkaConsumer whose ``getmany`` returns a `BrokenRecord` for each unreadable record.

    With ``keep_broken`` False only those with intact key and value are returned; others are logged,
    counted and skipped. Seek before the first ``getmany``; do not use ``getone``.
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
        self._positions: dict[TopicPartition, int] = {}
        # The only hook below aiokafka's Fetcher, for this consumer only: everything it fetches
        # passes through here.
        self._send = self._client.send
        self._client.send = self._send_and_screen

    async def getmany(
        self, *partitions: TopicPartition, timeout_ms: int = 0, max_records: int | None = None
    ) -> dict[TopicPartition, list[Any]]:
        """Fetch as AIOKafkaConsumer does; broken records stand in their places."""
        try:
            batches: dict[TopicPartition, list[Any]] = await super().getmany(
                *partitions, timeout_ms=timeout_ms, max_records=max_records
            )
        except POISON as error:
            tps = partitions or self.assignment()
            return await self._salvage(tps, max_records or DEFAULT_MAX_RECORDS, error)
        for tp, records in batches.items():
            self._positions[tp] = records[-1].offset + 1
        return batches

    def seek(self, partition: TopicPartition, offset: int) -> None:
        """Continue from this offset."""
        super().seek(partition, offset)
        self._positions[partition] = offset

    async def seek_to_beginning(self, *partitions: TopicPartition) -> None:
        """Continue from the first offset that the broker has."""
        if await super().seek_to_beginning(*partitions):  # False if no broker answered in time
            await self._note_positions(partitions)

    async def seek_to_end(self, *partitions: TopicPartition) -> None:
        """Continue with what is written from now on."""
        if await super().seek_to_end(*partitions):  # False if no broker answered in time
            await self._note_positions(partitions)

    async def _note_positions(self, partitions: Collection[TopicPartition]) -> None:
        for tp in partitions or self.assignment():
            self._positions[tp] = await self.position(tp)

    async def _salvage(
        self, tps: Collection[TopicPartition], max_records: int, error: BaseException
    ) -> dict[TopicPartition, list[Any]]:
        """Read up to ``max_records`` of each partition without aiokafka, and seek behind them.

        Which of them made aiokafka raise does not matter. Raise ``error`` if nothing could be read.
        A partition without a position (during a rebalance) is skipped.
        """
        positions = {tp: self._positions[tp] for tp in tps if self._is_fetched(tp)}
        for tp, offset in positions.items():
            self.seek(tp, offset)  # what aiokafka had drained and lost comes again
        fetched = await self._fetch(positions)
        batches = {}
        for tp in filter(self._is_fetched, fetched):
            entries = list(islice(fetched[tp], max_records))
            self.seek(tp, fetched[tp].next_offset)
            if records := self._to_records(tp, entries):
                batches[tp] = records
        has_moved = any(part.next_offset > positions[tp] for tp, part in fetched.items())
        if positions and not has_moved and len(fetched) == len(positions):
            raise error
        return batches

    def _is_fetched(self, tp: TopicPartition) -> bool:
        return tp in self._positions and tp in self.assignment() and tp not in self.paused()

    def _to_records(self, tp: TopicPartition, entries: list[Entry]) -> list[Any]:
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
        """Fetch committed bytes from these positions; omit partitions without an answer."""
        fetched: dict[TopicPartition, FetchedBatches] = {}
        max_bytes = self._fetch_bytes * len(positions)
        for leader, topics in self._by_leader(positions).items():
            request = FetchRequest(0, 0, max_bytes, READ_COMMITTED, topics)
            try:
                response = await asyncio.wait_for(self._send(leader, request), ANSWER_TIMEOUT_S)
            except (KafkaError, TimeoutError) as error:
                log.warning("fetch failed", node=leader, error=str(error) or "no answer")
                continue
            fetched |= _parse_response(response, positions)
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

    async def _send_and_screen(self, node_id: int, request: Any, **options: Any) -> Any:
        response = await self._send(node_id, request, **options)
        if isinstance(request, FetchRequest):
            for _, partitions in response.topics:
                for place, (*fields, data) in enumerate(partitions):
                    if data and (clean := screen_batches(data)) is not data:
                        partitions[place] = (*fields, clean)
        return response


def _parse_response(
    response: Any, positions: Mapping[TopicPartition, int]
) -> dict[TopicPartition, FetchedBatches]:
    """Parse a fetch response of version 4 or later, which every broker since 0.11 speaks."""
    fetched = {}
    for topic, partitions in response.topics:
        for partition, error_code, end, *fields in partitions:
            tp = TopicPartition(topic, partition)
            aborted = fields[2] if response.API_VERSION >= 11 else fields[-2]
            if error_code == 0:
                part = FetchedBatches(
                    fields[-1] or b"", aborted or (), positions[tp], end, calc_crc32c
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
