"""Every reader of Kafka with unreadable records: healthy ones come once and in order."""

import random
from typing import Any

import pytest
from aiokafka import TopicPartition

from services.alerting.deliver.ledger.ledger import GROUP
from services.alerting.rollout.topic import RulesTopic
from services.console.fake_slack.server import FakeSlack
from services.console.topics import dlq
from services.console.topics.topic_reader import iter_retained, newest_record
from shared.kafka.cluster import Cluster
from shared.kafka.topics import DISPATCHES, MIB, RULES, SOURCES
from shared.messages import codec
from shared.record_batches.broken_record import BrokenRecord, Flaw
from shared.stream.state_store import restore
from tests.delivery_tools import create_topics, delivering, dispatch, publish, until
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
    """Write random batches with some bad records to every partition.

    Return what each partition holds, in order: key, and whether it is healthy.
    """
    rng, expected = random.Random(seed), dict[int, list[tuple[bytes, bool]]]()
    for partition in range(PARTITIONS):
        expected[partition] = []
        for number in range(25):
            batches = [
                (b"%d-%d-%d" % (partition, number, n), rng.random() > 0.15)
                for n in range(rng.randint(1, 12))
            ]
            records = [
                record(n, key, key, () if healthy else BAD_NAME)
                for n, (key, healthy) in enumerate(batches)
            ]
            await produce_raw(cluster, topic, partition, batch(records, codec=rng.choice([0, 1])))
            expected[partition] += batches
    return expected


@pytest.mark.parametrize("seed", range(4))
async def test_all_partitions_are_read_completely_and_in_order(cluster: Cluster, seed: int) -> None:
    """In small fetches: if one partition makes aiokafka raise, no other loses records."""
    name = await create_topic(cluster, "poured", partitions=PARTITIONS)
    expected = await pour(cluster, "poured", seed)
    rng = random.Random(seed)
    received = {partition: list[tuple[bytes, bool]]() for partition in range(PARTITIONS)}
    reader = cluster.reader(
        keep_broken=True, max_partition_fetch_bytes=rng.choice([500, 2_000, 2**20])
    )
    tps = [TopicPartition(name, partition) for partition in range(PARTITIONS)]
    await reader.start()
    try:
        reader.assign(tps)
        await reader.seek_to_beginning(*tps)
        while any(len(received[number]) < len(expected[number]) for number in received):
            chosen = [] if rng.random() < 0.7 else [rng.choice(tps)]
            max_records = rng.choice([1, 7, 200])
            batches = await reader.getmany(*chosen, timeout_ms=100, max_records=max_records)
            for tp, records in batches.items():
                received[tp.partition] += [
                    (record.key, not isinstance(record, BrokenRecord)) for record in records
                ]
    finally:
        await reader.stop()
    assert received == expected


async def test_state_is_restored_past_unreadable_records(cluster: Cluster) -> None:
    """An unreadable batch is skipped; a record with only an odd header name counts."""
    await create_topic(cluster, SOURCES.name, cleanup_policy="compact")
    await produce(cluster, SOURCES.name, [(b"a", b"1"), (b"b", b"1")])
    await produce_raw(cluster, SOURCES.name, 0, batch([record(0, b"b", b"2", BAD_NAME)]))
    await produce_raw(cluster, SOURCES.name, 0, BOMB)
    await produce(cluster, SOURCES.name, [(b"c", b"3")])
    state = (await restore(cluster, SOURCES.name, [0]))[0]
    assert dict(state.items()) == {b"a": b"1", b"b": b"2", b"c": b"3"}


async def test_commands_read_past_unreadable_records(cluster: Cluster) -> None:
    """Tail, backtest and replay, and doctor's look at the newest record."""
    await create_topic(cluster, "read")
    for data in (
        batch([record(0, b"1", b"")]),
        BOMB,
        batch([record(0, b"2", b"", BAD_NAME), record(1, b"3", b"")]),
    ):
        await produce_raw(cluster, "read", 0, data)
    assert [record.key async for record in iter_retained(cluster, "read")] == [b"1", b"2", b"3"]
    last = await newest_record(cluster, "read")
    assert last is not None


async def test_rules_are_read_past_unreadable_records(cluster: Cluster) -> None:
    """An unreadable record is no rule; the set's revision says whether the set is complete."""
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


async def test_the_deliverer_dead_letters_an_unreadable_record_and_goes_on(
    cluster: Cluster,
) -> None:
    """Posts before and after it go out once; its offset is committed with its dead letter."""
    await create_topics(cluster)
    async with FakeSlack() as sink, delivering(cluster, {"newsroom": sink.url("newsroom")}):
        await publish(cluster, dispatch(1))
        broken = record(0, b"bad", codec.encode(dispatch(2)), BAD_NAME)
        await produce_raw(cluster, DISPATCHES.name, 0, batch([broken]))
        await publish(cluster, dispatch(3))
        await until(lambda: len(sink.posts) == 2, "two posts")
        letters = list[Any]()

        async def count_dead_letters() -> bool:
            letters[:] = await consume(cluster, DISPATCHES.dead_letters)
            return bool(letters)

        await until(count_dead_letters, "a dead letter")
    (letter,) = letters
    assert (letter.key, dict(letter.headers)["err.class"], dict(letter.headers)["err.stage"]) == (
        b"bad",
        b"HeaderName",
        GROUP.encode(),
    )


async def test_values_beyond_every_limit_are_dead_letters(cluster: Cluster) -> None:
    """Gzip lets 20 MiB through as one record: its dead letter is cut, as no topic takes so much."""
    await create_stage_topics(cluster)
    records = [
        record(0, b"a", b"a"),
        record(1, b"huge", b"x" * 20 * MIB),
        record(2, b"large", b"x" * 3 * MIB),
        record(3, b"b", b"b"),
    ]
    await produce_raw(cluster, SOURCE.name, 0, batch(records, codec=1))
    async with run_stage(build_stage(cluster, copy)):
        letters = {letter.record.key: letter for letter in await wait_for_letters(cluster, 2)}
        assert await wait_for_values(cluster, 2, SINK.name) == [b"a", b"b"]
    assert {key: letter.is_whole for key, letter in letters.items()} == {
        b"huge": False,
        b"large": True,
    }
    assert 9 * MIB < len(letters[b"huge"].record.value) < 10 * MIB
    assert letters[b"huge"].field("cut") == f"a key of 4 bytes, a value of {20 * MIB}, headers of 0"
    assert await dlq.put_back(cluster, "*") == 0, "the topic takes 1 MiB"
    assert len(await wait_for_letters(cluster, 2)) == 2


async def wait_for_letters(cluster: Cluster, count: int) -> list[dlq.Letter]:
    """Return the dead letters, once there are ``count``."""
    records = list[dlq.Letter]()

    async def enough() -> bool:
        records[:] = await dlq.collect(cluster, "*")
        return len(records) >= count

    await eventually(enough, f"{count} dead letters")
    return records


async def test_dead_letters_of_unreadable_records_are_shown_and_redriven_if_possible(
    cluster: Cluster,
) -> None:
    """With its header's name escaped a record is readable and is processed; a bomb's bytes stay."""
    await create_stage_topics(cluster)
    await produce_raw(cluster, SOURCE.name, 0, batch([record(0, b"k", b"value", BAD_NAME)]))
    await produce_raw(cluster, SOURCE.name, 0, BOMB)
    async with run_stage(build_stage(cluster, copy)):
        letters = await wait_for_letters(cluster, 2)
        assert {letter.field("class"): letter.is_whole for letter in letters} == {
            Flaw.HEADER_NAME: True,
            Flaw.TOO_LARGE: False,
        }
        assert await dlq.put_back(cluster, "*") == 1
        assert await wait_for_values(cluster, 1, SINK.name) == [b"value"]
    (stays,) = await dlq.collect(cluster, "*")
    assert "a batch that cannot be read" in stays.defect()
    (back,) = [
        record
        for record in await consume(cluster, SOURCE.name)
        if record.key == b"k" and record.offset > 0
    ]
    assert dict(back.headers)[r"\xff"] == b"1"
