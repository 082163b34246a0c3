"""Corrections while the process is killed: each reaches everyone who was notified."""

import asyncio
import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Final

from services.console.fake_slack.server import FakeSlack
from shared.kafka import topic_admin
from shared.kafka.cluster import Cluster
from shared.kafka.topics import ARTICLES_TAGGED
from shared.messages.codec import encode
from shared.messages.schemas import Change, TaggedArticle
from tests.builders import SUMMIT_WEEK, build_clean_article, build_tagged_article, invent_words
from tests.delivery_tools import until
from tests.faults.chaos import material
from tests.faults.chaos.fleet import fleet
from tests.faults.harness import is_long, kept_alive
from tests.kafka_tools import produce

EACH: Final = 42 if is_long() else 5
ARTICLES: Final = EACH * len(material.DESKS)
KILLS: Final = 20 if is_long() else 3
PARTITIONS: Final = 3
SINK_PACE: Final = 50.0
"""A killed process forgets its pace."""


def first_version(number: int) -> TaggedArticle:
    """Return an article on which the rule of its desk fires."""
    article = build_clean_article(
        "\n\n".join(material.paragraphs(number)),
        article_id=f"article-{number}",
        revision="v1",
        uri=f"urn:test:{number}",
        source=f"wire-{number}",
        headline=material.headline(number),
        event_time=SUMMIT_WEEK + timedelta(seconds=number),
    )
    return build_tagged_article(article)


def second_version(number: int) -> TaggedArticle:
    """Return its correction, on which no rule fires: the desk's name and the summit are gone."""
    tagged, words = first_version(number), invent_words(number)
    headline = f"Report {number}: {' '.join(words[:4])} elsewhere"
    start = headline.index("elsewhere")
    removed = f"in {material.desk_of(number)}"
    article = replace(
        tagged.article,
        revision="v2",
        version=2,
        headline=headline,
        body=f"{' '.join(words[4:10])} on day {number}.",
        changes=(Change(field="headline", start=start, end=len(headline), removed=removed),),
    )
    return replace(tagged, article=article)


async def test_each_correction_reaches_who_was_notified(cluster: Cluster, tmp_path: Path) -> None:
    """One unmarked message and one unmarked correction for each article, at most; none is lost."""
    await topic_admin.create(cluster, partitions=PARTITIONS)
    dice = random.Random(18)
    async with FakeSlack(per_second=SINK_PACE) as sink:
        (member,) = fleet(cluster, tmp_path, 1, sink=sink, services=["alerting"]).members
        try:
            async with kept_alive([member.worker]):
                await write(cluster, [first_version(number) for number in range(ARTICLES)])
                await until(lambda: len(told(sink, "first")) == ARTICLES, "all are told", 400)
                await write(cluster, [second_version(number) for number in range(ARTICLES)])
                for _ in range(KILLS):
                    corrected = len(told(sink, "correction"))
                    await until(
                        lambda least=corrected: len(told(sink, "correction")) > least,  # type: ignore[misc]
                        "a correction",
                        60,
                    )
                    await asyncio.sleep(dice.random())
                    assert member.worker.kill()
                await until(lambda: len(told(sink, "correction")) == ARTICLES, "all are told", 400)
        finally:
            ended = await asyncio.to_thread(member.worker.finish)
    for kind in ("first", "correction"):
        assert max(told(sink, kind, unmarked=True).values()) == 1
    print(f"corrections: {ARTICLES} of {ARTICLES}, {KILLS} kills, {len(sink.posts)} posts")
    assert set(member.worker.left) == {-9}
    assert ended == 0


def told(sink: FakeSlack, kind: str, *, unmarked: bool = False) -> Counter[tuple[str, int]]:
    """Count the messages of a kind by destination and article; each went to its own desk."""
    numbers = Counter(
        (post.hook, material.number_of(str(post.payload)))
        for post in sink.posts
        if ("Correction" in str(post.payload)) == (kind == "correction")
        and not (unmarked and "possible repeat" in post.text)
    )
    assert all(hook == material.desk_of(number) for hook, number in numbers), numbers
    return numbers


async def write(cluster: Cluster, articles: Sequence[TaggedArticle]) -> None:
    records = [(each.article.source.encode(), encode(each)) for each in articles]
    for partition in range(PARTITIONS):
        mine = records[partition::PARTITIONS]
        await produce(cluster, ARTICLES_TAGGED.name, mine, partition=partition)
