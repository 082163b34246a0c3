"""A record whose results the broker refuses becomes a dead letter, alone; the stage goes on."""

from typing import Any

import pytest

from shared.kafka.cluster import Cluster
from shared.stream.output import Output
from shared.stream.stage import Stage
from shared.stream.state_store import StateStore
from shared.stream.work import HandlerResult, StatefulWork
from tests.kafka_tools import consume, create_topic
from tests.stage_tools import (
    SINK,
    SOURCE,
    STATE,
    build_stage,
    create_stage_topics,
    eventually,
    numbers,
    produce_values,
    run_stage,
    wait_for_values,
)

LIMIT = 20_000
CULPRITS = (b"000004", b"000017", b"000018")
GOOD = [value for value in numbers(0, 40) if value not in CULPRITS]


def swelling(value: bytes | None) -> HandlerResult:
    """Copy the value, made too large for its topic if the record is a culprit."""
    return [Output(SINK.name, b"k", (value or b"") * (5_000 if value in CULPRITS else 1))]


def counting(value: bytes | None, state: StateStore) -> HandlerResult:
    """Do the same with a counter; what a culprit counted must not stay."""
    count = int(state.get(b"count") or 0) + 1
    state.set(b"count", b"%d" % count)
    large = [Output(SINK.name, b"k", (value or b"") * 5_000)] if value in CULPRITS else []
    return [Output(SINK.name, b"k", b"%d" % count), *large]


async def prepare(cluster: Cluster, **limits: int) -> None:
    """Create topics of which some take less than the table says."""
    for name, limit in limits.items():
        await create_topic(
            cluster,
            {"sink": SINK.name, "letters": SOURCE.dead_letters}[name],
            max_message_bytes=str(limit),
        )
    await create_stage_topics(cluster)
    await produce_values(cluster, numbers(0, 40))


async def letters(cluster: Cluster, count: int) -> dict[bytes, dict[str, bytes]]:
    """Return the dead letters by the beginning of their values, once there are ``count``."""
    letters_by_value: list[Any] = []

    async def enough() -> bool:
        letters_by_value[:] = await consume(cluster, SOURCE.dead_letters)
        return len(letters_by_value) >= count

    await eventually(enough, lambda: f"{count} dead letters, there are {len(letters_by_value)}")
    return {letter.value[:6]: dict(letter.headers) for letter in letters_by_value}


def running_one_of(cluster: Cluster, stateful: bool) -> Stage:
    return (
        build_stage(cluster, StatefulWork(counting), state=STATE)
        if stateful
        else build_stage(cluster, swelling)
    )


@pytest.mark.parametrize("stateful", [False, True])
async def test_a_record_whose_results_are_refused_is_a_dead_letter_alone(
    cluster: Cluster, *, stateful: bool
) -> None:
    """Each of several in a batch is found; other results and later batches are written once."""
    await prepare(cluster, sink=LIMIT)
    async with run_stage(running_one_of(cluster, stateful)) as task:
        assert set(await letters(cluster, len(CULPRITS))) == set(CULPRITS)
        await produce_values(cluster, numbers(50, 60))
        letters_by_value = await wait_for_values(cluster, len(GOOD) + 10)
        assert not task.done()
    if stateful:
        assert sorted(map(int, letters_by_value)) == list(range(1, len(GOOD) + 11))
    else:
        assert letters_by_value == GOOD + numbers(50, 60)
    headers = (await letters(cluster, len(CULPRITS)))[CULPRITS[0]]
    assert headers["err.class"] == b"Unwritable"
    assert (
        b"MESSAGE_SIZE_TOO_LARGE" in headers["err.message"]
        or b"MessageSizeTooLarge" in headers["err.message"]
    )


async def test_a_dead_letter_that_its_topic_refuses_is_cut(cluster: Cluster) -> None:
    """The stage goes on; the letter says how long the value was."""
    await prepare(cluster, letters=60_000)
    large = b"broken" + b"x" * 100_000
    await produce_values(cluster, [large])

    def refusing(value: bytes | None) -> HandlerResult:
        if value == large:
            raise ValueError("never")
        return swelling(value) if value not in CULPRITS else []

    async with run_stage(build_stage(cluster, refusing)):
        headers = (await letters(cluster, 1))[large[:6]]
        assert await wait_for_values(cluster, len(GOOD)) == GOOD
    assert b"a value of 100006" in headers["err.cut"]
