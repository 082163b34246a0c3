"""Why a rule fires on an article, or does not: lines for people, and JSON."""

from collections.abc import Iterator, Sequence
from typing import Any

from services.alerting.explain.original import SourceLocation, locate
from services.alerting.explain.why import MatchInContext
from services.alerting.explain.why_not import WhyNot
from services.alerting.rules.rule_set import LoadedRule
from services.console.inputs.tagged_inputs import Article
from services.console.printing.json_lines import json_line
from shared.messages.schemas import Span

NO_ORIGINAL = "the original is not at hand: JSON lines hold the cleaned text"


def span_with_place(match: MatchInContext, article: Article) -> dict[str, Any]:
    """Return the matched span and its place in the original, null with the reason if not known."""
    clean = article.tagged.article
    texts = {"headline": clean.headline, "deck": clean.deck, "body": clean.body}
    field = texts[match.field]
    original = article.original()
    place = locate(original, field, Span(start=match.start, end=match.end)) if original else None
    if isinstance(place, SourceLocation):
        location: dict[str, Any] = {"original": _place(place), "unmapped": None}
    else:
        location = {"original": None, "unmapped": place.reason if place else NO_ORIGINAL}
    return {
        "clause": match.clause,
        "field": match.field,
        "start": match.start,
        "end": match.end,
        "surface": match.surface,
        "before": match.before,
        "after": match.after,
    } | location


def why_as_json(
    loaded: LoadedRule, article: Article, spans: Sequence[dict[str, Any]], *, fires: bool
) -> str:
    """Return one object: the rule, the article, whether it fires, each span with its places."""
    context = ("before", "after")
    printed = [
        {name: value for name, value in span.items() if name not in context} for span in spans
    ]
    return json_line(_head(loaded, article) | {"fires": fires, "spans": printed})


def why_lines(
    loaded: LoadedRule, article: Article, spans: Sequence[dict[str, Any]], *, fires: bool
) -> Iterator[str]:
    """Yield the lines for people."""
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


def miss_as_json(loaded: LoadedRule, article: Article, miss: WhyNot | None) -> str:
    """Return one object: the clause that fails, and the changed rule; None means it fires."""
    result: dict[str, Any] = {"fires": miss is None}
    if miss:
        result |= {
            "clause": miss.clause,
            "reason": miss.reason,
            "failing": miss.failing,
            "edits": list(miss.edits),
            "changed": miss.rule,
            "lets_in": miss.lets_in,
            "compared": miss.compared,
        }
    return json_line(_head(loaded, article) | result)


def miss_lines(loaded: LoadedRule, article: Article, miss: WhyNot | None) -> Iterator[str]:
    """Yield the lines for people; None means the rule fires."""
    rule_id = loaded.rule.rule_id
    where = f"on “{article.tagged.article.headline}” ({article.name})"
    if miss is None:
        yield f"{rule_id} fires {where}; `summitwire rules why` shows its words"
        return
    yield f"{rule_id} does not fire {where}"
    yield f"  the first clause that fails: {miss.clause}"
    yield f"    {miss.reason}"
    if miss.failing > 1:
        yield f"  {miss.failing} clauses fail in all"
    yield from (f"  the smallest change: {edit}" for edit in miss.edits)
    if miss.rule:
        yield f"  it would fire as: {miss.rule}"
        if miss.compared:
            yield f"  and on {miss.lets_in} of {miss.compared} other articles"
    else:
        yield "  no small change makes it fire on this article"


def _head(loaded: LoadedRule, article: Article) -> dict[str, Any]:
    clean = article.tagged.article
    return {
        "rule": loaded.rule.rule_id,
        "when": loaded.rule.when,
        "article": article.name,
        "headline": clean.headline,
        "pubstatus": clean.pubstatus,
    }


def _place(place: SourceLocation) -> dict[str, int]:
    return {
        "start": place.start,
        "end": place.end,
        "line": place.line,
        "column": place.column,
    }


def _in_context(span: dict[str, Any]) -> str:
    return " ".join(f"…{span['before']}[{span['surface']}]{span['after']}…".split())


def _original_line(span: dict[str, Any]) -> str:
    place = span["original"]
    if place is None:
        return f"in the original: not known ({span['unmapped']})"
    position = f"line {place['line']}, column {place['column']}"
    return f"in the original: {position} ({place['start']}–{place['end']})"
