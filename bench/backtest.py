"""Articles a second through ``rules backtest --from-topic``, beside a grep of the same topic: the same reader, one search a record.

The topic is filled on a local broker with made-up articles of about 570 words, tagged by the tagger: 300 different ones, each many times
under other ids and dates. Rounds are interleaved, so trust the ratios more than the figures.
The CPU seconds are this process's: on a busy machine they say more than the clock, where there is one process.
Usage: bench/backtest.py [--articles 100000] [--rounds 3] [--only "1 process"] [--bootstrap HOST:PORT]
"""

import argparse
import asyncio
import random
import re
import socket
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final
from uuid import uuid4

sys.path.insert(0, str(Path(__file__).parents[1]))

from services.alerting.backtest.comparison import RuleComparison
from services.alerting.backtest.report import BacktestReport, build_report
from services.alerting.language.check import Vocabulary
from services.alerting.rules.fields import InlineArticle
from services.alerting.rules.rule_set import RuleSet, load_rules
from services.console.local import kafka_broker
from services.console.rules.backtest_run import default_jobs, iter_values, run
from services.console.rules.embedded_rule_tests import to_clean_article
from services.console.rules.selection import rule_from_expression
from services.tagger.data.gazetteer import Gazetteer, load_gazetteer
from services.tagger.pipeline import tag
from shared.base.settings import KafkaSettings, project_root
from shared.kafka import topic_admin
from shared.kafka.cluster import Cluster
from shared.kafka.topics import ARTICLES_TAGGED
from shared.kafka.transaction import Write, send_all
from shared.messages.codec import encode
from shared.messages.ids import article_id

SEEDS: Final = project_root() / "seeds"
DIFFERENT: Final = 300
SENTENCES: Final = 34
DAYS: Final = 30
START: Final = datetime(2018, 9, 1, tzinfo=UTC)
RARE: Final = 'actor(kim-jong-un) AND headline("report 10")'
SELECTIVE: Final = "actor(kim-jong-un) AND venue W/10 (summit OR meeting)"
COMMON: Final = "(officials OR talks) W/S (statement OR weeks) AND NOT headline(editor*)"
GREP: Final = re.compile(rb"\bvenue\b")
FRAMES: Final = (
    "{0} said on Monday that the {1} of the {2} would not change before the {3}.",
    "Officials gave no details of the {1}, and a statement on the {2} was expected within weeks.",
    "“We have seen the {1} before,” {0} told reporters after the {2}.",
    "The {1} came after talks on the {2}, which had been held in the {3} since spring.",
    "In the {2}, {0} warned that a {1} without a {3} would be a mistake.",
)
NOUNS: Final = (
    "budget", "harvest", "festival", "railway", "parliament", "market", "court", "treaty", "border", "ministry", "election", "harbour",
    "bridge", "strike", "tariff", "drought", "company", "airline", "school", "report", "delegation", "army", "sanctions", "missile", "economy",
    "currency", "inflation", "storm", "rescue", "vaccine", "island", "coast", "river", "city", "museum",
)  # fmt: skip
NAMES: Final = (
    "the minister",
    "Mayor Ana Silva",
    "the chairman",
    "a spokeswoman",
    "Angela Merkel",
    "Emmanuel Macron",
    "the envoy",
)
SUMMIT: Final = (
    "North Korean leader Kim Jong Un proposed a venue for the next summit, the state news agency said.",
    "President Donald Trump said that a second summit with Kim Jong Un would come soon.",
    "Secretary of State Mike Pompeo will travel to Pyongyang next week for talks on denuclearization.",
)


def bodies() -> Iterator[str]:
    """Articles of 34 sentences in paragraphs of three; one in ten is about the summit."""
    chance = random.Random(7)
    for number in range(DIFFERENT):
        sentences = [
            chance.choice(FRAMES).format(chance.choice(NAMES), *chance.sample(NOUNS, 3))
            for _ in range(SENTENCES)
        ]
        if number % 10 == 0:
            sentences[: number % 3 + 1] = SUMMIT[: number % 3 + 1]
        yield "\n\n".join(" ".join(sentences[at : at + 3]) for at in range(0, SENTENCES, 3))


def records(count: int, gazetteer: Gazetteer) -> Iterator[tuple[bytes, bytes]]:
    """(key, value) of so many articles, spread over 30 days."""
    made = []
    for number, body in enumerate(bodies()):
        clean = to_clean_article(
            InlineArticle(
                headline=f"Report {number} of the day",
                body=body,
                date=START,
                source=f"wire-{number % 7}",
            )
        )
        made.append((clean.article_id.encode(), encode(tag(clean, gazetteer))))
    day = encode(START).strip(b'"')
    for number in range(count):
        old, value = made[number % DIFFERENT]
        new = article_id(f"urn:summitwire:bench:{number}").encode()
        moment = encode(START + timedelta(days=number % DAYS, seconds=number)).strip(b'"')
        yield new, value.replace(old, new).replace(day, moment)


async def fill(cluster: Cluster, count: int, gazetteer: Gazetteer) -> int:
    """Put the articles on the topic; how many bytes they have."""
    await topic_admin.create(cluster)
    producer, size, batch = cluster.producer(), 0, list[Write]()
    await producer.start()
    for key, value in records(count, gazetteer):
        batch.append(Write(cluster.name(ARTICLES_TAGGED.name), key, value))
        size += len(value)
        if len(batch) == 200:
            await send_all(producer, batch)
            batch.clear()
    await send_all(producer, batch)
    await producer.stop()
    return size


async def grep(cluster: Cluster) -> str:
    """Read every record and search it for one word."""
    found = 0
    async for value in iter_values(cluster, ARTICLES_TAGGED.name, None):
        found += bool(value and GREP.search(value))
    return f"{found} records hold the word"


def backtest(policy: RuleComparison, jobs: int) -> Callable[[Cluster], Awaitable[str]]:
    """Everything that the command does, the report included."""

    async def done(cluster: Cluster) -> str:
        return told(
            build_report(
                await run(iter_values(cluster, ARTICLES_TAGGED.name, None), policy, jobs=jobs),
                policy,
            )
        )

    return done


def compiled(tried: RuleSet, in_force: RuleSet) -> RuleComparison:
    """The policy with the compiled matcher, as the command has it for so many articles."""
    return replace(RuleComparison.of(tried, in_force), compiled=True)


def told(found: BacktestReport) -> str:
    return (
        f"{len(found.alerts)} alerts, {found.messages} messages, {len(found.misses)} nearest misses"
    )


async def measured(
    cluster: Cluster, count: int, rounds: int, gazetteer: Gazetteer, only: str
) -> None:
    known = Vocabulary.from_gazetteer(gazetteer)
    rare, one, common = (
        compiled(RuleSet((rule_from_expression(expression, known),)), RuleSet(()))
        for expression in (RARE, SELECTIVE, COMMON)
    )
    in_force = load_rules(SEEDS / "rules")
    contenders: dict[str, Callable[[Cluster], Awaitable[str]]] = {
        "grep, 1 process": grep,
        "one rule, 1 of 300 fires, 1 process": backtest(rare, 1),
        "one rule, 1 of 10 fires, 1 process": backtest(one, 1),
        f"one rule, 1 of 10 fires, {default_jobs()} processes": backtest(one, default_jobs()),
        f"a rule of common words, {default_jobs()} processes": backtest(common, default_jobs()),
        f"the {len(in_force.rules)} rules in force, {default_jobs()} processes": backtest(
            compiled(in_force, in_force), default_jobs()
        ),
    }
    chosen = {name: contender for name, contender in contenders.items() if only in name}
    rates: dict[str, list[tuple[float, float]]] = {name: [] for name in chosen}
    results: dict[str, set[str]] = {name: set() for name in chosen}
    for _ in range(rounds):
        for name, contender in chosen.items():
            started, used = time.perf_counter(), time.process_time()
            results[name].add(await contender(cluster))
            rates[name].append(
                (count / (time.perf_counter() - started), count / (time.process_time() - used))
            )
    print(f"{'':44}{'articles/s (median)':>20}{'best':>8}{'a CPU s':>9}  result (≠: rounds differ)")
    for name, found in rates.items():
        clock, cpu = zip(*found, strict=True)
        used_rate = f"{statistics.median(cpu):9.0f}" if "1 process" in name else f"{'':9}"
        print(
            f"{name:44}{statistics.median(clock):20.0f}{max(clock):8.0f}{used_rate}  {' ≠ '.join(sorted(results[name]))}"
        )


async def bench(bootstrap: str, count: int, rounds: int, only: str) -> None:
    cluster = Cluster(
        KafkaSettings.model_validate(
            {"kafka_bootstrap": bootstrap, "kafka_topic_prefix": f"bench{uuid4().hex[:8]}."}
        )
    )
    gazetteer = load_gazetteer(SEEDS / "actors", SEEDS / "keywords")
    started = time.perf_counter()
    size = await fill(cluster, count, gazetteer)
    print(
        f"{count} articles of {size // count} bytes in {time.perf_counter() - started:.0f} s on the topic, Python {sys.version.split()[0]}"
    )
    await measured(cluster, count, rounds, gazetteer, only)


def free_port() -> int:
    """A port of this machine that nobody listens on right now."""
    with socket.socket() as ours:
        ours.bind(("127.0.0.1", 0))
        return int(ours.getsockname()[1])


def main() -> None:
    """Start a broker unless one is named, fill it, measure, stop it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--articles", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", default="", help="contenders whose name holds this")
    parser.add_argument("--bootstrap", default="")
    given = parser.parse_args()
    if given.bootstrap:
        asyncio.run(bench(given.bootstrap, given.articles, given.rounds, given.only))
        return
    with tempfile.TemporaryDirectory() as folder:
        broker = kafka_broker.start(Path(folder), free_port(), owned=True)
        try:
            asyncio.run(bench(broker.bootstrap, given.articles, given.rounds, given.only))
        finally:
            kafka_broker.stop(Path(folder))


if __name__ == "__main__":
    main()
