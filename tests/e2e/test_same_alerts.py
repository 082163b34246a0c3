"""The set of alerts depends only on articles and rules, not on partitions, crashes or replays."""

import asyncio
from pathlib import Path
from uuid import uuid4

from services.console.local.supervisor import ProgramSpec
from services.console.replay.pace import Pace
from services.console.replay.replayer import Replay
from services.console.replay.sources import from_files
from services.console.replay.verify import VERIFY_STAGES, alerts_sha256
from services.console.topics.idle import wait_until_idle
from services.console.topics.topic_reader import iter_retained
from shared.base.settings import KafkaSettings
from shared.kafka import topic_admin
from shared.kafka.cluster import Cluster
from shared.kafka.topics import ALERTS
from tests.e2e.system import System, running, write_articles
from tests.kafka_tools import delete_all

PROGRAMS = (
    ProgramSpec("cleaner", ["run", "cleaner"]),
    ProgramSpec("tagger", ["run", "tagger"]),
    ProgramSpec("alerting", ["run", "alerting", "--only", "match"]),
)
ARTICLES = 120
DEADLINE_S = 120.0


Alerts = tuple[str, int, int]
"""The SHA-256 of a set of alerts, its size, and how many records the topic holds."""


async def replayed(
    kafka: str, folder: Path, partitions: int, *, kill: bool = False, times: int = 1
) -> list[Alerts]:
    """Replay the folder ``times`` times into a new system; return the alerts after each time."""
    cluster = Cluster(
        KafkaSettings(kafka_bootstrap=kafka, kafka_topic_prefix=f"same{uuid4().hex[:8]}.")
    )
    await topic_admin.create(cluster, partitions=partitions)
    results: list[Alerts] = []
    async with running(cluster, PROGRAMS) as system:
        await system.ready()
        for _ in range(times):
            await replay(cluster, folder, system if kill else None)
            assert await wait_until_idle(cluster, deadline_s=DEADLINE_S, stages=VERIFY_STAGES), (
                system.lines[-20:]
            )
            records = [record.value async for record in iter_retained(cluster, ALERTS.name)]
            results.append((await alerts_sha256(cluster), len(set(records)), len(records)))
    await delete_all(cluster)
    return results


async def replay(cluster: Cluster, folder: Path, victim: System | None) -> None:
    killing = asyncio.create_task(kill_in_turn(cluster, victim)) if victim else None
    await Replay(cluster, from_files([folder]), Pace()).run()
    if killing:
        await killing


async def kill_in_turn(cluster: Cluster, system: System) -> None:
    """Kill each service once, as soon as the next one has received records."""
    for name in ("cleaner", "tagger", "alerting"):
        async with asyncio.timeout(DEADLINE_S):
            while not [record async for record in iter_retained(cluster, "articles.clean.v1")]:
                await asyncio.sleep(0.05)
        system.kill(name)


async def test_the_set_of_alerts_is_always_the_same(kafka: str, tmp_path: Path) -> None:
    """One partition, eight, eight with each service killed, and a second replay: one SHA-256."""
    folder = write_articles(tmp_path / "articles", ARTICLES)
    (alone,) = await replayed(kafka, folder, 1)
    eight, twice = await replayed(kafka, folder, 8, times=2)
    (killed,) = await replayed(kafka, folder, 8, kill=True)
    assert alone[1] >= ARTICLES // 2, "the articles must raise alerts, or this shows nothing"
    assert len({alone[0], eight[0], killed[0], twice[0]}) == 1
    assert killed[1] == killed[2], "a crash doubled an alert"
    assert twice[2] == 2 * twice[1], "a replay raises every alert once more, with the same id"
