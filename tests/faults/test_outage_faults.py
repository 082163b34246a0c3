"""The broker is down or frozen: services say so, recover by themselves, and lose nothing."""

import asyncio
import re
import signal
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import aiohttp
import pytest

from services.console.fake_slack.server import FakeSlack
from shared.base.ports import NAMES
from shared.kafka import topic_admin
from shared.kafka.cluster import Cluster
from shared.kafka.topics import ARTICLES_CLEAN
from tests.faults.chaos.fleet import Member, fleet, supervised
from tests.faults.feeding import ExactFeeder
from tests.faults.harness import Faults, Worker, is_long, kept_alive, ordeal, plan, python, workers
from tests.faults.numbered import any_copied, copied, number_of, records
from tests.faults.worker_program import POLL_INTERVAL
from tests.kafka_tools import FaultyBroker, cluster_at
from tests.stage_tools import eventually

PARTITIONS = 3
SHORT_INTERVAL_S = 6.0
"""aiokafka's own is 300 s: a member that has not polled for so long may not rejoin."""
OUTAGES = [(SHORT_INTERVAL_S, 10.0)] + ([(None, 360.0)] if is_long() else [])
"""The interval, the product's own where it is None, and how long the broker is away."""
BACK_WITHIN_S = 60.0
RED_WITHIN_S = 30.0
FROZEN_S = 75.0 if is_long() else 20.0
SERVICES = NAMES if is_long() else ("fetcher", "alerting", "board")


def own_topics(broker: FaultyBroker) -> Cluster:
    return cluster_at(broker.bootstrap, f"t{uuid4().hex[:8]}.")


async def partitions_of(session: aiohttp.ClientSession, worker: Worker) -> int:
    """Return how many partitions a worker says it owns; -1 if it does not answer."""
    try:
        async with session.get(f"{worker.url}/metrics") as answer:
            found = re.search(
                r'^summitwire_stage_partitions{stage="faults"} (\S+)$',
                await answer.text(),
                re.MULTILINE,
            )
    except aiohttp.ClientError:
        return -1
    return int(float(found[1])) if found else 0


def owns(
    session: aiohttp.ClientSession, worker: Worker, some: bool
) -> Callable[[], Awaitable[bool]]:
    async def holds() -> bool:
        count = await partitions_of(session, worker)
        return count > 0 if some else count == 0

    return holds


@asynccontextmanager
async def held_rebalance(survivor: Worker, others: list[Worker]) -> AsyncIterator[None]:
    """Hold ``survivor`` in a rebalance: one member is frozen, and a new one wants to join.

    There must be load all the time. If a member is idle when a rebalance begins, its fetch is
    cancelled, and aiokafka then believes that it is still fetching (fetch_context never counts a
    cancelled fetch as finished), so it never treats that member as idle again.
    """
    frozen, joining = others
    async with aiohttp.ClientSession() as session:
        for worker in (survivor, frozen):
            worker.keep_alive()
            await eventually(
                owns(session, worker, some=True),
                f"{worker.log.stem} owns partitions",
                deadline_s=60,
            )
        frozen.send(signal.SIGSTOP)
        joining.keep_alive()
        await eventually(
            owns(session, survivor, some=False), "the survivor has let go", deadline_s=60
        )
        yield
        for worker in others:
            worker.kill()


@pytest.mark.parametrize(("interval_s", "away_s"), OUTAGES)
async def test_an_outage_in_the_middle_of_a_rebalance(
    faulty_broker: FaultyBroker, tmp_path: Path, interval_s: float | None, away_s: float
) -> None:
    """A member that was waiting in a rebalance works within a minute of the broker's return."""
    cluster, count = own_topics(faulty_broker), 2_500
    await topic_admin.create(cluster, partitions=PARTITIONS)
    environment = {POLL_INTERVAL: str(interval_s)} if interval_s else {}
    survivor, *others = workers(
        python("worker_program.py", "copy"), 3, cluster, tmp_path, **environment
    )
    feeder = ExactFeeder(cluster, ARTICLES_CLEAN.name, number_of)
    await feeder.write(dict(enumerate(records(count))))
    try:
        async with held_rebalance(survivor, others):
            faulty_broker.kill()
        async with kept_alive([survivor]):
            await asyncio.sleep(away_s)
            await asyncio.to_thread(faulty_broker.start)
            back = asyncio.get_running_loop().time()
            before = await copied(cluster)

            async def more(than: int) -> bool:
                return len(await copied(cluster)) > than

            await eventually(
                lambda: more(len(before)),
                lambda: f"a record; the log ends {tail(survivor)}",
                deadline_s=BACK_WITHIN_S,
            )
            took_s = asyncio.get_running_loop().time() - back
            await eventually(lambda: more(count - 1), "all of them", deadline_s=90)
    finally:
        ended = await asyncio.to_thread(survivor.finish)
        for worker in others:
            worker.kill()
        await feeder.stop()
    print(f"outage in a rebalance: first record after {took_s:.1f} s, restarts {survivor.left}")
    assert await copied(cluster) == Counter(range(count))
    assert set(survivor.left) <= {75}
    assert ended == 0


def tail(worker: Worker) -> str:
    """Return the last lines of a worker's log."""
    return worker.log.read_text("utf-8")[-800:]


async def test_readiness_while_the_broker_is_away(
    faulty_broker: FaultyBroker, tmp_path: Path
) -> None:
    """No service is ready 30 s after the broker went down; each says since when, and recovers."""
    cluster = own_topics(faulty_broker)
    await topic_admin.create(cluster, partitions=PARTITIONS)
    async with FakeSlack() as sink, aiohttp.ClientSession() as session:
        services = fleet(cluster, tmp_path, 1, sink=sink, services=SERVICES)

        async def ordeal() -> None:
            await services.ready(services.members)
            faulty_broker.kill()
            killed_at = datetime.now(UTC)
            try:
                await eventually(
                    all_red, lambda: f"none is ready: {green}", deadline_s=RED_WITHIN_S
                )
                bodies = [(await readiness(session, member))[1] for member in services.members]
            finally:
                await asyncio.to_thread(faulty_broker.start)
            for name, body in zip(SERVICES, bodies, strict=True):
                assert body is not None, f"{name} does not answer"
                since = {
                    each["what"]: datetime.fromisoformat(each["since"])
                    for each in body["obstacles"]
                }
                assert "broker" in since, body
                assert abs((since["broker"] - killed_at).total_seconds()) <= RED_WITHIN_S, body
            await services.ready(services.members, 90)

        green: list[str] = []

        async def all_red() -> bool:
            green[:] = [
                each.name for each in services.members if (await readiness(session, each))[0] == 200
            ]
            return not green

        try:
            await supervised(services, ordeal)
            await services.stop()
        finally:
            services.kill_left()
    assert services.troubles == [], "SIGTERM ends each of them with 0"


async def readiness(session: aiohttp.ClientSession, member: Member) -> tuple[int | None, Any]:
    """Return status and body of a member's /readyz, or None for both if it does not answer."""
    try:
        async with session.get(
            f"{member.worker.url}/readyz", timeout=aiohttp.ClientTimeout(total=2)
        ) as answer:
            return answer.status, await answer.json()
    except (aiohttp.ClientError, TimeoutError):
        return None, None


async def test_a_broker_that_stands_still(faulty_broker: FaultyBroker, tmp_path: Path) -> None:
    """The broker is frozen under load for longer than sessions and transactions last."""
    cluster = own_topics(faulty_broker)
    chosen = replace(plan(), records=2_000 if is_long() else 500, partitions=PARTITIONS)
    await topic_admin.create(cluster, partitions=chosen.partitions)
    feeder = ExactFeeder(cluster, ARTICLES_CLEAN.name, number_of)

    async def freeze() -> Faults:
        await eventually(lambda: any_copied(cluster), "there is load", deadline_s=60)
        faulty_broker.freeze()
        await asyncio.sleep(FROZEN_S)
        faulty_broker.thaw()
        return Faults(broker_frozen=1)

    pair = workers(python("worker_program.py", "copy"), 2, cluster, tmp_path)
    outcome = await ordeal(
        pair,
        chosen,
        feed=lambda: feeder.write_evenly(records(chosen.records), 10),
        expected=range(chosen.records),
        seen=lambda: copied(cluster),
        inflict=freeze,
    )
    await feeder.stop()
    print(f"broker frozen for {FROZEN_S:g} s: {outcome}")
    assert (outcome.lost, outcome.duplicated) == ([], []), outcome
    logs = "\n".join(tail(worker) for worker in pair)
    assert set(outcome.left) <= {75}, f"{outcome}\n{logs}"
    assert outcome.ended == [0, 0], f"{outcome.ended}\n{logs}"
