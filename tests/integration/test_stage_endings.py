"""Every outcome of a record on a real broker: dead letters, retries, slow batches, large output."""

import asyncio
import time
from collections.abc import Sequence
from typing import Any

import pytest

from shared.base.outcomes import InvalidMessage, Retryable
from shared.kafka.cluster import Cluster
from shared.kafka.topics import HEADROOM_BYTES
from shared.stream import work
from shared.stream.dead_letter_breaker import DeadLetterBreaker
from shared.stream.output import Output
from shared.stream.stage import Stage
from shared.stream.state_store import StateStore
from shared.stream.watchdog import Progress
from shared.stream.work import HandlerResult, InProcessWork, Outcome
from tests.kafka_tools import consume, produce
from tests.stage_tools import (
    SINK,
    SOURCE,
    build_stage,
    copy,
    create_stage_topics,
    eventually,
    fetch_values,
    numbers,
    produce_values,
    run_stage,
    wait_for_values,
)

DLQ = SOURCE.dead_letters


def refuse_odd(value: bytes | None) -> HandlerResult:
    """Reject odd numbers."""
    if int(value or b"0") % 2:
        raise InvalidMessage(f"number {int(value or b'0')} is odd")
    return copy(value)


async def test_a_bad_record_becomes_a_dead_letter_and_its_neighbours_are_written(
    cluster: Cluster,
) -> None:
    """Bytes and headers are unchanged, err.* says why, and every good neighbour arrives."""
    await create_stage_topics(cluster)
    await produce(
        cluster,
        SOURCE.name,
        [(b"key", b"000001"), (b"key", b"000002")],
        headers=[("x", b"\xff"), ("schema-version", b"1.7")],
    )
    async with run_stage(build_stage(cluster, refuse_odd, name="alerting/match")):
        assert await wait_for_values(cluster, 1) == [b"000002"]
    (letter,) = await consume(cluster, DLQ)
    headers = dict(letter.headers)
    assert (letter.key, letter.value, headers["x"]) == (b"key", b"000001", b"\xff")
    assert {
        name: headers[f"err.{name}"]
        for name in (
            "service",
            "stage",
            "topic",
            "partition",
            "offset",
            "class",
            "message",
            "attempts",
        )
    } == {
        "service": b"alerting",
        "stage": b"alerting/match",
        "topic": SOURCE.name.encode(),
        "partition": b"0",
        "offset": b"0",
        "class": b"InvalidMessage",
        "message": b"number 1 is odd",
        "attempts": b"1",
    }
    assert b"refuse_odd" in headers["err.stacktrace"]
    assert len(headers["err.fingerprint"]) == 12


class RefuseOdd:
    """Work that succeeds; the test then makes the commit fail."""

    async def run(self, values: Sequence[bytes | None], state: StateStore) -> list[Outcome]:
        return await InProcessWork(refuse_odd).run(values, state)


async def test_a_dead_letter_is_in_the_transaction_of_its_batch(cluster: Cluster) -> None:
    """A batch that is not committed leaves no dead letter; processed again it leaves one."""
    asyncio.get_running_loop().set_exception_handler(
        lambda _loop, _context: None
    )  # aiokafka leaves futures of a fenced producer unread
    await create_stage_topics(cluster)
    first = build_stage(cluster, RefuseOdd())
    await first.start()
    task = asyncio.create_task(first.run())
    await eventually(lambda: bool(first.assignment.partitions), "the partition is owned")
    usurper = cluster.transactional_producer(f"test-{SOURCE.name}-0")
    await usurper.start()
    await produce_values(cluster, numbers(0, 4))
    await asyncio.wait([task], timeout=20)
    assert task.exception() is not None
    assert await consume(cluster, DLQ) == []
    await first.stop()
    await usurper.stop()
    async with run_stage(build_stage(cluster, RefuseOdd())):
        assert await wait_for_values(cluster, 2, DLQ) == [b"000001", b"000003"]
    assert await fetch_values(cluster) == [b"000000", b"000002"]


class Obstacle:
    """Something outside that is not ready for a number, until it is."""

    def __init__(self, number: bytes) -> None:
        self.number, self.ready = number, False
        self.attempts: list[float] = []

    def handle(self, value: bytes | None) -> HandlerResult:
        if value == self.number and not self.ready:
            self.attempts.append(time.monotonic())
            raise Retryable("the outside is not ready")
        return copy(value)


async def test_retries_hold_up_only_their_partition_and_wait_longer_each_time(
    cluster: Cluster,
) -> None:
    """Others proceed, the member stays in its group, and all is written once and in order."""
    await create_stage_topics(cluster, 2)
    for partition in (0, 1):
        await produce_values(
            cluster, numbers(100 * partition, 100 * partition + 10), partition=partition
        )
    outside = Obstacle(b"000005")
    async with run_stage(stage := build_stage(cluster, outside.handle)):
        generation = stage.assignment.consumer._coordinator.generation
        assert await wait_for_values(cluster, 15) == numbers(0, 5) + numbers(100, 110)
        await eventually(lambda: len(outside.attempts) >= 4, "three waits are over")
        waits = [
            later - earlier
            for earlier, later in zip(outside.attempts, outside.attempts[1:], strict=False)
        ]
        assert waits[0] >= 0.5
        assert waits[1] >= 1.0
        assert waits[2] >= 2.0
        assert len(stage.assignment.partitions) == 2
        await produce_values(cluster, numbers(110, 115), partition=1)
        await wait_for_values(cluster, 20)
        outside.ready = True
        assert await wait_for_values(cluster, 25) == numbers(0, 10) + numbers(100, 115)
        assert stage.assignment.consumer._coordinator.generation == generation, (
            "heartbeats went on: no rebalance"
        )
    for sink in (0, 1):
        in_order = [
            record.value
            for record in await consume(cluster, SINK.name)
            if record.partition == sink and record.value < b"000100"
        ]
        assert in_order == sorted(in_order)
    assert await consume(cluster, DLQ) == []


async def test_a_slow_batch_is_cut_and_continues_where_it_was_cut(
    cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Records that were not started in time are fetched again: each once, in many commits."""
    monkeypatch.setattr(work, "BUDGET_S", 0.02)
    await create_stage_topics(cluster)
    await produce_values(cluster, numbers(0, 60))

    def slow(value: bytes | None) -> HandlerResult:
        end = time.perf_counter() + 0.005
        while time.perf_counter() < end:
            pass
        return copy(value)

    async with run_stage(build_stage(cluster, slow)):
        assert await wait_for_values(cluster, 60) == numbers(0, 60)


class OneAtATime:
    """Slow work: one record a round over all partitions, as with one busy child process."""

    def __init__(self) -> None:
        self.turn = asyncio.Lock()

    async def run(self, values: Sequence[bytes | None], state: StateStore) -> list[Outcome]:
        if self.turn.locked():
            return [work.NotStarted()] * len(values)
        async with self.turn:
            await asyncio.sleep(0.01)
            return [
                *await InProcessWork(copy).run(values[:1], state),
                *[work.NotStarted()] * (len(values) - 1),
            ]


async def test_no_partition_starves_where_there_is_not_time_for_all(cluster: Cluster) -> None:
    """The one that has waited longest is next."""
    await create_stage_topics(cluster, 4)
    for partition in range(4):
        await produce_values(
            cluster, numbers(100 * partition, 100 * partition + 50), partition=partition
        )
    async with run_stage(build_stage(cluster, OneAtATime())):
        values = await wait_for_values(cluster, 20)
    served = [
        sum(value // 100 == partition for value in map(int, values)) for partition in range(4)
    ]
    assert min(served) >= len(values) // 4 - 2, f"records done by partition: {served}"


async def test_too_large_an_output_is_a_dead_letter(cluster: Cluster) -> None:
    """The broker would refuse the whole transaction, again and again."""
    await create_stage_topics(cluster)

    def swell(value: bytes | None) -> HandlerResult:
        return [Output(SINK.name, b"k", (value or b"") * (200_000 if value == b"000001" else 1))]

    await produce_values(cluster, numbers(0, 3))
    async with run_stage(build_stage(cluster, swell)):
        assert await wait_for_values(cluster, 2) == [b"000000", b"000002"]
    (letter,) = await consume(cluster, DLQ)
    assert (
        dict(letter.headers)["err.message"]
        == b"its output is 1200001 bytes, and articles.tagged.v1 takes 1044480 at most"
    )


async def test_the_largest_output_that_is_allowed_is_taken(cluster: Cluster) -> None:
    """The broker accepts our limit, with every header on it."""
    await create_stage_topics(cluster)
    room = SINK.max_message_bytes - HEADROOM_BYTES - 1

    def fill_up(_value: bytes | None) -> HandlerResult:
        return [Output(SINK.name, b"k", b"x" * room)]

    carried: Any = [
        (name, b"y" * 200)
        for name in (
            "traceparent",
            "replay-id",
            "t-published",
            "t-fetched",
            "t-cleaned",
            "t-tagged",
        )
    ]
    await produce(cluster, SOURCE.name, [(b"k", b"v")], headers=carried)
    async with run_stage(build_stage(cluster, fill_up, checkpoint="t-matched")):
        (value,) = await wait_for_values(cluster, 1)
    assert len(value) == room


async def test_a_partition_without_progress_is_noticed(
    cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    """There are records, the loop runs, nothing is processed: that is what the watchdog is for."""
    monkeypatch.setattr("shared.stream.consume_loop.OBSERVE_INTERVAL_S", 0.0)

    class Nothing:
        async def run(
            self,
            values: Sequence[bytes | None],
            state: StateStore,  # noqa: ARG002 - it has none
        ) -> list[Outcome]:
            await asyncio.sleep(0.01)
            return [work.NotStarted()] * len(values)

    await create_stage_topics(cluster)
    await produce_values(cluster, numbers(0, 3))
    progress = Progress(0.5, time.monotonic())
    stage = Stage(build_stage(cluster, Nothing()).spec, cluster, progress)
    async with run_stage(stage):
        description = f"partition 0 of {cluster.name(SOURCE.name)}"

        def is_stalled() -> bool:
            standstill = progress.find_standstill(time.monotonic())
            return standstill is not None and standstill.description.startswith(description)

        await eventually(is_stalled, "the partition counts as stalled")


async def test_a_partition_that_waits_or_is_idle_is_not_stalled(
    cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Waiting on purpose is no reason to exit."""
    monkeypatch.setattr("shared.stream.consume_loop.OBSERVE_INTERVAL_S", 0.0)
    await create_stage_topics(cluster, 2)
    await produce_values(cluster, numbers(0, 1), partition=0)
    outside = Obstacle(b"000000")
    progress = Progress(1.0, time.monotonic())
    async with run_stage(Stage(build_stage(cluster, outside.handle).spec, cluster, progress)):
        await eventually(
            lambda: len(outside.attempts) >= 4,
            "it has waited for longer than the limit",
        )
        assert progress.find_standstill(time.monotonic()) is None


async def test_a_stage_that_only_makes_dead_letters_pauses_until_it_is_repaired(
    cluster: Cluster,
) -> None:
    """A bad deployment leaves most of the topic unread and loses nothing.

    The readiness check says why the stage waits.
    """
    await create_stage_topics(cluster, 2)
    for partition in (0, 1):
        await produce_values(
            cluster, numbers(1_000 * partition, 1_000 * partition + 1_000), partition=partition
        )
    is_broken = True

    def handle(value: bytes | None) -> HandlerResult:
        if is_broken:
            raise TypeError("a bad deploy")
        return copy(value)

    breaker = DeadLetterBreaker(window_s=0.2, first_pause_s=1.0)
    stage = build_stage(cluster, handle, breaker=breaker, max_records=50)
    async with run_stage(stage):
        await eventually(lambda: breaker.is_open(time.monotonic()), "the breaker is open")
        (check,) = stage.checks.values()
        assert "became dead letters, most with TypeError" in check()
        await eventually(lambda: not breaker.is_open(time.monotonic()), "the pause is over")
        is_broken = False
        dead = {record.value for record in await consume(cluster, DLQ)}
        values = await wait_for_values(cluster, 2_000 - len(dead), deadline_s=40)
        await eventually(lambda: check() == "", "all is well again")
    dead = {record.value for record in await consume(cluster, DLQ)}
    assert len(dead) < 1_500
    assert sorted([*values, *dead]) == sorted(numbers(0, 2_000)), (
        "each record once, in one of the two topics"
    )
