"""A replay is killed again and again: each article is on the topic once."""

import asyncio
import os
import random
import signal
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NoReturn

import orjson
import pytest

from services.console.replay.pace import Pace
from services.console.replay.position import ChangedInput
from services.console.replay.replayer import Replay
from services.console.replay.sources import from_files
from shared.kafka import topic_admin
from shared.kafka.cluster import Cluster
from shared.kafka.topics import ARTICLES_RAW
from shared.messages.codec import decode
from shared.messages.schemas import RawArticle
from tests.faults.harness import is_long
from tests.kafka_tools import consume

ARTICLES, KILLS = (4_000, 50) if is_long() else (300, 3)
GAP_S = 0.02
"""Between two articles at the pace of the test: most transactions are of one article."""
DEADLINE_S = 120.0
START = datetime(2018, 9, 11, tzinfo=UTC)


def write_lines(path: Path, count: int, text: str = "Report") -> Path:
    lines = (
        orjson.dumps(
            {
                "id": number,
                "body": f"{text} {number}",
                "source": f"wire-{number % 7}",
                "published": (START + timedelta(seconds=number)).isoformat(),
            }
        )
        for number in range(count)
    )
    path.write_bytes(b"\n".join(lines))
    return path


def replay(cluster: Cluster, file: Path, gap_s: float | None = None) -> Replay:
    return Replay(cluster, from_files([file]), Pace(gap_s and 1 / gap_s))


def fork(job: Replay) -> int:
    """Run the replay in a child process, and return its process id."""
    child = os.fork()
    if child == 0:
        _run_in_child(job)
    return child


def _run_in_child(job: Replay) -> NoReturn:
    try:
        asyncio.run(job.run())
        os._exit(0)
    finally:
        os._exit(1)


def exit_code(child: int) -> int | None:
    """Return the child's exit code, None while it runs."""
    pid, status = os.waitpid(child, os.WNOHANG)
    return os.waitstatus_to_exitcode(status) if pid else None


def kill(child: int) -> None:
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)


async def uris(cluster: Cluster) -> Counter[str]:
    records = await consume(cluster, ARTICLES_RAW.name)
    return Counter(decode(record.value, RawArticle).uri for record in records)


async def wait_for(articles: int, cluster: Cluster, child: int) -> bool:
    """Wait until so many articles are on the topic; False if the child ends before."""
    async with asyncio.timeout(DEADLINE_S):
        while (await uris(cluster)).total() < articles:
            if (code := exit_code(child)) is not None:
                assert code == 0
                return False
            await asyncio.sleep(0.01)
    return True


async def test_a_killed_replay_loses_nothing_and_repeats_nothing(
    cluster: Cluster, tmp_path: Path
) -> None:
    """Killed at any moment and started again, until one is left to end."""
    await topic_admin.create(cluster, partitions=3)
    file = write_lines(tmp_path / "dump.jsonl", ARTICLES)
    chance, kills = random.Random(7), 0
    while kills < KILLS:
        child = fork(replay(cluster, file, GAP_S))
        target = (kills + 1) * ARTICLES // (KILLS * 4)
        if not await wait_for(target, cluster, child):
            break
        await asyncio.sleep(chance.random() * GAP_S)
        kill(child)
        kills += 1
    before = (await uris(cluster)).total()
    last = replay(cluster, file)
    sent = await last.run()
    assert kills, "nothing was killed, so this shows nothing"
    assert await uris(cluster) == Counter(
        f"urn:summitwire:seed:wire-{number % 7}/{number}" for number in range(ARTICLES)
    )
    assert (last.resumed_at, sent) == (before, ARTICLES - before)
    assert await replay(cluster, file).run() == ARTICLES, "a finished replay begins anew"


async def test_a_changed_input_is_noticed(cluster: Cluster, tmp_path: Path) -> None:
    """Whether an article that was sent is another now, or is missing; what was added is sent."""
    await topic_admin.create(cluster, partitions=3)
    file = write_lines(tmp_path / "dump.jsonl", 100)
    child = fork(replay(cluster, file, 0.1))
    await wait_for(3, cluster, child)
    kill(child)
    sent = (await uris(cluster)).total()
    write_lines(file, 100, "Another report")
    with pytest.raises(ChangedInput, match=f"its first {sent} articles are others now"):
        await replay(cluster, file).run()
    write_lines(file, 1)
    with pytest.raises(ChangedInput, match="it has only 1 article now"):
        await replay(cluster, file).run()
    write_lines(file, 120)
    assert await replay(cluster, file).run() == 120 - sent
    assert (await uris(cluster)).total() == 120
