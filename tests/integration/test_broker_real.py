"""The real local broker, on which the other integration tests depend."""

import subprocess
import sys
from pathlib import Path

import orjson
import pytest
from aiokafka.errors import KafkaError

from services.console.local import kafka_broker
from shared.base.exits import ConfigurationError
from shared.kafka.cluster import Cluster
from shared.kafka.topics import DEAD_LETTER_MAX_BYTES
from tests.kafka_tools import FaultyBroker, cluster_at, consume, create_topic, produce
from tests.ports import free_port

ROOT = Path(__file__).parents[2]


async def test_records_come_back_in_order(cluster: Cluster) -> None:
    """Records are consumed to the end, in the order in which they were produced."""
    await create_topic(cluster, "numbers", partitions=2)
    await produce(cluster, "numbers", [(b"k", b"%d" % number) for number in range(50)], partition=1)
    assert [record.value for record in await consume(cluster, "numbers")] == [
        b"%d" % number for number in range(50)
    ]


async def test_the_largest_dead_letter_fits(cluster: Cluster) -> None:
    """The broker takes a record as large as a dead letter may be."""
    await create_topic(cluster, "large", max_message_bytes=str(DEAD_LETTER_MAX_BYTES))
    await produce(cluster, "large", [(None, bytes(DEAD_LETTER_MAX_BYTES - 1024))])
    assert [len(record.value) for record in await consume(cluster, "large")] == [
        DEAD_LETTER_MAX_BYTES - 1024
    ]


async def test_aborted_records_are_not_consumed(cluster: Cluster) -> None:
    """Transactions work: aborted records are never read."""
    await create_topic(cluster, "transactional")
    producer = cluster.transactional_producer("writer")
    await producer.start()
    for value, fails in ((b"first", False), (b"aborted", True), (b"second", False)):
        await producer.begin_transaction()
        await producer.send_and_wait(cluster.name("transactional"), value)
        await (producer.abort_transaction() if fails else producer.commit_transaction())
    await producer.stop()
    assert [record.value for record in await consume(cluster, "transactional")] == [
        b"first",
        b"second",
    ]


async def test_topics_are_not_created_by_use(cluster: Cluster) -> None:
    """A misspelt topic is an error, not a new topic."""
    producer = cluster.producer(request_timeout_ms=1_000)
    await producer.start()
    with pytest.raises(KafkaError):
        await producer.send_and_wait(cluster.name("misspelt"), b"")
    await producer.stop()


async def test_records_survive_a_kill(faulty_broker: FaultyBroker) -> None:
    """A killed broker starts again on the same folder and port, with its records."""
    cluster = cluster_at(faulty_broker.bootstrap)
    await create_topic(cluster, "kept")
    await produce(cluster, "kept", [(None, b"before")])
    faulty_broker.kill()
    assert kafka_broker.status(faulty_broker.folder) is None
    faulty_broker.start()
    await produce(cluster, "kept", [(None, b"after")])
    assert [record.value for record in await consume(cluster, "kept")] == [b"before", b"after"]


async def test_a_start_is_idempotent_and_a_taken_port_is_named(faulty_broker: FaultyBroker) -> None:
    """A second start finds the first; another folder on the same port is refused with the pid."""
    again = kafka_broker.start(faulty_broker.folder, faulty_broker.port)
    assert again == faulty_broker.broker
    with pytest.raises(
        ConfigurationError, match=rf"port {faulty_broker.port} is taken \(pid {again.pid}, java\)"
    ):
        kafka_broker.start(faulty_broker.folder.with_name("other"), faulty_broker.port)
    with pytest.raises(ConfigurationError, match="already runs on port"):
        kafka_broker.start(faulty_broker.folder, faulty_broker.port + 1)


def test_a_broker_outlives_the_command_that_started_it(tmp_path: Path) -> None:
    """`summitwire broker start` returns; other commands find the broker, use it and stop it."""
    code = "import sys; from services.console.local.broker import app; app(sys.argv[1:])"
    arguments = ["start", "--folder", str(tmp_path), "--port", str(free_port()), "--json"]
    told = orjson.loads(
        subprocess.run(
            [sys.executable, "-c", code, *arguments], cwd=ROOT, capture_output=True, check=True
        ).stdout
    )
    running = kafka_broker.status(tmp_path)
    assert running is not None
    assert (running.bootstrap, running.pid) == (told["bootstrap"], told["pid"])
    assert kafka_broker.stop(tmp_path)
    assert kafka_broker.status(tmp_path) is None
    assert not kafka_broker.stop(tmp_path)
