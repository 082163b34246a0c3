"""Fixtures for all tests.

Tests that use ``kafka``, ``cluster`` or ``faulty_broker`` are marked ``kafka``; only they start a
broker.
"""

import fcntl
import signal
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from uuid import uuid4

import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))  # for `from tests.kafka_tools import …`
from services.console.local import kafka_broker
from services.console.local.kafka_broker.broker import jars_folder
from services.console.local.kafka_broker.download import Maven, ensure
from services.console.local.kafka_broker.jars import load_lock
from shared.kafka.cluster import Cluster

# This selects the profile before the tests are imported. It also imports hypothesis early: its
# plugin would do so when the session ends, where CPython before 3.11.8 may fail (gh-106905).
from tests import hypothesis_profiles  # noqa: F401
from tests.kafka_tools import BREAKS_A_BROKER, FaultyBroker, cluster_at, delete_all
from tests.ports import free_port

# A shell starts background jobs with SIGINT ignored, and the commands that tests start, and
# interrupt, would inherit that.
signal.signal(signal.SIGINT, signal.default_int_handler)

BROKER_FIXTURES = {"kafka", "cluster", "faulty_broker"}
LONG_VALUE = 12
"""Longer bytes are no part of a test's name."""
WITH_BROKERS = {"integration", "faults", "e2e"}
"""The folders whose tests start brokers, also in processes of their own."""


@pytest.hookimpl(tryfirst=True)  # xdist reads its groups in the same hook
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        fixtures = set(getattr(item, "fixturenames", ()))
        if BROKER_FIXTURES & fixtures:
            item.add_marker(pytest.mark.kafka)
        if "faulty_broker" in fixtures:
            item.add_marker(BREAKS_A_BROKER)


def pytest_collection_finish(session: pytest.Session) -> None:
    """Fail if pytest-xdist ignores its groups, as it does with a pytest that is too new for it."""
    if not session.config.getoption("loadgroup", default=False):
        return
    for item in session.items:
        if item.get_closest_marker("xdist_group") and "@" not in item.nodeid:
            raise pytest.UsageError(f"xdist_group has no effect on {item.nodeid}")


@pytest.fixture(scope="session", autouse=True)
def kafka_jars(request: pytest.FixtureRequest) -> None:
    """Download Kafka's jars before the first broker starts.

    Two starts must not download at once, and in a fresh clone every worker begins with one.
    """
    if not any(WITH_BROKERS & set(item.path.parts) for item in request.session.items):
        return
    folder = jars_folder()
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".tests-lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        ensure(load_lock(), folder, Maven(), lambda _line: None)


@pytest.fixture(scope="session")
def kafka(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Yield the address of a real broker that all tests of this process (xdist worker) share."""
    folder = tmp_path_factory.mktemp("kafka")
    broker = kafka_broker.start(folder, free_port(), owned=True)
    yield broker.bootstrap
    kafka_broker.stop(folder)


@pytest.fixture
async def cluster(kafka: str) -> AsyncIterator[Cluster]:
    """Yield the shared broker with a topic prefix of this test's own."""
    cluster = cluster_at(kafka, f"t{uuid4().hex[:12]}.")
    yield cluster
    await delete_all(cluster)


@pytest.fixture
def faulty_broker(tmp_path: Path) -> Iterator[FaultyBroker]:
    """Yield a running broker of this test's own, which the test may kill, freeze and restart."""
    broker = FaultyBroker(tmp_path / "kafka")
    broker.start()
    yield broker
    broker.stop()


def pytest_make_parametrize_id(val: object) -> str | None:
    """Leave long bytes out of a test's name: what is compressed has its time in it.

    All workers must collect the same names.
    """
    return "bytes" if isinstance(val, bytes) and len(val) > LONG_VALUE else None
