"""Records that never end, eat memory or kill their process become dead letters with the reason.

Two supervised workers share the partitions; the poison is among the good records of one of them.
"""

import asyncio
import re
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import orjson
import pytest

from services.console.fake_slack.server import FakeSlack
from shared.kafka import topic_admin
from shared.kafka.cluster import Cluster
from shared.kafka.topics import ARTICLES_CLEAN, ARTICLES_TAGGED, DELIVERIES, DISPATCHES, FEEDS
from shared.limits.process_pool import ProcessPool
from shared.limits.record_limits import RecordLimits
from shared.messages.delivery_keys import WAITING
from shared.messages.schemas import GroupTiming, Severity
from shared.stream.state_store import StateStore
from shared.stream.work import InProcessWork, Processed
from tests.delivery_tools import create_topics, dispatch, publish, until
from tests.faults.harness import Worker, is_long, python, workers
from tests.hostile_work import act
from tests.kafka_tools import consume, produce

PARTITIONS = 3
GOOD_BETWEEN = 5
LIMITS = {"ITEM_TIME_LIMIT_S": "0.4", "ITEM_MEMORY_LIMIT_MB": "64", "WATCHDOG_S": "10"}
CPU, MEMORY = (
    "took more than 0.4 s of CPU time and was stopped",
    "needed more than 64 MB and was stopped",
)
IN_PROCESS = {
    "spin": CPU,
    "spin in C": CPU,
    "regex": CPU,
    "sleep": "did nothing for 2.4 s and was stopped",
    "eat": MEMORY,
    "die": "ended its process (SIGKILL)",
    "exit": "ended its process (exit code 3)",
}
IN_CHILDREN = {  # the rest of what children meet: tests/integration/test_isolation_children.py
    "prepare spin in C": CPU,
    "prepare die": "its child process died (SIGKILL)",
}
SHORT = [("process", "sleep"), ("state", "die"), ("prepared", "spin in C")]
LONG = [(kind, first) for kind in ("process", "state", "prepared") for first in IN_PROCESS]
WITHIN_S = 90.0


def causes(kind: str, first: str) -> dict[str, str]:
    """Return what each dead letter must say, in the order of the records; ``first`` comes first."""
    wanted = IN_PROCESS | IN_CHILDREN if kind == "prepared" else IN_PROCESS
    return {first: wanted[first]} | wanted


def records(poison: dict[str, str]) -> dict[int, list[dict[str, object]]]:
    """Return records by partition: good ones everywhere, and poison in between in partition 0."""
    numbers = iter(range(100_000))

    def good() -> list[dict[str, object]]:
        return [{"id": next(numbers), "do": ""} for _ in range(GOOD_BETWEEN)]

    poisoned = [
        record for do in poison for record in (*good(), {"id": next(numbers), "do": do})
    ] + good()
    return {0: poisoned} | {
        partition: [record for _ in poison for record in good()]
        for partition in range(1, PARTITIONS)
    }


@pytest.mark.parametrize(("kind", "first"), LONG if is_long() else SHORT)
async def test_no_record_stops_its_neighbours(
    cluster: Cluster, tmp_path: Path, kind: str, first: str
) -> None:
    """Good records come out and are counted once, and each poison record is one dead letter.

    All of them cost three exits at most.
    """
    await topic_admin.create(cluster, partitions=PARTITIONS)
    poison = causes(kind, first)
    by_partition = records(poison)
    for partition, messages in by_partition.items():
        await produce(
            cluster,
            ARTICLES_CLEAN.name,
            [(b"k", orjson.dumps(each)) for each in messages],
            partition=partition,
        )
    good = {each["id"] for messages in by_partition.values() for each in messages if not each["do"]}
    pair = workers(python("poison_program.py", kind), 2, cluster, tmp_path, **LIMITS)
    begun = time.monotonic()
    try:
        await supervise(cluster, pair, len(good), len(poison))
    finally:
        ended = await asyncio.gather(*(asyncio.to_thread(each.finish) for each in pair))
    seen = Counter(
        orjson.loads(record.value)["id"] for record in await consume(cluster, ARTICLES_TAGGED.name)
    )
    letters = [
        (orjson.loads(letter.value)["do"], dict(letter.headers))
        for letter in await consume(cluster, ARTICLES_CLEAN.dead_letters)
    ]
    left = [code for each in pair for code in each.left]
    print(f"{kind}, {first} first: exits {left}, {time.monotonic() - begun:.0f} s")
    assert seen == Counter(good)
    assert [do for do, _ in letters] == list(poison)
    assert {do: told["err.message"].decode() for do, told in letters} == poison
    assert {told["err.attempts"] for _, told in letters} == {b"1"}
    assert len(left) <= 3
    assert ended == [0, 0]
    if kind != "process":
        totals = {
            (record.partition, record.key): int(record.value)
            for record in await consume(cluster, FEEDS.name)
        }
        assert sum(totals.values()) == len(good)


async def test_no_notification_stops_the_deliverer(cluster: Cluster, tmp_path: Path) -> None:
    """Notifications that crash, hang or eat memory when rendered become dead letters.

    Every neighbour is posted once, and again, marked, only if a kill left the answer unknown.
    """
    await create_topics(cluster)
    poison = {3: "die", 5: "spin in C", 7: "eat"}
    wanted = [dispatch(number, f"slack:{'ab'[number % 2]}") for number in range(10)]
    wanted = [
        replace(each, alerts=(replace(each.alerts[0], headline=poison.get(n, f"Headline {n}")),))
        for n, each in enumerate(wanted)
    ]
    good = {f"Headline {number}" for number in range(len(wanted)) if number not in poison}
    async with FakeSlack(per_second=50.0) as sink:
        addresses = orjson.dumps({name: sink.url(name) for name in "ab"}).decode()
        (one,) = workers(
            python("deliver_program.py"), 1, cluster, tmp_path, SLACK_WEBHOOKS=addresses, **LIMITS
        )
        await publish(cluster, *wanted)
        deadline = time.monotonic() + WITHIN_S
        try:
            while (
                len(await consume(cluster, DISPATCHES.dead_letters)) < len(poison)
                or good - headlines(sink, marked=None).keys()
            ):
                one.keep_alive()
                assert time.monotonic() < deadline, f"{len(sink.posts)} posts; see {one.log}"
                await asyncio.sleep(0.3)
        finally:
            ended = await asyncio.to_thread(one.finish)
    letters = [
        dict(letter.headers)["err.message"].decode()
        for letter in await consume(cluster, DISPATCHES.dead_letters)
    ]
    print(f"deliver: exits {one.left}")
    assert sorted(letters) == sorted(["ended its process (SIGKILL)", CPU, MEMORY])
    assert headlines(sink, marked=None).keys() == good
    assert max(headlines(sink, marked=False).values()) == 1
    assert headlines(sink, marked=True).total() <= len(one.left)
    assert len(one.left) <= 3
    assert ended == 0


async def test_nothing_stored_stops_the_deliverer(cluster: Cluster, tmp_path: Path) -> None:
    """A dispatch that waits in the state and kills its process becomes a dead letter.

    The first deliverer ends in order, so that only what is stored can show what killed the second.
    """
    await create_topics(cluster)
    hold = GroupTiming(wait_s=600)
    stored = [
        replace(each, severity=Severity.LOW, alerts=(replace(alert, headline=text, group=hold),))
        for number, text in enumerate(("Headline 0", "die", "Headline 2"))
        for each in (dispatch(number, "slack:a"),)
        for alert in each.alerts
    ]
    async with FakeSlack(per_second=50.0) as sink:
        settings = {"SLACK_WEBHOOKS": orjson.dumps({"a": sink.url("a")}).decode(), **LIMITS}
        one, two = workers(python("deliver_program.py"), 2, cluster, tmp_path, **settings)
        await publish(cluster, *stored)
        one.keep_alive()
        await until(lambda: count_waiting(cluster, 3), "all are stored")
        assert await asyncio.to_thread(one.finish) == 0
        try:
            await until(lambda: is_settled(two, cluster, sink), "all have ended", WITHIN_S)
        finally:
            ended = await asyncio.to_thread(two.finish)
    (letter,) = await consume(cluster, DISPATCHES.dead_letters)
    assert dict(letter.headers)["err.message"] == b"ended its process (SIGKILL)"
    assert headlines(sink, marked=False) == Counter({"Headline 0": 1, "Headline 2": 1})
    assert (two.left[:1], ended) == ([-9], 0)


async def count_waiting(cluster: Cluster, number: int) -> bool:
    """Return whether so many dispatches wait in the state."""
    records = await consume(cluster, DELIVERIES.name)
    waiting = {record.key: record.value for record in records if record.key.startswith(WAITING)}
    return sum(value is not None for value in waiting.values()) == number


async def is_settled(worker: Worker, cluster: Cluster, sink: FakeSlack) -> bool:
    """Keep a worker running; return whether two are posted and one is a dead letter."""
    worker.keep_alive()
    letters = await consume(cluster, DISPATCHES.dead_letters)
    return bool(letters) and len(headlines(sink, marked=None)) == 2


def headlines(sink: FakeSlack, *, marked: bool | None) -> Counter[str]:
    """Count how often each headline was posted: with the mark, without it, or (None) both."""
    posts = [
        post.text
        for post in sink.posts
        if marked is None or ("possible repeat" in post.text) == marked
    ]
    return Counter(found[0] for text in posts if (found := re.search(r"Headline \d+", text)))


async def supervise(cluster: Cluster, pair: list[Worker], good: int, dead: int) -> None:
    """Keep the workers running until everything has come out."""
    deadline = time.monotonic() + WITHIN_S
    while True:
        for each in pair:
            each.keep_alive()
        done = (
            len(await consume(cluster, ARTICLES_TAGGED.name)),
            len(await consume(cluster, ARTICLES_CLEAN.dead_letters)),
        )
        if done[0] >= good and done[1] >= dead:
            return
        assert time.monotonic() < deadline, (
            f"{done[0]} of {good} good ones, {done[1]} of {dead} dead letters; see {pair[0].log}"
        )
        await asyncio.sleep(0.3)


async def test_a_busy_machine_stops_no_honest_record() -> None:
    """Records within their CPU limit are processed, however long that takes on the clock.

    This holds in the process, in a child for careful processing, and in the pool.
    """
    limits = RecordLimits(cpu_s=0.7, memory_mb=100)
    pool = ProcessPool(
        workers=1, time_limit_s=limits.cpu_s, memory_limit_mb=400, preload="tests.hostile_work"
    )
    await pool.start()
    try:
        with busy_machine():
            honest = InProcessWork(act, limits)
            endings = await honest.run([b"work"], StateStore()) + await honest.run_carefully(
                [b"work"], StateStore()
            )
            await pool.call(act, b"work")
    finally:
        await pool.stop()
    assert [type(end) for end in endings] == [Processed, Processed]


@contextmanager
def busy_machine() -> Iterator[None]:
    """Run eight processes that use all the CPU time they can get."""
    spinning = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(8)]
    try:
        yield
    finally:
        for each in spinning:
            each.kill()
            each.wait()
