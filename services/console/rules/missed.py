"""``summitwire rules missed``: articles like a rule's hits on which it does not fire."""

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Final

import typer

from services.alerting.explain.missed import MissedReport, NoHitsError, find_missed
from services.alerting.language.check import Vocabulary
from services.alerting.language.document import prepare
from services.console.durations import parse_since
from services.console.errors import EXIT_BAD, fail, say
from services.console.inputs.tagged_inputs import (
    iter_readable_articles,
    require_one_source,
    require_paths,
)
from services.console.options import (
    ACTORS,
    KEYWORDS,
    RULES,
    ActorsFolder,
    Expression,
    JsonObject,
    KeywordsFolder,
    RuleFiles,
    RuleId,
    Since,
)
from services.console.printing.json_lines import json_line
from services.console.printing.plurals import count_of
from services.console.progress import progress_bar
from services.console.rules.article_arguments import ArticlePaths, FromTaggedTopic
from services.console.rules.backtest.run import iter_values
from services.console.rules.selection import load_gazetteer_once, rule_or_expression
from services.tagger.data.gazetteer import Gazetteer
from shared.base import settings
from shared.base.outcomes import InvalidMessage
from shared.kafka.cluster import Cluster
from shared.kafka.topics import ARTICLES_TAGGED
from shared.messages.codec import decode
from shared.messages.schemas import TaggedArticle

_HEADLINE_CHARACTERS: Final = 100


def missed(
    rule: RuleId = None,
    paths: ArticlePaths = None,
    expr: Expression = None,
    from_topic: FromTaggedTopic = False,
    since: Since = None,
    rules: RuleFiles = None,
    json_: JsonObject = False,
    actors: ActorsFolder = ACTORS,
    keywords: KeywordsFolder = KEYWORDS,
) -> None:
    """Show articles like a rule's hits on which it does not fire, and the words to add.

    Each word is tried on all the articles: its cost is what it would add in messages a day.

    Example: summitwire rules missed missiles-and-parades --from-topic --since 7d
    """
    if expr is not None and rule is not None:
        paths, rule = [Path(rule), *(paths or [])], None
    require_one_source(paths, from_topic=from_topic, since=since, metavar="ARTICLES…")
    require_paths(paths or [])
    gazetteer = load_gazetteer_once(actors, keywords)
    vocabulary = Vocabulary.from_gazetteer(gazetteer)
    loaded = rule_or_expression(rule, expr, rules or [RULES], vocabulary)
    with progress_bar(None) as advance:
        if from_topic:
            cluster = Cluster(settings.load(settings.KafkaSettings))
            articles = asyncio.run(_load_topic(cluster, parse_since(since), advance))
        else:
            articles = list(_load_files(paths or [], gazetteer, advance))
    try:
        report = find_missed(loaded.tree, ((item, prepare(item)) for item in articles))
    except NoHitsError as error:
        raise fail(f"{error}, so nothing can be like its hits; widen it first", EXIT_BAD) from None
    if json_:
        typer.echo(json_line({"rule": loaded.rule.rule_id, **asdict(report)}))
    else:
        typer.echo("\n".join(_lines(loaded.rule.rule_id, report)))


def _load_files(
    paths: list[Path], gazetteer: Gazetteer, advance: Callable[[int], None]
) -> Iterator[TaggedArticle]:
    """Yield the articles of the paths; print what is not an article."""
    for item in iter_readable_articles(paths, gazetteer):
        advance(1)
        yield item.tagged


async def _load_topic(
    cluster: Cluster, since_ms: int | None, advance: Callable[[int], None]
) -> list[TaggedArticle]:
    """Return the retained articles, of each its latest version; other records are counted."""
    latest: dict[str, TaggedArticle] = {}
    unreadable = 0
    async for value in iter_values(cluster, ARTICLES_TAGGED.name, since_ms):
        advance(1)
        try:
            article = decode(value, TaggedArticle)
        except InvalidMessage:
            unreadable += 1
        else:
            latest[article.article_id] = article
    if unreadable:
        say(f"{count_of(unreadable, 'record')} skipped: no articles")
    return list(latest.values())


def _lines(rule_id: str, report: MissedReport) -> Iterator[str]:
    articles = count_of(report.articles, "article")
    yield f"{rule_id} fires on {report.hits} of {articles} ({report.days:.1f} days)"
    if not report.missed:
        yield "no other article is like them"
        return
    yield "most like them, but without an alert:"
    for article in report.missed:
        yield f"  {article.similarity:.2f}  {article.headline[:_HEADLINE_CHARACTERS]}"
        yield f"        {article.uri}"
        yield f"        fails: {article.clause}"
    if not report.suggestions:
        yield "no single word would let the rule fire on them"
        return
    yield "words to add, and what each costs:"
    for suggestion in report.suggestions:
        yield (
            f"  {suggestion.word}: {suggestion.similar} of these and"
            f" {suggestion.articles - suggestion.similar} other articles,"
            f" {suggestion.messages_per_day:.2f} messages a day"
        )
        yield f"        beside: {suggestion.clause}"
        yield f"        as: {suggestion.rule}"
