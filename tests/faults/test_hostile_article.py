"""The largest possible article consists of names only; honest articles around it are processed."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from services.console.local.supervisor import ProgramSpec
from shared.kafka import topic_admin
from shared.kafka.cluster import Cluster
from shared.kafka.topics import ARTICLES_CLEAN, ARTICLES_RAW, ARTICLES_TAGGED
from shared.messages.codec import encode
from shared.messages.schemas import RawArticle
from tests.builders import build_raw_article
from tests.e2e.system import running
from tests.faults.harness import SHORT
from tests.faults.test_pipeline_faults import RULES, STAGES, article, expected, seen
from tests.kafka_tools import consume, produce
from tests.stage_tools import eventually

NAMES = "Kim Jong Un Donald Trump Mike Pompeo Moon Jae-in Kim Yong-chol "
LINE_BYTES = 600_000
HONEST = 60
DEADLINE_S = 120.0


def line_of_names() -> RawArticle:
    """Return an article with one line of 600 KB."""
    text = NAMES * (LINE_BYTES // len(NAMES))
    at = datetime(2018, 9, 11, 8, tzinfo=UTC)
    return build_raw_article(
        text, source="wire-1", uri="urn:test:names", fetched_at=at, origin="seed", published_at=at
    )


async def dead_letters(cluster: Cluster) -> list[Any]:
    """Return every dead letter of the pipeline."""
    return [
        letter
        for topic in (ARTICLES_RAW, ARTICLES_CLEAN, ARTICLES_TAGGED)
        for letter in await consume(cluster, topic.dead_letters)
    ]


async def test_a_line_of_names_stops_nobody(cluster: Cluster, tmp_path: Path) -> None:
    """Its neighbours come out once, it becomes one dead letter with its cause, no process exits."""
    (tmp_path / "rules.yaml").write_text(RULES, "utf-8")
    await topic_admin.create(cluster, partitions=1)
    raw = [
        *map(article, range(HONEST // 2)),
        line_of_names(),
        *map(article, range(HONEST // 2, HONEST)),
    ]
    honest = expected(replace(SHORT, records=HONEST))

    async def done() -> bool:
        return not set(honest) - set(await seen(cluster)) and bool(await dead_letters(cluster))

    programs = [
        ProgramSpec(stage[0], ["run", *stage], {"RULES_DIR": str(tmp_path)}) for stage in STAGES
    ]
    async with running(cluster, programs) as system:
        await system.ready()
        await produce(
            cluster, ARTICLES_RAW.name, [(each.source.encode(), encode(each)) for each in raw]
        )
        await eventually(done, lambda: f"all is done: {system.lines[-20:]}", deadline_s=DEADLINE_S)
        assert not [line for line in system.lines if "restarts in" in line]
    counts = await seen(cluster)
    assert {what: counts[what] for what in honest} == dict.fromkeys(honest, 1)
    (letter,) = await dead_letters(cluster)
    assert b"bytes, and" in dict(letter.headers)["err.message"], (
        "too large for its topic, not too slow"
    )
