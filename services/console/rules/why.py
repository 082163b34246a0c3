"""``summitwire rules why`` and ``why-not``: why a rule fires on an article, or does not."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from services.alerting.explain.trial_articles import TrialArticles
from services.alerting.explain.why import explain_match
from services.alerting.explain.why_not import explain_miss
from services.alerting.language.check import Vocabulary
from services.alerting.language.document import Document, prepare
from services.alerting.rules.rule_set import LoadedRule
from services.console.errors import EXIT_BAD, fail
from services.console.inputs.tagged_inputs import Article, iter_readable_articles, require_paths
from services.console.options import (
    ACTORS,
    KEYWORDS,
    RULES,
    ActorsFolder,
    Expression,
    JsonPerArticle,
    KeywordsFolder,
    RuleFiles,
    RuleId,
)
from services.console.rules.selection import load_gazetteer_once, rule_or_expression
from services.console.rules.why_view import (
    miss_as_json,
    miss_lines,
    span_with_place,
    why_as_json,
    why_lines,
)

ArticlePath = Annotated[
    Path,
    typer.Argument(
        metavar="ARTICLE",
        help="A text or page (.gz too), a folder, or JSON lines; - reads JSON lines.",
    ),
]
Among = Annotated[
    list[Path] | None,
    typer.Option(
        "--among",
        metavar="ARTICLES",
        help="Prefer changes that let in few of these articles, too; may be repeated.",
    ),
]


def why_it_fires(
    article: ArticlePath,
    rule: RuleId = None,
    expr: Expression = None,
    rules: RuleFiles = None,
    json_: JsonPerArticle = False,
    actors: ActorsFolder = ACTORS,
    keywords: KeywordsFolder = KEYWORDS,
) -> None:
    """Show the words that make a rule fire on an article; exit 1 if it does not fire.

    Each word with its place in the cleaned article and in the text or page it was cleaned from.

    Example: summitwire rules why seeds/articles/004_947d3aa60bc3ea5e.txt second-summit
    """
    loaded, articles = _load(article, rule, expr, rules, actors, keywords)
    misses = 0
    for item in articles:
        matches = explain_match(loaded.tree, prepare(item.tagged))
        fires = matches is not None
        misses += not fires
        spans = [span_with_place(match, item) for match in matches or ()]
        if json_:
            _print(why_as_json(loaded, item, spans, fires=fires))
        else:
            _print("\n".join(why_lines(loaded, item, spans, fires=fires)))
    if misses:
        raise typer.Exit(EXIT_BAD)


def why_it_does_not(
    article: ArticlePath,
    rule: RuleId = None,
    expr: Expression = None,
    among: Among = None,
    rules: RuleFiles = None,
    json_: JsonPerArticle = False,
    actors: ActorsFolder = ACTORS,
    keywords: KeywordsFolder = KEYWORDS,
) -> None:
    """Show what keeps a rule from firing on an article; exit 1 if it fires.

    That is the first clause that fails, and the smallest change that would let the rule fire. Of
    several changes it is the one that would let in the fewest other articles: those given, and
    those of --among.

    Example: summitwire rules why-not seeds/articles/004_947d3aa60bc3ea5e.txt --expr 'golf AND kim'
    """
    loaded, articles = _load(article, rule, expr, rules, actors, keywords)
    documents = [prepare(item.tagged) for item in articles]
    trials = TrialArticles(loaded.tree, documents + _load_compared(among or [], actors, keywords))
    matches = 0
    for item, document in zip(articles, documents, strict=True):
        miss = explain_miss(loaded.tree, document, trials)
        matches += miss is None
        if json_:
            _print(miss_as_json(loaded, item, miss))
        else:
            _print("\n".join(miss_lines(loaded, item, miss)))
    if matches:
        raise typer.Exit(EXIT_BAD)


def _load(
    path: Path,
    rule_id: str | None,
    expression: str | None,
    rule_files: list[Path] | None,
    actors: Path,
    keywords: Path,
) -> tuple[LoadedRule, list[Article]]:
    """Load the rule and the articles; print what is not an article, exit with 1 if nothing is."""
    require_paths([path])
    gazetteer = load_gazetteer_once(actors, keywords)
    vocabulary = Vocabulary.from_gazetteer(gazetteer)
    loaded = rule_or_expression(rule_id, expression, rule_files or [RULES], vocabulary)
    articles = list(iter_readable_articles([path], gazetteer))
    if not articles:
        raise fail(f"{path}: holds no article", EXIT_BAD)
    return loaded, articles


def _load_compared(paths: list[Path], actors: Path, keywords: Path) -> list[Document]:
    """Return the words of the articles to compare with; print what is not an article."""
    require_paths(paths)
    articles = iter_readable_articles(paths, load_gazetteer_once(actors, keywords))
    return [prepare(item.tagged) for item in articles]


def _print(text: str) -> None:
    sys.stdout.write(text + "\n")
