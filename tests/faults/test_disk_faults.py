"""Disks run full and are freed again, the broker's and the services': nothing is lost."""

import asyncio
from dataclasses import replace
from pathlib import Path

from services.console.fake_slack.server import FakeSlack
from shared.kafka import topic_admin
from shared.kafka.cluster import Cluster
from shared.kafka.topics import ARTICLES_CLEAN, ARTICLES_RAW
from shared.messages.codec import encode
from tests.faults.chaos import material, summary
from tests.faults.chaos.fleet import Fleet, fleet, supervised
from tests.faults.feeding import ExactFeeder
from tests.faults.harness import Faults, is_long, ordeal, plan, python, workers
from tests.faults.numbered import any_copied, copied, number_of, records
from tests.faults.small_disk import SmallDisk, small_disk
from tests.kafka_tools import BREAKS_A_BROKER, FaultyBroker, Pair, cluster_at
from tests.stage_tools import eventually

PARTITIONS = 3
BROKER_MB, SERVICES_MB = 400, 16


async def fill_and_free(disk: SmallDisk, broker: FaultyBroker) -> Faults:
    """Fill the disk until the broker exits, free it, and restart the broker."""
    process = broker.broker.child if broker.broker else None
    assert process is not None
    disk.fill()
    await eventually(
        lambda: process.poll() is not None, "a broker whose disk is full ends", deadline_s=60
    )
    disk.free()
    await asyncio.to_thread(broker.start)
    return Faults(disk_filled=1)


@BREAKS_A_BROKER
async def test_the_brokers_disk_is_full_and_freed(tmp_path: Path) -> None:
    """Under load: records written before and after come out, each once."""
    with small_disk(BROKER_MB) as disk:
        broker = FaultyBroker(disk.folder / "kafka")
        try:
            await asyncio.to_thread(broker.start)
            await fill_under_load(disk, broker, tmp_path)
        finally:
            broker.stop()


async def fill_under_load(disk: SmallDisk, broker: FaultyBroker, folder: Path) -> None:
    cluster = cluster_at(broker.bootstrap)
    chosen = replace(plan(), records=2_000 if is_long() else 500, partitions=PARTITIONS)
    await topic_admin.create(cluster, partitions=PARTITIONS)
    feeder = ExactFeeder(cluster, ARTICLES_CLEAN.name, number_of)

    async def inflict() -> Faults:
        await eventually(lambda: any_copied(cluster), "there is load", deadline_s=60)
        return await fill_and_free(disk, broker)

    outcome = await ordeal(
        workers(python("worker_program.py", "copy"), 2, cluster, folder),
        chosen,
        feed=lambda: feeder.write_evenly(records(chosen.records), 10),
        expected=range(chosen.records),
        seen=lambda: copied(cluster),
        inflict=inflict,
    )
    await feeder.stop()
    print(f"the broker's disk full: {outcome}")
    assert (outcome.lost, outcome.duplicated) == ([], []), outcome
    assert set(outcome.left) <= {75}, outcome
    assert outcome.ended == [0, 0]


def articles(first: int, last: int) -> dict[int, Pair]:
    """Return numbered articles, ready to be written."""
    made = {number: material.article(number) for number in range(first, last)}
    return {number: (each.source.encode(), encode(each)) for number, each in made.items()}


async def test_the_services_disk_is_full_and_freed(cluster: Cluster, tmp_path: Path) -> None:
    """Working folders, temporary folders and logs are on a full disk: nothing is lost or doubled.

    Services that run go on, and killed ones start again although nothing can be written.
    """
    await topic_admin.create(cluster, partitions=PARTITIONS)
    with small_disk(SERVICES_MB) as disk:
        async with FakeSlack(per_second=50) as sink:
            services = fleet(
                cluster, tmp_path, 1, sink=sink, services=("cleaner", "tagger", "alerting")
            )
            move_to(disk.folder, services)
            try:
                await supervised(services, lambda: fill_meanwhile(cluster, services, disk, sink))
                await services.stop()
            finally:
                services.kill_left()
            left = {member.name: member.worker.left for member in services.members}
            print(f"the services' disk full: ended with {left}")
            found = await summary.counted(
                cluster, set(range(120)), [post.text for post in sink.posts]
            )
    assert found.is_exact, found
    assert found.dead_letters == {}
    assert services.troubles == []
    assert {code for codes in left.values() for code in codes} <= {-9, 70, 75}


def move_to(folder: Path, services: Fleet) -> None:
    """Put the working folder, temporary folder and log of every service there."""
    (folder / "var").mkdir()
    for member in services.members:
        worker = member.worker
        worker.folder, worker.log = folder, folder / worker.log.name
        worker.environment = {**worker.environment, "TMPDIR": str(folder), "LOG_LEVEL": "info"}


async def fill_meanwhile(
    cluster: Cluster, services: Fleet, disk: SmallDisk, sink: FakeSlack
) -> None:
    """Write articles before, while and after the disk is full, and kill the services meanwhile."""
    feeder = ExactFeeder(cluster, ARTICLES_RAW.name, material.number_of_record)
    await services.ready(services.members)
    await feeder.write(articles(0, 30))
    disk.fill()
    await feeder.write(articles(30, 60))
    await wait_for_posts(sink, 60, "while it is full")
    services.kill_all()
    await feeder.write(articles(60, 90))
    await wait_for_posts(sink, 90, "of services that started while it was full")
    disk.free()
    await feeder.write(articles(90, 120))
    await wait_for_posts(sink, 120, "afterwards")
    await feeder.stop()


async def wait_for_posts(sink: FakeSlack, count: int, when: str) -> None:
    """Wait until there is a post about each of the first ``count`` articles."""
    await eventually(
        lambda: set(range(count)) <= posted(sink),
        lambda: f"posts {when}: {sorted(posted(sink))}",
        deadline_s=180,
    )


def posted(sink: FakeSlack) -> set[int]:
    """Return the numbers of the articles that messages were posted about."""
    return {material.number_of(post.text) for post in sink.posts}
