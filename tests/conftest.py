"""Fixtures for every test. A test that asks for ``kafka``, ``cluster`` or ``faulty_broker`` is marked ``kafka``; only then is a broker started."""

import signal
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from uuid import uuid4

import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))  # for `from tests.kafka_tools import …`
from services.console.local import kafka_broker
from shared.kafka.cluster import Cluster
from tests import hypothesis_profiles  # noqa: F401 - loads the profile before any test is read, and hypothesis: at the session's end CPython before 3.11.8 may fail to (gh-106905)
from tests.kafka_tools import BREAKS_A_BROKER, FaultyBroker, cluster_at, delete_all
from tests.ports import free_port

signal.signal(
    signal.SIGINT, signal.default_int_handler
)  # a shell ignores it for what runs in the background, and so would every command of a test

NEED_A_BROKER = {"kafka", "cluster", "faulty_broker"}


@pytest.hookimpl(tryfirst=True)  # xdist reads its groups in the same hook
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        fixtures = set(getattr(item, "fixturenames", ()))
        if NEED_A_BROKER & fixtures:
            item.add_marker(pytest.mark.kafka)
        if "faulty_broker" in fixtures:
            item.add_marker(BREAKS_A_BROKER)


@pytest.fixture(scope="session")
def kafka(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The bootstrap address of a real broker that all tests of a process (of an xdist worker) share; it dies with the process."""
    folder = tmp_path_factory.mktemp("kafka")
    broker = kafka_broker.start(folder, free_port(), owned=True)
    yield broker.bootstrap
    kafka_broker.stop(folder)


@pytest.fixture
async def cluster(kafka: str) -> AsyncIterator[Cluster]:
    """The shared broker under a prefix of this test's own: its topics, groups and transactional ids meet nobody else's."""
    alone = cluster_at(kafka, f"t{uuid4().hex[:12]}.")
    yield alone
    await delete_all(alone)


@pytest.fixture
def faulty_broker(tmp_path: Path) -> Iterator[FaultyBroker]:
    """A broker of this test's own, started, that the test may kill, freeze and restart (``tests.kafka_tools``)."""
    broker = FaultyBroker(tmp_path / "kafka")
    broker.start()
    yield broker
    broker.stop()
