"""Cleaner, tagger and match are killed and frozen: every article and alert comes out once."""

import sys
from collections import Counter
from collections.abc import Hashable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from shared.kafka import topic_admin
from shared.kafka.cluster import Cluster
from shared.kafka.topics import ALERTS, ARTICLES_CLEAN, ARTICLES_RAW, ARTICLES_TAGGED
from shared.messages.codec import decode, encode
from shared.messages.schemas import Alert, CleanArticle, RawArticle, TaggedArticle
from tests.builders import build_raw_article
from tests.faults.harness import Outcome, Plan, Worker, feed_evenly, is_long, ordeal, plan, workers
from tests.kafka_tools import Pair, consume

CONSOLE = [sys.executable, "-m", "services.console", "run"]
STAGES = (["cleaner"], ["tagger"], ["alerting", "--only", "match"])
RULES = """
rules:
  - id: summit
    title: The summit
    severity: low
    owner: tests
    when: summit
    notify: [console:tests]
    tests:
      - article: {headline: A second summit, body: There will be a summit., date: 2018-09-11}
        fires: true
  - id: sanctions
    title: Sanctions
    severity: low
    owner: tests
    when: sanctions AND summit
    notify: [console:tests]
    tests:
      - article: {headline: Sanctions, body: Sanctions stay until the summit., date: 2018-09-11}
        fires: true
"""
BEGIN = datetime(2018, 9, 11, 8, tzinfo=UTC)


def article(number: int) -> RawArticle:
    """Return plain text; every article raises ``summit``, every third one ``sanctions`` too."""
    more = (
        "Sanctions stay in place, officials said."
        if number % 3 == 0
        else "Officials gave no details."
    )
    text = (
        f"Report {number}: talks go on in Pyongyang\n\n"
        f"President Donald Trump said he would meet North Korean leader Kim Jong Un at a second "
        f"summit, statement {number} said.\n\n"
        f"{more} Statement {number} came after weeks of talks between the two governments.\n\n"
        f"Observers were cautious on day {number}.\n"
    )
    uri = f"urn:test:{number}"
    at = BEGIN + timedelta(seconds=number)
    return build_raw_article(
        text, source=f"wire-{number % 40}", uri=uri, fetched_at=at, origin="seed", published_at=at
    )


def articles(chosen: Plan) -> list[Pair]:
    raw = [article(number) for number in range(chosen.records)]
    return [(each.source.encode(), encode(each)) for each in raw]


def expected(chosen: Plan) -> list[Hashable]:
    """Return every article after cleaner and tagger, and every alert."""
    numbers = range(chosen.records)
    passed: list[Hashable] = [
        (topic.name, f"urn:test:{n}")
        for topic in (ARTICLES_CLEAN, ARTICLES_TAGGED)
        for n in numbers
    ]
    summit: list[Hashable] = [("summit", f"urn:test:{n}") for n in numbers]
    sanctions: list[Hashable] = [("sanctions", f"urn:test:{n}") for n in numbers if n % 3 == 0]
    return passed + summit + sanctions


async def seen(cluster: Cluster) -> Counter[Hashable]:
    """Count how often each of them occurs in its topic."""
    clean = [
        decode(record.value, CleanArticle).uri
        for record in await consume(cluster, ARTICLES_CLEAN.name)
    ]
    tagged = [
        decode(record.value, TaggedArticle).article.uri
        for record in await consume(cluster, ARTICLES_TAGGED.name)
    ]
    alerts = [decode(record.value, Alert) for record in await consume(cluster, ALERTS.name)]
    found: Counter[Hashable] = Counter((alert.rule_id, alert.uri) for alert in alerts)
    return (
        found
        + Counter((ARTICLES_CLEAN.name, uri) for uri in clean)
        + Counter((ARTICLES_TAGGED.name, uri) for uri in tagged)
    )


def processes(cluster: Cluster, folder: Path, of_each: int) -> list[Worker]:
    rules = folder / "rules"
    rules.mkdir()
    (rules / "rules.yaml").write_text(RULES, "utf-8")
    return [
        worker
        for stage in STAGES
        for worker in workers([*CONSOLE, *stage], of_each, cluster, folder, RULES_DIR=str(rules))
    ]


async def test_every_article_and_every_alert_comes_out_once(
    cluster: Cluster, tmp_path: Path
) -> None:
    """Whatever dies between articles.raw and alerts."""
    chosen = replace(plan(), settle_s=900.0)
    if not is_long():
        chosen = replace(chosen, records=600)
    await topic_admin.create(cluster, partitions=chosen.partitions)
    outcome: Outcome = await ordeal(
        processes(cluster, tmp_path, 2 if is_long() else 1),
        chosen,
        feed=lambda: feed_evenly(cluster, ARTICLES_RAW.name, articles(chosen), chosen.seconds),
        expected=expected(chosen),
        seen=lambda: seen(cluster),
    )
    print(f"pipeline: {outcome}")
    assert (outcome.lost[:5], outcome.duplicated[:5]) == ([], []), outcome
    assert outcome.seen == len(expected(chosen)), "nothing but what was expected"
    assert set(outcome.left) <= {-9, 75}, outcome
    assert set(outcome.ended) == {0}, outcome
    for topic in (ARTICLES_RAW, ARTICLES_CLEAN, ARTICLES_TAGGED):
        assert await consume(cluster, topic.dead_letters) == []
