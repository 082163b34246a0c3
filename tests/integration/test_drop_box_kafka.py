"""The drop box on a real Kafka: killed between any two steps, each file is published once."""

import asyncio
import json
import signal
import sys
import time
from collections import Counter
from pathlib import Path

from shared.kafka import topic_admin
from shared.kafka.cluster import Cluster
from shared.kafka.topics import ARTICLES_RAW
from shared.messages import codec
from shared.messages.schemas import RawArticle
from tests.kafka_tools import consume

ROOT = Path(__file__).parents[2]
DEADLINE_S = 60.0


def drop(folder: Path, name: str, number: int) -> None:
    item = {
        "uri": f"urn:wire:{number}",
        "headline": f"Item {number}",
        "body_text": "The two delegations will meet again on Thursday, officials said.",
    }
    hidden = folder / f".{name}"
    hidden.write_text(json.dumps(item))
    hidden.rename(folder / name)


async def start(
    cluster: Cluster, folder: Path, group: str, point: str
) -> asyncio.subprocess.Process:
    """Start the program; its group is new, so that it need not wait for a dead member to expire."""
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.integration.drop_box_program"),
        *(
            cluster.settings.kafka_bootstrap,
            cluster.settings.kafka_topic_prefix,
            group,
            str(folder),
            point,
        ),
        cwd=ROOT,
    )


async def test_killed_between_any_two_steps_each_file_is_published_once(
    cluster: Cluster, tmp_path: Path
) -> None:
    """Killed with claimed files, then after the transaction; the third run only has to tidy up."""
    await topic_admin.create(cluster, partitions=1)
    wire = tmp_path / "wire"
    wire.mkdir()
    for number in range(3):
        drop(wire, f"{number}.json", number)
    killed = await start(cluster, tmp_path, "one", "claimed")
    assert await killed.wait() == -signal.SIGKILL
    drop(wire, "3.json", 3)
    drop(wire, "0.json", 4)
    killed = await start(cluster, tmp_path, "two", "committed")
    assert await killed.wait() == -signal.SIGKILL
    assert not (wire / "done").exists()
    drop(wire, "5.json", 5)
    last = await start(cluster, tmp_path, "three", "never")
    deadline = time.monotonic() + DEADLINE_S
    while len(list((wire / "done").glob("*.json"))) < 6:
        assert time.monotonic() < deadline, sorted(wire.rglob("*"))
        assert last.returncode is None
        await asyncio.sleep(0.05)
    last.terminate()
    assert await last.wait() == 0
    records = await consume(cluster, ARTICLES_RAW.name)
    articles = [codec.decode(record.value, RawArticle) for record in records]
    assert Counter(article.uri for article in articles) == {f"urn:wire:{n}": 1 for n in range(6)}
    assert list((wire / ".work").rglob("*.json")) == []
    assert not (wire / "failed").exists()
