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
from services.console.rules.selection import SEEDS, load_gazetteer_once, rule_or_expression
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
Files = Annotated[
    list[Path] | None,
    typer.Option(
        "--rules", exists=True, help="Rule files or folders of them.", show_default="seeds/rules"
    ),
]
Json = Annotated[
    bool, typer.Option("--json", help="One JSON object an article on standard output.")
]
Actors = Annotated[
    Path,
    typer.Option(
        "--actors",
        exists=True,
        help="Folder of people, offices and countries.",
        show_default="seeds/actors",
    ),
]
Keywords = Annotated[
    Path,
    typer.Option(
        "--keywords", exists=True, help="Folder of the vocabulary.", show_default="seeds/keywords"
    ),
]


def why_it_fires(
    article: Given,
    rule: RuleId = None,
    expr: Expression = None,
    rules: Files = None,
    json_: Json = False,
    actors: Actors = SEEDS / "actors",
    keywords: Keywords = SEEDS / "keywords",
) -> None:
    """Show the words that make a rule fire, in the cleaned article and in what it was cleaned from; exit 1 if it does not fire.

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
    rules: Files = None,
    json_: Json = False,
    actors: Actors = SEEDS / "actors",
    keywords: Keywords = SEEDS / "keywords",
) -> None:
    """Show the first clause that keeps a rule from firing, and the smallest change that would let it; exit 1 if it fires.

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
    loaded = rule_or_expression(
        rule, expr, rules or [SEEDS / "rules"], Vocabulary.from_gazetteer(gazetteer)
    )
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
