"""A backtest of the topic finds the same alerts and notifications as the live services."""

import asyncio
import json
from pathlib import Path

import pytest

from services.alerting.backtest.comparison import RuleComparison
from services.alerting.backtest.report import BacktestReport, build_report
from services.alerting.rules.rule_set import RuleSet, load_rules
from services.console.inputs.tagged_inputs import Article, iter_tagged_articles
from services.console.local.supervisor import ProgramSpec
from services.console.rules.backtest.run import iter_values, run, topic_size
from services.console.rules.commands import app
from services.console.topics.idle import STAGES, wait_until_idle
from services.console.topics.topic_reader import iter_retained
from services.tagger.data.gazetteer import load_gazetteer
from shared.base.project import project_root
from shared.kafka import topic_admin
from shared.kafka.cluster import Cluster
from shared.kafka.preflight import check
from shared.kafka.topics import ALERTS, ARTICLES_TAGGED, DISPATCHES, NOTIFICATIONS
from shared.messages.codec import decode, encode
from shared.messages.schemas import Alert, Dispatch, Notification
from tests.cli import invoke
from tests.e2e.system import running, write_articles
from tests.kafka_tools import produce

SEEDS = project_root() / "seeds"
LIVE = tuple(stage for stage in STAGES if stage[0] in ("alerting/match", "alerting/count"))


async def fill(cluster: Cluster, folder: Path) -> int:
    """Write articles to articles.tagged, some twice, and a record that is not one.

    Return how many different articles there are.
    """
    gazetteer = load_gazetteer(SEEDS / "actors", SEEDS / "keywords")
    tagged = [
        one.tagged
        for one in iter_tagged_articles([write_articles(folder, 90), SEEDS / "articles"], gazetteer)
        if isinstance(one, Article)
    ]
    records = [(one.article_id.encode(), encode(one)) for one in tagged]
    await topic_admin.create(cluster, partitions=3)
    await produce(cluster, ARTICLES_TAGGED.name, [*records, *records[:20], (b"no-article", b"{}")])
    return len(records)


async def run_backtest(cluster: Cluster, rules: RuleSet, jobs: int) -> BacktestReport:
    policy = RuleComparison.of(rules, rules)
    return build_report(
        await run(iter_values(cluster, ARTICLES_TAGGED.name, None), policy, jobs=jobs), policy
    )


async def test_a_backtest_counts_what_the_live_services_raise(
    cluster: Cluster, tmp_path: Path
) -> None:
    """Alert and notification ids are those that match and count write as processes."""
    count = await fill(cluster, tmp_path / "articles")
    async with running(
        cluster,
        [ProgramSpec("alerting", ["run", "alerting", "--only", "match", "--only", "count"])],
    ) as system:
        await system.ready()
        assert await wait_until_idle(cluster, deadline_s=60, stages=LIVE), system.lines[-20:]
        alerts = {
            decode(record.value, Alert).alert_id
            async for record in iter_retained(cluster, ALERTS.name)
        }
        sent = [
            decode(record.value, Dispatch)
            async for record in iter_retained(cluster, DISPATCHES.name)
        ]
        counted = {
            decode(record.value, Notification).notification_id
            async for record in iter_retained(cluster, NOTIFICATIONS.name)
        }
    rules = load_rules(SEEDS / "rules")
    found = await run_backtest(cluster, rules, 1)
    assert len(alerts) > count // 3, "the articles must raise alerts, or this shows nothing"
    assert {alert.alert_id for alert in found.alerts} == alerts
    ids = {alert.alert_id for dispatch in sent for alert in dispatch.alerts}
    told = [one for one in found.notifications if one.notification_id not in counted]
    assert {alert.alert_id for one in told for alert in one.alerts} == ids
    assert counted <= {one.notification_id for one in found.notifications}
    assert found.unreadable == 1
    assert await run_backtest(cluster, rules, 2) == found, "processes make no difference"
    assert await topic_size(cluster, ARTICLES_TAGGED.name) >= count + 21


@pytest.mark.parametrize("json_", [True, False])
async def test_the_command_reads_the_topic(
    cluster: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, json_: bool
) -> None:
    """--from-topic needs no consumer group and exits with 0; an empty topic is an error, exit 1."""
    monkeypatch.setenv("KAFKA_BOOTSTRAP", cluster.settings.kafka_bootstrap)
    monkeypatch.setenv("KAFKA_TOPIC_PREFIX", cluster.settings.kafka_topic_prefix)
    await topic_admin.create(cluster, partitions=3)
    await check(cluster, [ARTICLES_TAGGED])  # a topic that was just made may not be known yet
    command = [
        "backtest",
        "--from-topic",
        "--expr",
        "actor(kim-jong-un) W/S meet*",
        "--budget",
        "1/day",
        *(["--json"] if json_ else []),
    ]
    empty = await asyncio.to_thread(invoke, app, *command)
    assert (empty.code, "is empty" in empty.err) == (1, True), empty.err
    await fill(cluster, tmp_path / "articles")
    done = await asyncio.to_thread(invoke, app, *command)
    assert done.code == 0, done.err
    assert "warning: over the budget of 1 message a day" in done.err
    if json_:
        lines = [json.loads(line) for line in done.lines]
        assert lines[0]["kind"] == "summary"
        assert (
            lines[0]["alerts"] == sum(line["alerts"] for line in lines if line["kind"] == "day") > 0
        )
        return
    budget = ["check", *command[1:4], "--budget", "1/day"]
    refused = await asyncio.to_thread(invoke, app, *budget)
    assert refused.code == 1
    assert "error: expr: " in refused.out
    assert "over its budget of 1/day on" in refused.out
    within = await asyncio.to_thread(invoke, app, *budget[:-1], "100000/day")
    assert (within.code, within.out) == (0, "")
