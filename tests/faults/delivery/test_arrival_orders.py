"""A thousand alerts of thirty stories in other orders, at one and at eight partitions."""

import asyncio
import random
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final
from uuid import uuid4

from services.console.fake_slack.server import FakeSlack
from shared.kafka import topic_admin
from shared.kafka.cluster import Cluster
from shared.kafka.partitioner import partition_of
from shared.kafka.topics import ARTICLES_TAGGED, NOTIFICATIONS
from shared.messages.codec import decode, encode
from shared.messages.schemas import Notification, TaggedArticle
from tests.arrival_orders import STORIES, article_dispatch, story_of
from tests.delivery_tools import until
from tests.faults.chaos import material
from tests.faults.chaos.fleet import fleet
from tests.faults.harness import LONG_RUN, kept_alive
from tests.kafka_tools import cluster_at, consume, delete_all, produce

ARTICLES: Final = 1_000
WAIT_S: Final = 45
"""Long enough for all alerts to arrive on a busy machine."""
DESKS: Final = material.DESKS[:8]
RUNS: Final = ((1, 0), (8, 1), (8, 2))
"""The partitions of a run, and the seed of its order of arrival."""
URGENT: Final = "emergency"
RULE: Final = """\
  - id: {desk}-{severity}
    title: The {desk} desk
    severity: {severity}
    owner: tests
    when: summit AND {desk}{clause}
    notify: [slack:{desk}]
    group: {{interval: 10s}}
    tests:
      - article: {{headline: A summit, body: A summit of {desk}{words}., date: 2018-09-11}}
        fires: true
"""


def rules() -> str:
    """Return a rule for each desk, and another for what is urgent."""
    both = [
        RULE.format(desk=desk, severity=severity, clause=clause, words=words)
        for desk in DESKS
        for severity, clause, words in (
            ("low", "", ""),
            ("critical", f" AND {URGENT}", f" {URGENT}"),
        )
    ]
    return "".join(("rules:\n", *both))


def tagged_article(number: int) -> TaggedArticle:
    """Return an article that one desk is alerted of; of every fifth story some are urgent."""
    tagged, story = article_dispatch(number).article, story_of(number)
    assert tagged is not None
    urgent = f" {URGENT}" if is_urgent(number) and number // STORIES % 4 == 1 else ""
    body = f"{tagged.article.body} The summit of {DESKS[story % len(DESKS)]}{urgent}."
    return replace(tagged, article=replace(tagged.article, body=body))


def is_urgent(number: int) -> bool:
    return story_of(number) % 5 == 0


@LONG_RUN
async def test_the_same_notifications_in_any_order(kafka: str, tmp_path: Path) -> None:
    """Stories without urgent articles are told the same, and every article has one outcome."""
    told: list[set[bytes]] = []
    for partitions, seed in RUNS:
        cluster = cluster_at(kafka, f"t{uuid4().hex[:12]}.")
        facts = await notify(cluster, tmp_path / str(seed), partitions, seed)
        waited = {encode(fact) for fact in facts if not any(map(is_urgent, numbers_in(fact)))}
        print(f"{partitions} partitions: {len(facts)} notifications, {len(waited)} of them waited")
        assert Counter(n for fact in facts for n in numbers_in(fact)) == Counter(range(ARTICLES))
        told.append(waited)
        await delete_all(cluster)
    assert len(told[0]) == STORIES - STORIES // 5
    assert all(each == told[0] for each in told)


async def notify(
    cluster: Cluster, folder: Path, partitions: int, seed: int
) -> Sequence[Notification]:
    """Return all notifications of articles that arrive in one order."""
    await topic_admin.create(cluster, partitions=partitions)
    articles = [tagged_article(number) for number in range(ARTICLES)]
    random.Random(seed).shuffle(articles)
    async with FakeSlack(per_second=100) as sink:
        (member,) = fleet(cluster, folder, 1, sink=sink, services=["alerting"]).members
        (folder / "rules" / "desks.yaml").write_text(rules(), "utf-8")
        member.worker.environment = with_wait(member.worker.environment)
        try:
            async with kept_alive([member.worker]):
                await write(cluster, articles, partitions)
                await until(lambda: are_all_decided(cluster), "all are decided", 6 * WAIT_S)
        finally:
            assert await asyncio.to_thread(member.worker.finish) == 0
    assert member.worker.left == []
    return await read_facts(cluster)


def with_wait(environment: Mapping[str, str]) -> Mapping[str, str]:
    return {**environment, "GROUP_WAIT": str(WAIT_S)}


async def write(cluster: Cluster, articles: Sequence[TaggedArticle], partitions: int) -> None:
    pairs = [(each.article.article_id.encode(), encode(each)) for each in articles]
    for partition in range(partitions):
        mine = [(key, value) for key, value in pairs if partition_of(key, partitions) == partition]
        await produce(cluster, ARTICLES_TAGGED.name, mine, partition=partition)


async def are_all_decided(cluster: Cluster) -> bool:
    facts = await read_facts(cluster)
    return len({number for fact in facts for number in numbers_in(fact)}) == ARTICLES


async def read_facts(cluster: Cluster) -> Sequence[Notification]:
    records = await consume(cluster, NOTIFICATIONS.name)
    return [decode(record.value, Notification) for record in records]


def numbers_in(fact: Notification) -> set[int]:
    """Return the articles that a notification decides about."""
    return {int(alert.article_id.removeprefix("article-")) for alert in fact.alerts}
