"""Many articles of one source are replayed through the whole pipeline: nothing changes."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from services.cleaner.versions.retention import MAX_TEXTS
from services.console.fake_slack.server import FakeSlack
from services.console.local.supervisor import ProgramSpec
from services.console.topics.idle import wait_until_idle
from shared.kafka import topic_admin
from shared.kafka.cluster import Cluster
from shared.kafka.topics import ALERTS, ARTICLES_CLEAN, ARTICLES_RAW
from shared.messages.codec import decode, encode
from shared.messages.schemas import Alert, CleanArticle, RawArticle
from tests.builders import build_raw_article, invent_words
from tests.e2e.system import System, running
from tests.faults.harness import is_long
from tests.kafka_tools import consume, produce

RULES = """
rules:
  - id: every
    title: Every article
    severity: low
    when: figure
    notify: []
    tests:
      - article: {headline: A figure, body: The figure rose again., date: 2018-09-11}
        fires: true
  - id: first
    title: The first articles
    severity: low
    when: summit
    notify: [slack:newsroom]
    tests:
      - article: {headline: A summit, body: There will be a summit., date: 2018-09-11}
        fires: true
"""
MENU = "North Korea Nuclear Talks World"
OFFER = "Get the best of our coverage every morning before anybody else does."
BEGIN = datetime(2018, 9, 11, 8, tzinfo=UTC)
TOLD = 6
"""The first articles are those whose revisions a replay used to change."""
DEADLINE_S = 400.0


def article(number: int) -> RawArticle:
    """Return plain text with lines that the source repeats; the first few raise an alert."""
    news = "Both sides spoke of a summit." if number < TOLD else "Neither side gave any details."
    words = invent_words(number)
    text = (
        f"Report {number} on {' '.join(words[:4])}\n\n"
        f"Report number {number} says that figure {number} of {' '.join(words[4:10])} rose again on "
        f"Monday, officials said.\n\n"
        f"{news} That was on day {number}, they said.\n\n{OFFER}\n\n{MENU}\n"
    )
    at = BEGIN + timedelta(minutes=number)
    return build_raw_article(
        text, uri=f"urn:test:{number}", fetched_at=at, origin="seed", published_at=at
    )


async def replayed(
    cluster: Cluster, system: System, articles: Sequence[RawArticle], *, kill: bool
) -> None:
    """Write the articles and wait until all stages are idle; ``kill``: kill the cleaner halfway."""
    pairs = [(each.source.encode(), encode(each)) for each in articles]
    half = len(pairs) // 2
    await produce(cluster, ARTICLES_RAW.name, pairs[:half])
    if kill:
        system.kill("cleaner")
    await produce(cluster, ARTICLES_RAW.name, pairs[half:])
    assert await wait_until_idle(cluster, deadline_s=DEADLINE_S), system.lines[-20:]


async def test_a_replay_changes_nothing(cluster: Cluster, tmp_path: Path) -> None:
    """Same revisions, same alerts, no post, although the cleaner is killed during the replay."""
    articles = [article(number) for number in range(1_300 if is_long() else MAX_TEXTS + 60)]
    (tmp_path / "rules.yaml").write_text(RULES, "utf-8")
    await topic_admin.create(cluster, partitions=3)
    async with FakeSlack(port=0) as sink:
        known = {
            "RULES_DIR": str(tmp_path),
            "DELIVERY_ALLOW": "127.0.0.1",
            "SLACK_WEBHOOK_URL": sink.url("newsroom"),
            "WORKERS": "2",
            "GROUP_WAIT": "0",
        }
        programs = [
            ProgramSpec(name, ["run", name], known) for name in ("cleaner", "tagger", "alerting")
        ]
        async with running(cluster, programs) as system:
            await system.ready()
            await replayed(cluster, system, articles, kill=False)
            first = await cleaned(cluster), await raised(cluster)
            async with asyncio.timeout(DEADLINE_S):
                while len(sink.posts) < TOLD:
                    await asyncio.sleep(0.1)
            system.kill("alerting")
            await replayed(cluster, system, articles, kill=True)
            second = await cleaned(cluster), await raised(cluster)
    sizes = [size for _, _, size in first[0]]
    assert min(sizes) < max(sizes) - len(OFFER), "the memory cuts, or this shows nothing"
    assert second[0] == Counter({value: 2 * number for value, number in first[0].items()})
    assert second[1] == Counter(dict.fromkeys(first[1], 2))
    assert len(first[1]) == len(articles) + TOLD
    assert len(sink.posts) == TOLD
    assert not [post for post in sink.posts if "possible repeat" in post.text]


async def cleaned(cluster: Cluster) -> Counter[tuple[str, str, int]]:
    """Count each revision of each article in articles.clean, with the length of its body."""
    articles = [
        decode(record.value, CleanArticle) for record in await consume(cluster, ARTICLES_CLEAN.name)
    ]
    return Counter((one.article_id, one.revision, len(one.body)) for one in articles)


async def raised(cluster: Cluster) -> Counter[str]:
    """Count how often each alert occurs in the topic of alerts."""
    return Counter(
        decode(record.value, Alert).alert_id for record in await consume(cluster, ALERTS.name)
    )
