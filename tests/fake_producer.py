"""A transactional producer for unit tests, passed in instead of a real one."""

import asyncio
from typing import Any

from aiokafka import TopicPartition


class FakeBatch:
    def __init__(self, room: int) -> None:
        self.records: list[Any] = []
        self._room = room

    def append(self, **record: Any) -> object | None:
        if len(self.records) >= self._room:
            return None
        self.records.append(record["value"])
        return object()

    def record_count(self) -> int:
        return len(self.records)


class FakeProducer:
    """Logs every call; its batches take ``room`` records.

    A transaction ends once ``may_end`` is set, or fails with ``broken``. A batch that holds a value
    in ``refused`` is refused with that error; ``given_back`` are the returned sequence numbers.
    """

    def __init__(self, room: int = 2) -> None:
        self.log: list[Any] = []
        self.refused: dict[bytes, Exception] = {}
        self.given_back: list[tuple[TopicPartition, int]] = []
        self._txn_manager = self
        self.may_end = asyncio.Event()
        self.may_end.set()
        self.broken: Exception | None = None
        self._room = room

    def transaction(self) -> "FakeProducer":
        return self

    async def __aenter__(self) -> None:
        self.log.append("begin")

    async def __aexit__(self, error: object, *_: object) -> None:
        await self.may_end.wait()
        if self.broken is not None:
            raise self.broken
        self.log.append("abort" if error else "commit")

    async def partitions_for(self, _topic: str) -> set[int]:
        return {0, 1, 2}

    def create_batch(self) -> FakeBatch:
        return FakeBatch(self._room)

    async def send_batch(self, batch: FakeBatch, topic: str, *, partition: int) -> Any:
        async def sent() -> None:
            for error in (self.refused[value] for value in batch.records if value in self.refused):
                raise error
            self.log.append((topic, partition, batch.records))

        return sent()

    def increment_sequence_number(self, tp: TopicPartition, count: int) -> None:
        self.given_back.append((tp, count))

    async def send_offsets_to_transaction(
        self, offsets: dict[TopicPartition, int], group: str
    ) -> None:
        self.log.append((offsets, group))
