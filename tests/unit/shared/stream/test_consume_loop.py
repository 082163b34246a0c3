"""The loop's breaker and its pauses, with a fake consumer; Stage and Deliverer share them."""

from collections.abc import Collection
from typing import Any, cast

from aiokafka import TopicPartition
from prometheus_client import REGISTRY
from structlog.testing import capture_logs

from shared.base.settings import KafkaSettings
from shared.kafka.cluster import Cluster
from shared.kafka.topics import ARTICLES_CLEAN
from shared.stream.assignment import AssignedPartition
from shared.stream.consume_loop import ConsumeLoop
from shared.stream.dead_letter_breaker import (
    ENOUGH_DEAD_LETTERS,
    FIRST_PAUSE_S,
    TRIAL_RECORDS,
    DeadLetterBreaker,
)
from shared.stream.watchdog import Progress

A, B = TopicPartition("t", 0), TopicPartition("t", 1)
NAME = "loop-test"


class FakeConsumer:
    def __init__(self) -> None:
        self.paused: set[TopicPartition] = set()

    def pause(self, tp: TopicPartition) -> None:
        self.paused.add(tp)

    def resume(self, tp: TopicPartition) -> None:
        self.paused.discard(tp)


class Loop(ConsumeLoop):
    """A loop that does nothing; ``waiting`` are the partitions that it holds back."""

    def __init__(self, breaker: DeadLetterBreaker) -> None:
        cluster = Cluster(KafkaSettings(kafka_bootstrap="127.0.0.1:1"))
        progress = Progress(120.0, 0.0)
        super().__init__(cluster, progress, group=NAME, source=ARTICLES_CLEAN, breaker=breaker)
        self.waiting: set[TopicPartition] = set()
        self.consumer = FakeConsumer()
        self.assignment._consumer = cast("Any", self.consumer)
        for tp in (A, B):
            self.assignment.partitions[tp] = AssignedPartition(tp, cast("Any", None))

    async def _round(self) -> None:
        """Do nothing."""

    def _partitions_to_pause(self, now: float) -> Collection[TopicPartition]:  # noqa: ARG002
        return self.waiting

    def _observe_partition(self, tp: TopicPartition, position: int, end: int, now: float) -> None:
        """Do nothing."""

    def _on_assigned(self, partition: AssignedPartition) -> None:
        """Do nothing."""

    async def _on_revoked(self, partition: AssignedPartition) -> None:
        """Do nothing."""


def open_breaker(now: float) -> DeadLetterBreaker:
    breaker = DeadLetterBreaker()
    breaker.count(["Bad"] * ENOUGH_DEAD_LETTERS, ENOUGH_DEAD_LETTERS, now)
    assert breaker.is_open(now)
    return breaker


def is_open_gauge() -> float | None:
    return REGISTRY.get_sample_value("summitwire_stage_dead_letter_breaker_open", {"stage": NAME})


def test_an_open_breaker_pauses_every_partition_and_is_logged_once() -> None:
    """Operators learn from log and metric that nothing is read, why, and when it is read again."""
    loop = Loop(open_breaker(0.0))
    with capture_logs() as lines:
        loop._brake(0.0)
        loop._brake(1.0)
        assert (loop.consumer.paused, is_open_gauge()) == ({A, B}, 1)
        loop._brake(FIRST_PAUSE_S + 1.0)
        assert (loop.consumer.paused, is_open_gauge()) == (set(), 0)
    assert [(line["event"], line["log_level"], line["stage"]) for line in lines] == [
        ("circuit breaker open", "error", NAME),
        ("circuit breaker half-open", "info", NAME),
    ]
    assert all("became dead letters, most with Bad" in line["reason"] for line in lines)


def test_a_half_open_breaker_lets_few_records_through() -> None:
    """What comes next may be as bad as what came before."""
    assert Loop(open_breaker(0.0))._limit_on_trial(200) == TRIAL_RECORDS
    assert Loop(DeadLetterBreaker())._limit_on_trial(200) == 200


def test_partitions_that_are_held_back_are_paused_alone() -> None:
    """A partition that waits for a retry, or is full, does not stop the others."""
    loop = Loop(DeadLetterBreaker())
    loop.waiting = {A}
    loop._brake(0.0)
    assert loop.consumer.paused == {A}
    loop.waiting = {B}
    loop._brake(1.0)
    assert loop.consumer.paused == {B}


def test_the_loop_is_ready_only_while_its_breaker_is_closed() -> None:
    """The readiness check names the breaker's reason once the group has been joined."""
    loop = Loop(open_breaker(0.0))
    (check,) = loop.checks.values()
    assert check() == "it has not joined its group yet"
    loop.assignment.is_rebalancing, loop.assignment.has_joined = False, True
    assert "became dead letters" in check()
