"""Reading a topic to its end, also when it does not go on."""

from typing import Any

import pytest
from aiokafka import TopicPartition
from aiokafka.errors import KafkaTimeoutError

from services.console.topics.topic_reader import _read_to

TP = TopicPartition("alerts.v1", 0)


class FakeReader:
    """Has as many records as it is told, and then nothing more."""

    def __init__(self, records: int) -> None:
        self._left, self._position = records, 0

    async def position(self, _tp: TopicPartition) -> int:
        return self._position

    async def getmany(self, tp: TopicPartition, *, timeout_ms: int) -> dict[Any, list[int]]:
        assert timeout_ms
        if not self._left:
            return {}
        self._left, self._position = self._left - 1, self._position + 1
        return {tp: [self._position]}


async def read(reader: Any, end: int) -> list[Any]:
    return [record async for record in _read_to(reader, TP, end, stalled_s=0.02)]


async def test_all_records_up_to_the_end_are_read() -> None:
    """And none is waited for behind it."""
    assert await read(FakeReader(5), 3) == [1, 2, 3]


async def test_a_topic_that_does_not_go_on_is_an_error() -> None:
    """A broker that is gone would otherwise hold the command for ever."""
    with pytest.raises(KafkaTimeoutError, match=r"alerts\.v1: nothing could be read"):
        await read(FakeReader(2), 3)
