"""Partitions are added to topics with state: services refuse to run until the state is moved."""

import asyncio
from typing import Any

import pytest

from services.console.topics.repartition import partition_key, repartition
from shared.base import exits
from shared.base.exits import ConfigurationError
from shared.base.outcomes import Drop
from shared.kafka import topic_admin
from shared.kafka.cluster import Cluster
from shared.kafka.partition_count import count_from_headers
from shared.kafka.partitioner import partition_of
from shared.kafka.topics import ARTICLES_RAW, FEEDS, SOURCES
from shared.stream.output import Output
from shared.stream.state_store import StateStore, restore
from shared.stream.work import HandlerResult, StatefulWork
from tests.cli import CommandResult, run_forked_async
from tests.kafka_tools import add_partitions, consume, produce
from tests.ports import free_port
from tests.stage_tools import (
    SINK,
    build_stage,
    create_stage_topics,
    eventually,
    run_stage,
    wait_for_values,
)

KEYS = [b"source-%d" % number for number in range(8)]


def count(value: bytes | None, state: StateStore) -> HandlerResult | Drop:
    """Count the records of each source."""
    key = value or b""
    number = int(state.get(key) or 0) + 1
    state.set(key, b"%d" % number)
    return [Output(SINK.name, key, b"%s:%d" % (key, number))]


def counting(cluster: Cluster) -> Any:
    """Return a stage like the cleaner, which keeps a state for each source."""
    return build_stage(
        cluster, StatefulWork(count), source=ARTICLES_RAW, state=SOURCES, name=SOURCES.producer
    )


async def records(cluster: Cluster) -> None:
    await produce(cluster, ARTICLES_RAW.name, [(key, key) for key in KEYS])


async def run_service(cluster: Cluster, name: str) -> CommandResult:
    settings = cluster.settings
    environment_now = {
        "KAFKA_BOOTSTRAP": settings.kafka_bootstrap,
        "KAFKA_TOPIC_PREFIX": settings.kafka_topic_prefix,
    }
    return await run_forked_async(
        "run",
        name,
        environment=environment_now
        | {"HTTP_PORT": str(free_port()), "KAFKA_CONNECT_TIMEOUT_S": "10"},
    )


async def test_a_service_refuses_to_start_after_partitions_were_added(cluster: Cluster) -> None:
    """Exit 78, with one line that names the topic, the old and the new count, and the steps."""
    await create_stage_topics(cluster, 3)
    await records(cluster)
    async with run_stage(counting(cluster)):
        await wait_for_values(cluster, len(KEYS))
    await add_partitions(cluster, 7, ARTICLES_RAW.name, SOURCES.name)
    ended = await run_service(cluster, "cleaner")
    assert ended.code == exits.CONFIGURATION, ended.err
    assert (
        "topic sources.v1 was written with 3 partitions, "
        "and it and its source articles.raw.v1 now have 7" in ended.err
    )
    assert "summitwire topics repartition sources.v1" in ended.err


async def test_a_move_brings_every_key_its_state_and_its_unread_records(cluster: Cluster) -> None:
    """Records from before and after are counted once, each key where the partitioner puts it."""
    await create_stage_topics(cluster, 3)
    await records(cluster)
    async with run_stage(counting(cluster)):
        await wait_for_values(cluster, len(KEYS))
    await records(cluster)  # unread, where three partitions put them
    await add_partitions(cluster, 7, ARTICLES_RAW.name, SOURCES.name)
    with pytest.raises(ConfigurationError, match="written with 3 partitions"):
        await restore(cluster, SOURCES.name, range(7))
    moved, keys = await repartition(cluster, SOURCES)
    assert (moved > 0, keys) == (True, len(KEYS))
    assert await repartition(cluster, SOURCES) == (0, len(KEYS)), "a second run changes nothing"
    restored = await restore(cluster, SOURCES.name, range(7))
    assert {key: number for number, state in restored.items() for key, _ in state.items()} == {
        key: partition_of(key, 7) for key in KEYS
    }
    await records(cluster)  # where seven put them
    async with run_stage(counting(cluster)):
        values = await wait_for_values(cluster, 3 * len(KEYS))
    assert values == sorted(b"%s:%d" % (key, number) for key in KEYS for number in (1, 2, 3))


async def test_no_move_while_a_service_runs(cluster: Cluster) -> None:
    """Otherwise both would write the same state."""
    await create_stage_topics(cluster, 2)
    async with run_stage(stage := counting(cluster)):
        await eventually(
            lambda: stage.assignment.has_joined and len(stage.assignment.partitions) == 2,
            "it owns both",
        )
        with pytest.raises(ConfigurationError, match="has members: stop every service first"):
            await repartition(cluster, SOURCES)


async def test_a_running_stage_stops_when_it_is_given_state_of_another_count(
    cluster: Cluster,
) -> None:
    """At the assignment that new partitions cause, ConfigurationError ends the process with 78."""
    await create_stage_topics(cluster, 2)
    await records(cluster)
    async with run_stage(counting(cluster)):
        await wait_for_values(cluster, len(KEYS))
    await add_partitions(cluster, 5, ARTICLES_RAW.name, SOURCES.name)
    stage = counting(cluster)
    await stage.start()
    with pytest.raises(
        ConfigurationError,
        match=r"sources\.v1 was written with 2 partitions, "
        r"and it and its source articles\.raw\.v1 now have 5",
    ):
        async with asyncio.timeout(20):
            await stage.run()
    await stage.stop()


async def test_every_state_record_says_how_many_partitions_there_were(cluster: Cluster) -> None:
    """Otherwise a changed count would go unnoticed."""
    await create_stage_topics(cluster, 3)
    await records(cluster)
    async with run_stage(counting(cluster)):
        await wait_for_values(cluster, len(KEYS))
    assert {
        count_from_headers(record.headers) for record in await consume(cluster, SOURCES.name)
    } == {3}


async def test_state_without_marks_is_taken_as_it_is(cluster: Cluster) -> None:
    """An earlier version wrote no marks, and its state is not refused."""
    await topic_admin.create(cluster, partitions=2)
    await produce(cluster, FEEDS.name, [(b"https://a.example", b"{}")], partition=1)
    restored = await restore(cluster, FEEDS.name, [0, 1])
    assert [(dict(state.items()), state.partitions) for state in restored.values()] == [
        ({}, 2),
        ({b"https://a.example": b"{}"}, 2),
    ]


def test_the_key_of_a_state_is_that_of_its_source() -> None:
    """A source's histories go with the source, a request with its feed."""
    assert partition_key(SOURCES, b"bbc/0123", b"") == b"bbc"
    assert partition_key(FEEDS, b"revive https://a.example/x", b"") == b"https://a.example/x"
