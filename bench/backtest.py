"""Articles per second through ``rules backtest --from-topic``, beside a grep of the same topic.

The grep uses the same topic reader, and one regular-expression search per record. The topic is on a
local broker and holds made-up articles of about 570 words that the tagger has tagged: 300 different
ones, each many times with other ids and dates. Rounds are interleaved, so trust the ratios more
than the figures. CPU seconds are those of this process: where it is the only one, they say more
than the clock on a busy machine.

    python -m bench.backtest [--articles 100000] [--rounds 3] [--only "1 process"]
        [--bootstrap HOST:PORT]
"""

import argparse
import asyncio
import random
import re
import statistics
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

sys.path.insert(0, str(Path(__file__).parents[1]))

from bench.kafka.brokers import broker, temporary_cluster
from services.alerting.backtest.comparison import RuleComparison
from services.alerting.backtest.report import BacktestReport, build_report
from services.alerting.language.check import Vocabulary
from services.alerting.rules.fields import InlineArticle
from services.alerting.rules.rule_set import RuleSet, load_rules
from services.console.rules.backtest.run import default_jobs, iter_values, run
from services.console.rules.embedded_rule_tests import to_clean_article
from services.console.rules.selection import rule_from_expression
from services.tagger.data.gazetteer import Gazetteer, load_gazetteer
from services.tagger.pipeline import tag
from shared.base.project import project_root
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
    "budget", "harvest", "festival", "railway", "parliament", "market", "court", "treaty",
    "border", "ministry", "election", "harbour", "bridge", "strike", "tariff", "drought",
    "company", "airline", "school", "report", "delegation", "army", "sanctions", "missile",
    "economy", "currency", "inflation", "storm", "rescue", "vaccine", "island", "coast",
    "river", "city", "museum",
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
    (
        "North Korean leader Kim Jong Un proposed a venue for the next summit, "
        "the state news agency said."
    ),
    "President Donald Trump said that a second summit with Kim Jong Un would come soon.",
    (
        "Secretary of State Mike Pompeo will travel to Pyongyang next week "
        "for talks on denuclearization."
    ),
)


def bodies() -> Iterator[str]:
    """Yield articles of 34 sentences in paragraphs of three; one in ten is about the summit."""
    chance = random.Random(7)
    for number in range(DIFFERENT):
        sentences = [
            chance.choice(FRAMES).format(chance.choice(NAMES), *chance.sample(NOUNS, 3))
            for _ in range(SENTENCES)
        ]
        if number % 10 == 0:
            sentences[: number % 3 + 1] = SUMMIT[: number % 3 + 1]
        yield "\n\n".join(" ".join(sentences[i : i + 3]) for i in range(0, SENTENCES, 3))


def records(count: int, gazetteer: Gazetteer) -> Iterator[tuple[bytes, bytes]]:
    """Yield key and value of ``count`` records, whose articles are spread over 30 days."""
    originals = []
    for number, body in enumerate(bodies()):
        clean = to_clean_article(
            InlineArticle(
                headline=f"Report {number} of the day",
                body=body,
                date=START,
                source=f"wire-{number % 7}",
            )
        )
        originals.append((clean.article_id.encode(), encode(tag(clean, gazetteer))))
    day = encode(START).strip(b'"')
    for number in range(count):
        old, value = originals[number % DIFFERENT]
        new = article_id(f"urn:summitwire:bench:{number}").encode()
        moment = encode(START + timedelta(days=number % DAYS, seconds=number)).strip(b'"')
        yield new, value.replace(old, new).replace(day, moment)


async def fill(cluster: Cluster, count: int, gazetteer: Gazetteer) -> int:
    """Put the articles on the topic, and return their size in bytes."""
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
    count = 0
    async for value in iter_values(cluster, ARTICLES_TAGGED.name, None):
        count += bool(value and GREP.search(value))
    return f"{count} records contain the word"


def backtest(comparison: RuleComparison, jobs: int) -> Callable[[Cluster], Awaitable[str]]:
    """Return a contender that does all that the command does, including the report."""

    async def contender(cluster: Cluster) -> str:
        values = iter_values(cluster, ARTICLES_TAGGED.name, None)
        return summary(build_report(await run(values, comparison, jobs=jobs), comparison))

    return contender


def compare(candidates: RuleSet, baseline: RuleSet) -> RuleComparison:
    """Compare with the compiled matcher, which the command uses for that many articles."""
    return replace(RuleComparison.of(candidates, baseline), compiled=True)


def summary(report: BacktestReport) -> str:
    """Return the counts of a report."""
    return (
        f"{len(report.alerts)} alerts, {report.messages} messages,"
        f" {len(report.misses)} nearest misses"
    )


async def measure(
    cluster: Cluster, count: int, rounds: int, gazetteer: Gazetteer, only: str
) -> None:
    """Run the contenders in turn, and print the table."""
    vocabulary = Vocabulary.from_gazetteer(gazetteer)
    rare, selective, common = (
        compare(RuleSet((rule_from_expression(expression, vocabulary),)), RuleSet(()))
        for expression in (RARE, SELECTIVE, COMMON)
    )
    active = load_rules(SEEDS / "rules")
    contenders: dict[str, Callable[[Cluster], Awaitable[str]]] = {
        "grep, 1 process": grep,
        "one rule, 1 of 300 fires, 1 process": backtest(rare, 1),
        "one rule, 1 of 10 fires, 1 process": backtest(selective, 1),
        f"one rule, 1 of 10 fires, {default_jobs()} processes": backtest(selective, default_jobs()),
        f"a rule of common words, {default_jobs()} processes": backtest(common, default_jobs()),
        f"the {len(active.rules)} seed rules, {default_jobs()} processes": backtest(
            compare(active, active), default_jobs()
        ),
    }
    contenders = {name: run for name, run in contenders.items() if only in name}
    rates: dict[str, list[tuple[float, float]]] = {name: [] for name in contenders}
    results: dict[str, set[str]] = {name: set() for name in contenders}
    for _ in range(rounds):
        for name, contender in contenders.items():
            started, used = time.perf_counter(), time.process_time()
            results[name].add(await contender(cluster))
            rates[name].append(
                (count / (time.perf_counter() - started), count / (time.process_time() - used))
            )
    print(
        f"{'':44}{'articles/s (median)':>20}{'best':>8}{'per CPU s':>11}  result (≠: rounds differ)"
    )
    for name, pairs in rates.items():
        clock, cpu = zip(*pairs, strict=True)
        cpu_rate = f"{statistics.median(cpu):11.0f}" if "1 process" in name else f"{'':11}"
        print(
            f"{name:44}{statistics.median(clock):20.0f}{max(clock):8.0f}{cpu_rate}"
            f"  {' ≠ '.join(sorted(results[name]))}"
        )


async def bench(bootstrap: str, count: int, rounds: int, only: str) -> None:
    """Fill the topic, measure, and delete the topic."""
    gazetteer = load_gazetteer(SEEDS / "actors", SEEDS / "keywords")
    async with temporary_cluster(bootstrap) as cluster:
        started = time.perf_counter()
        size = await fill(cluster, count, gazetteer)
        print(
            f"{count} articles of {size // count} bytes written to the topic in"
            f" {time.perf_counter() - started:.0f} s, Python {sys.version.split()[0]}"
        )
        await measure(cluster, count, rounds, gazetteer, only)


def main() -> None:
    """Measure on the given broker, or on one that is started for it."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--articles", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", default="", help="only contenders whose name contains this")
    parser.add_argument("--bootstrap")
    options = parser.parse_args()
    with broker(options.bootstrap) as bootstrap:
        asyncio.run(bench(bootstrap, options.articles, options.rounds, options.only))


if __name__ == "__main__":
    main()
