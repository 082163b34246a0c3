"""Running processes of match take new rules by file and by SIGHUP, also through kill -9."""

import asyncio
import signal
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

from services.console.local.supervisor import ProgramSpec
from shared.kafka import topic_admin
from shared.kafka.cluster import Cluster
from shared.kafka.topics import ALERTS, ARTICLES_TAGGED
from shared.messages.codec import decode, encode
from shared.messages.schemas import Alert, TaggedArticle
from tests.e2e.system import System, running, wire_article
from tests.kafka_tools import consume, produce
from tests.stage_tools import eventually

DEADLINE_S = 60.0
NAMES = ("match-1", "match-2")


def rule(rule_id: str, when: str) -> str:
    return f"- {{id: {rule_id}, title: T, severity: low, when: '{when}'}}\n"


def programs(folder: Path) -> list[ProgramSpec]:
    return [
        ProgramSpec(
            name,
            ["run", "alerting", "--only", "match"],
            {"RULES_DIR": str(folder), "LOG_LEVEL": "info"},
        )
        for name in NAMES
    ]


async def send_articles(cluster: Cluster, count: int) -> set[str]:
    """Send articles that name Trump and Kim to all partitions; return their ids."""
    ids = [uuid4().hex for _ in range(count)]
    await produce(
        cluster,
        ARTICLES_TAGGED.name,
        [(article_id.encode(), encode(article(article_id))) for article_id in ids],
    )
    return set(ids)


def article(article_id: str) -> TaggedArticle:
    return TaggedArticle(
        article=wire_article(article_id, "Trump and Kim", "Trump wrote to Kim."),
        tagger_revision="t",
    )


async def all_stand_on(system: System, change: int) -> None:
    async def they_do() -> bool:
        return all(
            [await system.metric(name, "summitwire_rules_change") == change for name in NAMES]
        )

    await eventually(they_do, f"both processes stand on change {change}", deadline_s=DEADLINE_S)


async def raised_by(cluster: Cluster, articles: set[str]) -> set[str]:
    """Wait until every article has raised an alert, and return the rules of all these alerts."""
    found: list[Alert] = []

    async def all_of_them() -> bool:
        found[:] = [
            alert
            for record in await consume(cluster, ALERTS.name)
            if (alert := decode(record.value, Alert)).article_id in articles
        ]
        return {alert.article_id for alert in found} == articles

    await eventually(all_of_them, "every article has raised an alert", deadline_s=DEADLINE_S)
    return {alert.rule_id for alert in found}


async def test_replicas_take_new_rules_while_they_run(cluster: Cluster, tmp_path: Path) -> None:
    """A new rule set, a bad one, a kill -9, SIGHUP: alerts are always those of the active rules."""
    file = tmp_path / "rules.yaml"
    file.write_text(rule("kept", "trump") + rule("gone", "kim"), "utf-8")
    await topic_admin.create(cluster, partitions=4)
    async with running(cluster, programs(tmp_path)) as system:
        await system.ready()
        await all_stand_on(system, 1)
        assert await raised_by(cluster, await send_articles(cluster, 20)) == {"kept", "gone"}

        file.write_text(rule("kept", "trump") + rule("new", "trump W/3 kim"), "utf-8")
        await all_stand_on(system, 2)
        assert await raised_by(cluster, await send_articles(cluster, 20)) == {"kept", "new"}

        file.write_text(rule("kept", "trump AND"), "utf-8")
        for name in NAMES:
            await eventually(
                _is(system, name, "summitwire_rules_last_reload_successful", 0),
                "the bad file is told",
                deadline_s=DEADLINE_S,
            )
        await system.wait_for_line("rules not reloaded", "rules.yaml:1:")
        system.kill("match-1")
        await eventually(
            lambda: any("match-1: ended with -9" in line for line in system.lines),
            "it is gone",
            deadline_s=DEADLINE_S,
        )
        await all_stand_on(system, 2)
        assert await raised_by(cluster, await send_articles(cluster, 20)) == {"kept", "new"}

        file.write_text(rule("kept", "trump"), "utf-8")
        await all_stand_on(system, 3)
        starts = len([line for line in system.lines if "service starts" in line])
        for name in NAMES:
            system.supervisor.processes[name].send_signal(signal.SIGHUP)
        file.write_text(rule("kept", "kim"), "utf-8")
        await all_stand_on(system, 4)
        assert len([line for line in system.lines if "service starts" in line]) == starts, (
            "SIGHUP has ended no process"
        )
        # pytest -rP shows how far apart the replicas switch.
        print(*(line for line in system.lines if "rules in force" in line), sep="\n")  # noqa: T201


def _is(system: System, name: str, metric: str, value: float) -> Callable[[], asyncio.Future[bool]]:
    async def looked() -> bool:
        return await system.metric(name, metric) == value

    return lambda: asyncio.ensure_future(looked())
