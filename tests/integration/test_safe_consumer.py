"""Every reader of Kafka beside records that no client can read: what is healthy comes once and in order, and nobody stops."""

import random
from typing import Any

import pytest
from aiokafka import TopicPartition

from services.alerting.deliver.ledger import GROUP
from services.alerting.rollout.topic import RulesTopic
from services.console.fake_slack.server import FakeSlack
from services.console.topics import dlq
from services.console.topics.topic_reader import iter_retained, newest_record
from shared.kafka.cluster import Cluster
from shared.kafka.topics import MIB, NOTIFICATIONS, RULES, SOURCES
from shared.messages import codec
from shared.record_batches.broken_record import BrokenRecord, Flaw
from shared.stream.state_store import restore
from tests.delivery_tools import create_topics, delivering, notification, publish, until
from tests.kafka_tools import consume, create_topic, produce
from tests.raw_batches import batch, produce_raw, record
from tests.stage_tools import (
    SINK,
    SOURCE,
    build_stage,
    copy,
    create_stage_topics,
    eventually,
    run_stage,
    wait_for_values,
)

BAD_NAME = [(b"\xff", b"1")]
PARTITIONS = 3
BOMB = batch([record(0, b"bomb", b"\0" * 40 * 1024 * 1024)], codec=1)


async def pour(cluster: Cluster, topic: str, seed: int) -> dict[int, list[tuple[bytes, bool]]]:
    """Random batches to every partition, some records of them bad; what each partition then holds, in order: key, and whether it is healthy."""
    rng, held = random.Random(seed), dict[int, list[tuple[bytes, bool]]]()
    for partition in range(PARTITIONS):
        held[partition] = []
        for number in range(25):
            made = [
                (b"%d-%d-%d" % (partition, number, n), rng.random() > 0.15)
                for n in range(rng.randint(1, 12))
            ]
            records = [
                record(n, key, key, () if healthy else BAD_NAME)
                for n, (key, healthy) in enumerate(made)
            ]
            await produce_raw(cluster, topic, partition, batch(records, codec=rng.choice([0, 1])))
            held[partition] += made
    return held


@pytest.mark.parametrize("seed", range(4))
async def test_all_partitions_come_whole_and_in_order_whatever_is_broken(
    cluster: Cluster, seed: int
) -> None:
    """In small bites over several partitions at once: where one makes aiokafka raise, what others had drained is not lost."""
    name = await create_topic(cluster, "poured", partitions=PARTITIONS)
    held = await pour(cluster, "poured", seed)
    rng, found = (
        random.Random(seed),
        {partition: list[tuple[bytes, bool]]() for partition in range(PARTITIONS)},
    )
    reader = cluster.reader(
        keep_broken=True, max_partition_fetch_bytes=rng.choice([500, 2_000, 2**20])
    )
    tps = [TopicPartition(name, partition) for partition in range(PARTITIONS)]
    await reader.start()
    try:
        reader.assign(tps)
        await reader.seek_to_beginning(*tps)
        while any(len(found[partition]) < len(held[partition]) for partition in found):
            chosen = [] if rng.random() < 0.7 else [rng.choice(tps)]
            for tp, records in (
                await reader.getmany(*chosen, timeout_ms=100, max_records=rng.choice([1, 7, 200]))
            ).items():
                found[tp.partition] += [
                    (each.key, not isinstance(each, BrokenRecord)) for each in records
                ]
    finally:
        await reader.stop()
    assert found == held


async def test_state_is_restored_past_what_cannot_be_read(cluster: Cluster) -> None:
    """A batch that cannot be opened is passed over; a record whose header's name is odd counts, for its key and value are its own."""
    await create_topic(cluster, SOURCES.name, cleanup_policy="compact")
    await produce(cluster, SOURCES.name, [(b"a", b"1"), (b"b", b"1")])
    await produce_raw(cluster, SOURCES.name, 0, batch([record(0, b"b", b"2", BAD_NAME)]))
    await produce_raw(cluster, SOURCES.name, 0, BOMB)
    await produce(cluster, SOURCES.name, [(b"c", b"3")])
    state = (await restore(cluster, SOURCES.name, [0]))[0]
    assert dict(state.items()) == {b"a": b"1", b"b": b"2", b"c": b"3"}


async def test_commands_read_past_it_too(cluster: Cluster) -> None:
    """Tail, backtest and replay read with `retained`; doctor asks for the newest."""
    await create_topic(cluster, "read")
    for data in (
        batch([record(0, b"1", b"")]),
        BOMB,
        batch([record(0, b"2", b"", BAD_NAME), record(1, b"3", b"")]),
    ):
        await produce_raw(cluster, "read", 0, data)
    assert [each.key async for each in iter_retained(cluster, "read")] == [b"1", b"2", b"3"]
    last = await newest_record(cluster, "read")
    assert last is not None


async def test_rules_are_read_past_it(cluster: Cluster) -> None:
    """What cannot be read is no rule; whether the set is whole then, its revision says."""
    await create_topic(cluster, RULES.name, cleanup_policy="compact")
    await produce_raw(cluster, RULES.name, 0, BOMB)
    await produce(cluster, RULES.name, [(b"rule", b"no rule")])
    rules = RulesTopic(cluster)
    await rules.open()
    try:
        await rules.poll_to_end()
        assert list(rules.log.unreadable) == [b"rule"]
    finally:
        await rules.close()


async def test_the_deliverer_buries_it_and_goes_on(cluster: Cluster) -> None:
    """Posts before and after it go out once; it is a dead letter, and its offset is committed with that."""
    await create_topics(cluster)
    async with FakeSlack() as sink, delivering(cluster, {"newsroom": sink.url("newsroom")}):
        await publish(cluster, notification(1))
        broken = record(0, b"bad", codec.encode(notification(2)), BAD_NAME)
        await produce_raw(cluster, NOTIFICATIONS.name, 0, batch([broken]))
        await publish(cluster, notification(3))
        await until(lambda: len(sink.posts) == 2, "two posts")
        letters = list[Any]()

        async def buried() -> bool:
            letters[:] = await consume(cluster, NOTIFICATIONS.dead_letters)
            return bool(letters)

        await until(buried, "a dead letter")
    (letter,) = letters
    assert (letter.key, dict(letter.headers)["err.class"], dict(letter.headers)["err.stage"]) == (
        b"bad",
        b"HeaderName",
        GROUP.encode(),
    )


async def test_values_beyond_every_limit_are_dead_letters(cluster: Cluster) -> None:
    """Gzip lets 20 MiB through as one record; no topic takes so much: its dead letter is cut. One that is whole and goes nowhere stays."""
    await create_stage_topics(cluster)
    records = [
        record(0, b"a", b"a"),
        record(1, b"huge", b"x" * 20 * MIB),
        record(2, b"large", b"x" * 3 * MIB),
        record(3, b"b", b"b"),
    ]
    await produce_raw(cluster, SOURCE.name, 0, batch(records, codec=1))
    async with run_stage(build_stage(cluster, copy)):
        letters = {letter.record.key: letter for letter in await collected(cluster, 2)}
        assert await wait_for_values(cluster, 2, SINK.name) == [b"a", b"b"]
    assert {key: letter.is_whole for key, letter in letters.items()} == {
        b"huge": False,
        b"large": True,
    }
    assert 9 * MIB < len(letters[b"huge"].record.value) < 10 * MIB
    assert letters[b"huge"].field("cut") == f"a key of 4 bytes, a value of {20 * MIB}, headers of 0"
    assert await dlq.put_back(cluster, "*") == 0, "the topic takes 1 MiB"
    assert len(await collected(cluster, 2)) == 2


async def collected(cluster: Cluster, wanted: int) -> list[dlq.Letter]:
    """The dead letters, once there are so many."""
    found = list[dlq.Letter]()

    async def enough() -> bool:
        found[:] = await dlq.collect(cluster, "*")
        return len(found) >= wanted

    await eventually(enough, f"{wanted} dead letters")
    return found


async def test_dead_letters_of_it_are_shown_and_go_back_where_they_can(cluster: Cluster) -> None:
    """With its header's name escaped a record is readable, and is processed; the bytes of a bomb stay."""
    await create_stage_topics(cluster)
    await produce_raw(cluster, SOURCE.name, 0, batch([record(0, b"k", b"value", BAD_NAME)]))
    await produce_raw(cluster, SOURCE.name, 0, BOMB)
    async with run_stage(build_stage(cluster, copy)):
        letters = await collected(cluster, 2)
        assert {letter.field("class"): letter.is_whole for letter in letters} == {
            Flaw.HEADER_NAME: True,
            Flaw.TOO_LARGE: False,
        }
        assert await dlq.put_back(cluster, "*") == 1
        assert await wait_for_values(cluster, 1, SINK.name) == [b"value"]
    (stays,) = await dlq.collect(cluster, "*")
    assert "a batch that nobody can read" in stays.defect()
    (back,) = [
        each for each in await consume(cluster, SOURCE.name) if each.key == b"k" and each.offset > 0
    ]
    assert dict(back.headers)[r"\xff"] == b"1"
