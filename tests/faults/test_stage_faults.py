"""Workers are killed and frozen, and the broker is killed, while records come in.

Nothing may be lost or doubled. `make faults` runs the long version; the evidence for the design is
in docs/decisions.
"""

from collections import Counter
from collections.abc import Hashable, Sequence
from pathlib import Path
from uuid import uuid4

import orjson
import pytest

from shared.base.settings import KafkaSettings
from shared.kafka import topic_admin
from shared.kafka.cluster import Cluster
from shared.kafka.topics import ARTICLES_CLEAN, ARTICLES_TAGGED, FEEDS
from tests.faults.harness import (
    Outcome,
    Plan,
    feed_evenly,
    is_long,
    ordeal,
    plan,
    python,
    seen_in,
    workers,
)
from tests.faults.worker_program import KEYS
from tests.kafka_tools import FaultyBroker, Pair, consume

FILLER = "lorem ipsum " * 330


def records(chosen: Plan) -> list[Pair]:
    """Return records of about 4 KB, keyed so that all records of a counter share a partition."""
    return [
        (b"k%d" % (i % KEYS), orjson.dumps({"id": i, "text": FILLER}))
        for i in range(chosen.records)
    ]


async def run(
    kind: str,
    cluster: Cluster,
    folder: Path,
    expected: Sequence[Hashable],
    broker: FaultyBroker | None = None,
) -> Outcome:
    """Run three workers through the ordeal, on topics of their own."""
    chosen = plan()
    await topic_admin.create(cluster, partitions=chosen.partitions)

    async def seen() -> Counter[Hashable]:
        key = (
            (lambda record: orjson.loads(record.value)["id"])
            if kind == "copy"
            else (lambda record: record.value)
        )
        return await seen_in(cluster, ARTICLES_TAGGED.name, key)

    outcome = await ordeal(
        workers(python("worker_program.py", kind), 3, cluster, folder),
        chosen,
        feed=lambda: feed_evenly(cluster, ARTICLES_CLEAN.name, records(chosen), chosen.seconds),
        expected=expected,
        seen=seen,
        broker=broker,
    )
    assert await consume(cluster, ARTICLES_CLEAN.dead_letters) == [], (
        "a kill from outside condemns no record"
    )
    print(f"{kind}: {outcome}")
    return outcome


def nothing_lost_or_doubled(outcome: Outcome) -> None:
    assert (outcome.lost, outcome.duplicated) == ([], []), outcome
    assert set(outcome.left) <= {-9, 75}, (
        f"killed by us, or left as a fenced worker must: {outcome}"
    )
    assert outcome.ended == [0, 0, 0], "SIGTERM drains and ends with 0"


def counts(number: int) -> list[Hashable]:
    """Return what the counting stage must write: every count of every key, once."""
    return [
        b"k%d %d" % (key, n + 1)
        for key in range(KEYS)
        for n in range(len(range(key, number, KEYS)))
    ]


async def test_nothing_is_lost_or_doubled_when_workers_die_and_freeze(
    cluster: Cluster, tmp_path: Path
) -> None:
    """Every record comes out exactly once under read_committed."""
    nothing_lost_or_doubled(await run("copy", cluster, tmp_path, range(plan().records)))


async def test_keyed_state_adds_up_when_workers_die_and_freeze(
    cluster: Cluster, tmp_path: Path
) -> None:
    """Each key's counter passes every number once, and the compacted topic ends with the totals."""
    outcome = await run("count", cluster, tmp_path, counts(plan().records))
    nothing_lost_or_doubled(outcome)
    totals = {record.key: int(record.value) for record in await consume(cluster, FEEDS.name)}
    assert sum(totals.values()) == plan().records


@pytest.mark.parametrize("kind", ["copy", "count"] if is_long() else ["count"])
async def test_nothing_is_lost_or_doubled_when_the_broker_dies_too(
    kind: str, faulty_broker: FaultyBroker, tmp_path: Path
) -> None:
    """The broker is killed halfway as well, and restarted on the same data."""
    cluster = Cluster(
        KafkaSettings(
            kafka_bootstrap=faulty_broker.bootstrap, kafka_topic_prefix=f"t{uuid4().hex[:8]}."
        )
    )
    expected: Sequence[Hashable] = (
        range(plan().records) if kind == "copy" else counts(plan().records)
    )
    nothing_lost_or_doubled(await run(kind, cluster, tmp_path, expected, faulty_broker))
