"""Workers that deliver are killed and frozen: all messages arrive, and repeats are marked."""

import asyncio
import json
import re
import signal
from collections import Counter
from collections.abc import Awaitable, Callable, Hashable, Sequence
from pathlib import Path

import pytest

from services.console.fake_slack.faults import Fault
from services.console.fake_slack.server import FakeSlack
from shared.kafka.cluster import SESSION_TIMEOUT_MS, Cluster
from tests.delivery_tools import (
    create_topics,
    dispatch,
    ledger,
    posts_about,
    publish,
    states,
    until,
)
from tests.faults.harness import LONG_RUN, Worker, is_long, python, workers
from tests.kafka_tools import FaultyBroker, cluster_at

PARTITIONS = 3
DESTINATIONS = tuple("abcdef")
SINK_PACE = 50.0
"""Killed workers forget their pace; what 429 does is tested elsewhere."""
SHORT, LONG = 2, 10
BROKER_FAULTS = 2
FROZEN_S = SESSION_TIMEOUT_MS / 1000 + 2
SLOW = Fault(do="slow", seconds=0.5, accept=True)
"""Each message is accepted at once but answered late, so that faults hit posts in between."""


def deliverers(number: int, cluster: Cluster, folder: Path, sink: FakeSlack) -> list[Worker]:
    addresses = json.dumps({name: sink.url(name) for name in DESTINATIONS})
    return workers(python("deliver_program.py"), number, cluster, folder, SLACK_WEBHOOKS=addresses)


async def test_killed_between_post_and_ledger(cluster: Cluster, tmp_path: Path) -> None:
    """Killed after Slack accepted the message but before the ledger knew: one marked repeat."""
    await create_topics(cluster)
    faults = [Fault(do="hang", at=1, seconds=30, accept=True)]
    async with FakeSlack(faults=faults, per_second=SINK_PACE) as sink:
        (worker,) = deliverers(1, cluster, tmp_path, sink)
        worker.keep_alive()
        try:
            await publish(cluster, dispatch(1, "slack:a"))
            await until(lambda: len(sink.posts) == 1, "the first post")
            assert worker.kill()
            worker.keep_alive()
            await until(lambda: len(sink.posts) == 2, "the repeat")
            await until(lambda: delivered(cluster, 1), "the ledger knows")
            assert worker.kill()
            worker.keep_alive()
            await publish(cluster, dispatch(2, "slack:a"))
            await until(lambda: len(posts_about(sink, 2)) == 1, "the next one")
        finally:
            code = await asyncio.to_thread(worker.finish)
    assert ["possible repeat" in post.text for post in sink.posts] == [False, True, False]
    (entry,) = [each for each in (await ledger(cluster)).values() if each.in_doubt]
    assert (entry.attempts, entry.in_doubt) == (2, 1)
    assert code == 0


async def test_everything_arrives_whatever_happens_to_the_workers(
    cluster: Cluster, tmp_path: Path
) -> None:
    """Workers die and freeze during posts: all delivered, none twice without a mark.

    The number of marked messages is at most that of the faults times the posts under way.
    """
    rounds = LONG if is_long() else SHORT
    await create_topics(cluster, PARTITIONS)
    wanted = [
        dispatch(number, f"slack:{DESTINATIONS[number % len(DESTINATIONS)]}")
        for number in range(8 * (rounds + 1) * len(DESTINATIONS))
    ]
    async with FakeSlack(faults=[SLOW], per_second=SINK_PACE) as sink:
        pair = deliverers(2, cluster, tmp_path, sink)
        try:
            pair[0].keep_alive()
            await publish(cluster, *wanted, partitions=PARTITIONS)
            for turn in range(rounds):
                await progress(sink, 3, pair[: turn + 1])
                await torment(pair[turn // 2 % 2], freeze=turn % 2 == 1)
            await until(
                lambda: alive_and(pair, lambda: delivered(cluster, len(wanted))),
                "all delivered",
                240,
            )
        finally:
            ended = await asyncio.gather(*(asyncio.to_thread(worker.finish) for worker in pair))
    posted = f"{len(sink.posts)} posts of {len(wanted)}, {marked(sink).total()} of them marked"
    print(f"deliver: {rounds} faults; {posted}")
    assert max(unmarked(sink).values()) == 1
    assert set(unmarked(sink) + marked(sink)) == set(range(len(wanted)))
    assert 0 < marked(sink).total() <= rounds * len(DESTINATIONS)
    assert {code for worker in pair for code in worker.left} <= {-9, 75}
    assert ended == [0, 0]


@LONG_RUN
@pytest.mark.parametrize("is_frozen", [False, True], ids=["killed", "frozen"])
async def test_the_broker_fails_during_posts(
    faulty_broker: FaultyBroker, tmp_path: Path, is_frozen: bool
) -> None:
    """It is killed and restarted, or frozen for longer than a session: none lost, repeats marked."""
    cluster = cluster_at(faulty_broker.bootstrap)
    await create_topics(cluster, PARTITIONS)
    sent = [
        dispatch(number, f"slack:{DESTINATIONS[number % len(DESTINATIONS)]}")
        for number in range(16 * len(DESTINATIONS))
    ]
    async with FakeSlack(faults=[SLOW], per_second=SINK_PACE) as sink:
        pair = deliverers(2, cluster, tmp_path, sink)
        try:
            await publish(cluster, *sent, partitions=PARTITIONS)
            for _ in range(BROKER_FAULTS):
                await progress(sink, 8, pair)
                await fail(faulty_broker, is_frozen=is_frozen)
            await until(
                lambda: alive_and(pair, lambda: delivered(cluster, len(sent))), "all of them", 240
            )
        finally:
            ended = await asyncio.gather(*(asyncio.to_thread(worker.finish) for worker in pair))
    posted = f"{len(sink.posts)} posts of {len(sent)}, {marked(sink).total()} of them marked"
    print(f"broker {'frozen' if is_frozen else 'killed'} {BROKER_FAULTS} times: {posted}")
    assert max(unmarked(sink).values()) == 1
    assert set(unmarked(sink) + marked(sink)) == set(range(len(sent)))
    assert marked(sink).total() <= BROKER_FAULTS * len(DESTINATIONS)
    assert {code for worker in pair for code in worker.left} <= {75}
    assert ended == [0, 0]


async def fail(broker: FaultyBroker, *, is_frozen: bool) -> None:
    """Kill the broker and start it again, or freeze it for longer than a session lasts."""
    if is_frozen:
        broker.freeze()
        await asyncio.sleep(FROZEN_S)
        broker.thaw()
    else:
        broker.kill()
        await asyncio.sleep(1)
        await asyncio.to_thread(broker.start)


async def progress(sink: FakeSlack, count: int, pair: Sequence[Worker]) -> None:
    """Wait until ``count`` more messages were accepted; the last one is not yet answered then."""
    enough = len(sink.posts) + count
    await until(lambda: alive_and(pair, lambda: len(sink.posts) >= enough), "more posts", 120)


async def torment(victim: Worker, *, freeze: bool) -> None:
    """Send SIGKILL, or freeze the worker for longer than its group's session timeout."""
    if not freeze:
        assert victim.kill()
        return
    victim.send(signal.SIGSTOP)
    await asyncio.sleep(FROZEN_S)
    victim.send(signal.SIGCONT)


async def alive_and(
    pair: Sequence[Worker], condition: Callable[[], Awaitable[bool] | bool]
) -> bool:
    for worker in pair:
        worker.keep_alive()
    found = condition()
    return await found if isinstance(found, Awaitable) else found


def number(text: str) -> int:
    """Return which notification a message is about."""
    found = re.search(r"Headline (\d+) ", text)
    assert found
    return int(found[1])


def unmarked(sink: FakeSlack) -> Counter[Hashable]:
    return Counter(number(post.text) for post in sink.posts if "possible repeat" not in post.text)


def marked(sink: FakeSlack) -> Counter[Hashable]:
    return Counter(number(post.text) for post in sink.posts if "possible repeat" in post.text)


async def delivered(cluster: Cluster, count: int) -> bool:
    return (await states(cluster))["delivered"] == count
