"""``summitwire rules why`` and ``why-not``: what made a rule fire on an article, or what kept it from firing."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer

from services.alerting.explain.original import Original, Place, locate
from services.alerting.explain.why import Found, why
from services.alerting.explain.why_not import WhyNot, why_not
from services.alerting.language.check import Vocabulary
from services.alerting.language.document import prepare
from services.alerting.rules import LoadedRule
from services.console.errors import EXIT_BAD, fail, say
from services.console.rule_articles import Article, articles, existing
from services.console.rule_choice import SEEDS, known_names, rule_or_expression
from shared.documents import Problem
from shared.schemas import Span

Given = Annotated[
    Path,
    typer.Argument(metavar="ARTICLE", help="A text or page (.gz too), a folder, or JSON lines; - reads JSON lines."),
]
RuleId = Annotated[str | None, typer.Argument(metavar="[RULE]", help="The rule's id, unless --expr is given.", show_default=False)]
Expression = Annotated[str | None, typer.Option("--expr", metavar="EXPRESSION", help="An expression in place of a rule.")]
Files = Annotated[list[Path] | None, typer.Option("--rules", exists=True, help="Rule files or folders of them.", show_default="seeds/rules")]
Json = Annotated[bool, typer.Option("--json", help="One JSON object an article on standard output.")]
Actors = Annotated[Path, typer.Option("--actors", exists=True, help="Folder of people, offices and countries.", show_default="seeds/actors")]
Keywords = Annotated[Path, typer.Option("--keywords", exists=True, help="Folder of the vocabulary.", show_default="seeds/keywords")]


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
        spans = why(loaded.tree, prepare(one.tagged))
        placed = [_placed(span, one, one.original()) for span in spans or ()]
        missed += spans is None
        _print(_as_json(loaded, one, placed, spans is not None) if json_ else "\n".join(_why_lines(loaded, one, placed, spans is not None)))
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
        missed = why_not(loaded.tree, prepare(one.tagged))
        fires += missed is None
        _print(_miss_as_json(loaded, one, missed) if json_ else "\n".join(_miss_lines(loaded, one, missed)))
    if fires:
        raise typer.Exit(EXIT_BAD)


def _asked(
    article: Path, rule: str | None, expr: str | None, rules: list[Path] | None, actors: Path, keywords: Path
) -> tuple[LoadedRule, list[Article]]:
    existing([article])
    gazetteer = known_names(actors, keywords)
    loaded = rule_or_expression(rule, expr, rules or [SEEDS / "rules"], Vocabulary.of(gazetteer))
    found = list(articles([article], gazetteer))
    problems = [one for one in found if isinstance(one, Problem)]
    for problem in problems:
        say(str(problem))
    usable = [one for one in found if isinstance(one, Article)]
    if not usable:
        raise fail(f"{article}: holds no article", EXIT_BAD)
    return loaded, usable


def _placed(found: Found, article: Article, original: Original | None) -> dict[str, Any]:
    """The stretch, and its place in the original: null with the reason where that is not known."""
    clean = article.tagged.article
    field = clean.headline if found.field == "headline" else clean.body
    place = locate(original, field, Span(start=found.start, end=found.end)) if original else None
    told = {"clause": found.clause, "field": found.field, "start": found.start, "end": found.end, "surface": found.surface}
    shown = {"before": found.before, "after": found.after}
    if isinstance(place, Place):
        return told | shown | {"original": {"start": place.start, "end": place.end, "line": place.line, "column": place.column}, "unmapped": None}
    reason = place.why if place else "the original is not at hand: JSON lines hold the cleaned text"
    return told | shown | {"original": None, "unmapped": reason}


def _as_json(loaded: LoadedRule, article: Article, placed: list[dict[str, Any]], fires: bool) -> str:
    spans = [{name: value for name, value in span.items() if name not in ("before", "after")} for span in placed]
    return orjson.dumps(_head(loaded, article) | {"fires": fires, "spans": spans}).decode()


def _head(loaded: LoadedRule, article: Article) -> dict[str, Any]:
    clean = article.tagged.article
    return {"rule": loaded.rule.rule_id, "when": loaded.rule.when, "article": article.name, "headline": clean.headline, "pubstatus": clean.pubstatus}


def _why_lines(loaded: LoadedRule, article: Article, placed: list[dict[str, Any]], fires: bool) -> Iterator[str]:
    verb = "fires" if fires else "does not fire (`summitwire rules why-not` says why)"
    yield f"{loaded.rule.rule_id} {verb} on “{article.tagged.article.headline}” ({article.name})"
    if article.tagged.article.pubstatus == "withheld":
        yield "  it is withheld: no alert until it is released"
    clause = ""
    for span in placed:
        if span["clause"] != clause:
            clause = span["clause"]
            yield f"  {clause}"
        yield f"    {span['field']} {span['start']}–{span['end']}  {_in_context(span)}"
        yield f"      {_original_line(span)}"


def _in_context(span: dict[str, Any]) -> str:
    return " ".join(f"…{span['before']}[{span['surface']}]{span['after']}…".split())


def _original_line(span: dict[str, Any]) -> str:
    place = span["original"]
    if place is None:
        return f"in the original: not known ({span['unmapped']})"
    return f"in the original: line {place['line']}, column {place['column']} ({place['start']}–{place['end']})"


def _miss_as_json(loaded: LoadedRule, article: Article, missed: WhyNot | None) -> str:
    told: dict[str, Any] = {"fires": missed is None}
    if missed:
        told |= {"clause": missed.clause, "reason": missed.reason, "failing": missed.failing, "edits": list(missed.edits), "changed": missed.rule}
    return orjson.dumps(_head(loaded, article) | told).decode()


def _miss_lines(loaded: LoadedRule, article: Article, missed: WhyNot | None) -> Iterator[str]:
    name = f"{loaded.rule.rule_id} {{}} on “{article.tagged.article.headline}” ({article.name})"
    if missed is None:
        yield name.format("fires") + "; `summitwire rules why` shows its words"
        return
    yield name.format("does not fire")
    yield f"  the first clause that fails: {missed.clause}"
    yield f"    {missed.reason}"
    if missed.failing > 1:
        yield f"  {missed.failing} clauses fail in all"
    yield from (f"  the smallest change: {edit}" for edit in missed.edits)
    yield f"  it would fire as: {missed.rule}" if missed.rule else "  no small change makes it fire on this article"


def _print(text: str) -> None:
    sys.stdout.write(text + "\n")
