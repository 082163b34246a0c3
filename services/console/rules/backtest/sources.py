"""The articles that rules are tried on: those of files, or what a topic still holds."""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from services.alerting.backtest.comparison import RuleComparison
from services.alerting.backtest.examine import PartialResult
from services.console.durations import parse_since
from services.console.errors import EXIT_BAD, fail
from services.console.inputs.tagged_inputs import iter_tagged_articles
from services.console.progress import progress_bar
from services.console.rules.backtest.run import (
    default_jobs,
    iter_values,
    run,
    run_in_process,
    topic_size,
)
from services.tagger.data.gazetteer import Gazetteer
from shared.base import settings
from shared.files.yaml_document import Problem
from shared.kafka.cluster import Cluster
from shared.kafka.topics import ARTICLES_TAGGED
from shared.messages.codec import encode

_ONE_PROCESS_BELOW: Final = 2_000
"""Fewer records are done before other processes have started."""
_COMPILED_FROM: Final = 20_000
"""From so many records on, loading the compiled matcher in every process pays."""


def examine_topic(policy: RuleComparison, since: str | None, jobs: int | None) -> PartialResult:
    """Try the rules on what articles.tagged holds; exit with 1 if it is empty.

    ``since`` is a time as ``parse_since`` reads it; None is everything.
    """
    cluster = Cluster(settings.load(settings.KafkaSettings))
    return asyncio.run(_examine_topic(cluster, policy, parse_since(since), jobs))


def examine_files(
    paths: Sequence[Path], policy: RuleComparison, gazetteer: Gazetteer, problems: list[Problem]
) -> PartialResult:
    """Try the rules on articles in files; append what is not an article to ``problems``."""
    with progress_bar(None) as advance:
        return run_in_process(_encode_articles(paths, gazetteer, problems), policy, advance)


async def _examine_topic(
    cluster: Cluster, policy: RuleComparison, since_ms: int | None, jobs: int | None
) -> PartialResult:
    topic = ARTICLES_TAGGED.name
    size = await topic_size(cluster, topic)
    if not size:
        hint = "nothing was tagged yet (`summitwire replay seeds/articles`)"
        raise fail(f"topic {cluster.name(topic)} is empty: {hint}", EXIT_BAD)
    jobs = jobs or (1 if size < _ONE_PROCESS_BELOW else default_jobs())
    policy = replace(policy, compiled=size >= _COMPILED_FROM)
    with progress_bar(size) as advance:
        values = iter_values(cluster, topic, since_ms)
        return await run(values, policy, jobs=jobs, advance=advance)


def _encode_articles(
    paths: Sequence[Path], gazetteer: Gazetteer, problems: list[Problem]
) -> Iterator[bytes]:
    for article in iter_tagged_articles(paths, gazetteer):
        if isinstance(article, Problem):
            problems.append(article)
        else:
            yield encode(article.tagged)
