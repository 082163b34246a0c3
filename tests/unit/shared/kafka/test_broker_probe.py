"""How the probe interprets answers and silence; tests/faults has it on a real broker."""

import asyncio
import time
from typing import Any, cast

import pytest
from aiokafka.errors import (
    GroupAuthorizationFailedError,
    GroupCoordinatorNotAvailableError,
    KafkaConnectionError,
)

from shared.base.settings import KafkaSettings
from shared.kafka.broker_probe import MAX_FAILURES, BrokerProbe
from shared.kafka.cluster import Cluster
from shared.stream.watchdog import Progress


class FakeClient:
    """Answers as the test says: with an error to raise, or with None."""

    def __init__(self, answers: list[BaseException | None]) -> None:
        self._answers = answers
        self.closed = False

    async def bootstrap(self) -> None:
        pass

    async def coordinator_lookup(self, _kind: object, _key: str) -> None:
        answer = self._answers.pop(0)
        if answer is not None:
            raise answer

    async def close(self) -> None:
        self.closed = True


class FakeCluster:
    settings = KafkaSettings()

    def __init__(self, answers: list[BaseException | None]) -> None:
        self.answers, self.clients = answers, list[FakeClient]()

    def name(self, name: str) -> str:
        return name

    def client(self) -> FakeClient:
        self.clients.append(FakeClient(self.answers))
        return self.clients[-1]


async def probe_with(*answers: BaseException | None) -> tuple[BrokerProbe, Progress, FakeCluster]:
    cluster, progress = FakeCluster(list(answers)), Progress(10.0, time.monotonic())
    probe = BrokerProbe(cast("Cluster", cluster), progress)
    for _ in answers:
        await probe._probe()
    return probe, progress, cluster


SILENT: list[Any] = [
    KafkaConnectionError("refused"),
    GroupCoordinatorNotAvailableError(),
    OSError("no route"),
    TimeoutError(),
    AssertionError("Did we not perform bootstrap?"),
]


@pytest.mark.parametrize("error", SILENT, ids=lambda error: type(error).__name__)
async def test_silence_is_an_obstacle_from_the_second_time_on(error: BaseException) -> None:
    """One of several brokers may just be restarting; after that no stage can be blamed."""
    probe, progress, cluster = await probe_with(None, error)
    assert (probe.obstacle(), progress.answering_since is None) == ("", False)
    cluster.answers.append(error)
    await probe._probe()
    assert "no broker answers at 127.0.0.1:9092" in probe.obstacle()
    assert progress.answering_since is None
    assert all(client.closed for client in cluster.clients), (
        "each try has a connection of its own after a failure"
    )


async def test_an_answer_ends_the_obstacle() -> None:
    """The watchdog's limit starts again at that moment."""
    before = time.monotonic()
    probe, progress, _ = await probe_with(*[KafkaConnectionError("refused")] * MAX_FAILURES, None)
    assert probe.obstacle() == ""
    assert progress.answering_since is not None
    assert progress.answering_since >= before


async def test_a_refusal_is_an_answer() -> None:
    """An access list need not contain a group that nobody joins."""
    probe, _, _ = await probe_with(GroupAuthorizationFailedError("probe"))
    assert probe.obstacle() == ""


async def test_before_the_first_answer_it_is_not_ready() -> None:
    """Nothing is known yet."""
    probe, _, _ = await probe_with()
    assert probe.obstacle() == "not asked yet"


async def test_it_stops_at_once() -> None:
    """Without waiting for the next time."""
    probe, _, cluster = await probe_with()
    cluster.answers.append(None)
    running = asyncio.create_task(probe.run())
    await probe.stop()
    await asyncio.wait_for(running, 5)
