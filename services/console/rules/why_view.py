"""Why a rule fires on an article, or does not, as lines: for people, and as JSON."""

from collections.abc import Iterator
from typing import Any

import orjson

from services.alerting.explain.original import SourceLocation, locate
from services.alerting.explain.why import MatchInContext
from services.alerting.explain.why_not import WhyNot
from services.alerting.rules.rule_set import LoadedRule
from services.console.tagged_inputs import Article
from shared.messages.schemas import Span


def span_with_place(found: MatchInContext, article: Article) -> dict[str, Any]:
    """The stretch, and its place in the original: null with the reason where that is not known."""
    clean = article.tagged.article
    field = clean.headline if found.field == "headline" else clean.body
    original = article.original()
    place = locate(original, field, Span(start=found.start, end=found.end)) if original else None
    told = {
        "clause": found.clause,
        "field": found.field,
        "start": found.start,
        "end": found.end,
        "surface": found.surface,
    }
    shown = {"before": found.before, "after": found.after}
    if isinstance(place, SourceLocation):
        return (
            told
            | shown
            | {
                "original": {
                    "start": place.start,
                    "end": place.end,
                    "line": place.line,
                    "column": place.column,
                },
                "unmapped": None,
            }
        )
    reason = (
        place.reason if place else "the original is not at hand: JSON lines hold the cleaned text"
    )
    return told | shown | {"original": None, "unmapped": reason}


def why_as_json(
    loaded: LoadedRule, article: Article, spans: list[dict[str, Any]], fires: bool
) -> str:
    """One object: the rule, the article, whether it fires, and each stretch with its places."""
    shown = [
        {name: value for name, value in span.items() if name not in ("before", "after")}
        for span in spans
    ]
    return orjson.dumps(_head(loaded, article) | {"fires": fires, "spans": shown}).decode()


def _head(loaded: LoadedRule, article: Article) -> dict[str, Any]:
    clean = article.tagged.article
    return {
        "rule": loaded.rule.rule_id,
        "when": loaded.rule.when,
        "article": article.name,
        "headline": clean.headline,
        "pubstatus": clean.pubstatus,
    }


def why_lines(
    loaded: LoadedRule, article: Article, spans: list[dict[str, Any]], fires: bool
) -> Iterator[str]:
    """The lines that a person reads."""
    verb = "fires" if fires else "does not fire (`summitwire rules why-not` says why)"
    yield f"{loaded.rule.rule_id} {verb} on “{article.tagged.article.headline}” ({article.name})"
    if article.tagged.article.pubstatus == "withheld":
        yield "  it is withheld: no alert until it is released"
    clause = ""
    for span in spans:
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


def miss_as_json(loaded: LoadedRule, article: Article, missed: WhyNot | None) -> str:
    """One object: the clause that fails, and the changed rule."""
    told: dict[str, Any] = {"fires": missed is None}
    if missed:
        told |= {
            "clause": missed.clause,
            "reason": missed.reason,
            "failing": missed.failing,
            "edits": list(missed.edits),
            "changed": missed.rule,
        }
    return orjson.dumps(_head(loaded, article) | told).decode()


def miss_lines(loaded: LoadedRule, article: Article, missed: WhyNot | None) -> Iterator[str]:
    """The lines that a person reads."""
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
    yield (
        f"  it would fire as: {missed.rule}"
        if missed.rule
        else "  no small change makes it fire on this article"
    )
