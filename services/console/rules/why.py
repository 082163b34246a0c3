"""``summitwire rules why`` and ``why-not``: what made a rule fire on an article, or what kept it from firing."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from services.alerting.explain.why import explain_match
from services.alerting.explain.why_not import explain_miss
from services.alerting.language.check import Vocabulary
from services.alerting.language.document import prepare
from services.alerting.rules.rule_set import LoadedRule
from services.console.errors import EXIT_BAD, fail, say
from services.console.options import (
    ACTORS,
    KEYWORDS,
    RULES,
    ActorsFolder,
    JsonPerArticle,
    KeywordsFolder,
    RuleFiles,
)
from services.console.rules.selection import load_gazetteer_once, rule_or_expression
from services.console.rules.why_view import (
    miss_as_json,
    miss_lines,
    span_with_place,
    why_as_json,
    why_lines,
)
from services.console.tagged_inputs import Article, iter_tagged_articles, require_paths
from shared.files.yaml_document import Problem

Given = Annotated[
    Path,
    typer.Argument(
        metavar="ARTICLE",
        help="A text or page (.gz too), a folder, or JSON lines; - reads JSON lines.",
    ),
]
RuleId = Annotated[
    str | None,
    typer.Argument(
        metavar="[RULE]", help="The rule's id, unless --expr is given.", show_default=False
    ),
]
Expression = Annotated[
    str | None,
    typer.Option("--expr", metavar="EXPRESSION", help="An expression in place of a rule."),
]


def why_it_fires(
    article: Given,
    rule: RuleId = None,
    expr: Expression = None,
    rules: RuleFiles = None,
    json_: JsonPerArticle = False,
    actors: ActorsFolder = ACTORS,
    keywords: KeywordsFolder = KEYWORDS,
) -> None:
    """Show the words that make a rule fire on an article; exit 1 if it does not fire.

    Each with its place in the cleaned article and in the text or page that it was cleaned from.

    Example: summitwire rules why seeds/articles/004_947d3aa60bc3ea5e.txt second-summit
    """
    loaded, found = _asked(article, rule, expr, rules, actors, keywords)
    missed = 0
    for one in found:
        spans = explain_match(loaded.tree, prepare(one.tagged))
        found_at = [span_with_place(span, one) for span in spans or ()]
        missed += spans is None
        _print(
            why_as_json(loaded, one, found_at, spans is not None)
            if json_
            else "\n".join(why_lines(loaded, one, found_at, spans is not None))
        )
    if missed:
        raise typer.Exit(EXIT_BAD)


def why_it_does_not(
    article: Given,
    rule: RuleId = None,
    expr: Expression = None,
    rules: RuleFiles = None,
    json_: JsonPerArticle = False,
    actors: ActorsFolder = ACTORS,
    keywords: KeywordsFolder = KEYWORDS,
) -> None:
    """Show what keeps a rule from firing on an article; exit 1 if it fires.

    That is the first clause that fails, and the smallest change that would let the rule fire.

    Example: summitwire rules why-not seeds/articles/004_947d3aa60bc3ea5e.txt --expr 'second W/2 summit AND putin'
    """
    loaded, found = _asked(article, rule, expr, rules, actors, keywords)
    fires = 0
    for one in found:
        missed = explain_miss(loaded.tree, prepare(one.tagged))
        fires += missed is None
        _print(
            miss_as_json(loaded, one, missed)
            if json_
            else "\n".join(miss_lines(loaded, one, missed))
        )
    if fires:
        raise typer.Exit(EXIT_BAD)


def _asked(
    article: Path,
    rule: str | None,
    expr: str | None,
    rules: list[Path] | None,
    actors: Path,
    keywords: Path,
) -> tuple[LoadedRule, list[Article]]:
    require_paths([article])
    gazetteer = load_gazetteer_once(actors, keywords)
    loaded = rule_or_expression(rule, expr, rules or [RULES], Vocabulary.from_gazetteer(gazetteer))
    found = list(iter_tagged_articles([article], gazetteer))
    problems = [one for one in found if isinstance(one, Problem)]
    for problem in problems:
        say(str(problem))
    usable = [one for one in found if isinstance(one, Article)]
    if not usable:
        raise fail(f"{article}: holds no article", EXIT_BAD)
    return loaded, usable


def _print(text: str) -> None:
    sys.stdout.write(text + "\n")
