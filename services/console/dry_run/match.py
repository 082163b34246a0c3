"""``summitwire try match``: articles as JSON lines through the rules, without a broker."""

import sys
from collections.abc import Sequence
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Annotated

import typer

from services.alerting.language.document import FIELD_NUMBERS, Document, prepare, sort_spans
from services.alerting.language.evaluate import evaluate
from services.alerting.match.repeated_text import blank_out
from services.alerting.rules.rule_set import RuleSet, load_rule_files, rule_files
from services.console.errors import EXIT_BAD, fail
from services.console.inputs.article_inputs import ArticleInput, handle_articles
from services.console.inputs.input_tagging import (
    UNDATED,
    clean_from_input,
    normalise_clause,
    segment_fields,
    tagged_from_input,
    to_word_span,
)
from services.console.options import ACTORS, KEYWORDS, JsonPerArticle
from services.console.printing.json_lines import json_line
from services.console.printing.plurals import count_of
from services.console.rules.names_in_rules import names_in_files
from services.tagger.data.gazetteer import Gazetteer, load_gazetteer
from shared.files.yaml_document import DocumentError
from shared.messages.schemas import FieldName, Span

FieldSpan = tuple[FieldName, int, int]
"""A field and code points in it, end exclusive."""

Rules = Annotated[
    list[Path], typer.Option("--rules", exists=True, help="Rule files or folders of them.")
]
Paths = Annotated[
    list[Path],
    typer.Argument(
        metavar="PATH…",
        help="JSON lines with id, headline, deck, body, language, source, published, tags; "
        "- is standard input.",
    ),
]


def try_match(rules: Rules, paths: Paths, json_: JsonPerArticle = False) -> None:
    """Say which rules each article fires, and where.

    Offsets count code points from 0, end exclusive. Ids in rules are not checked: `summitwire
    rules check` does that. A rule that only `repeated` text fires is suppressed.

    Example: summitwire try match --rules seeds/rules --json articles.jsonl
    """
    try:
        folders = (rule_files(path) if path.is_dir() else (path,) for path in rules)
        files = tuple(chain.from_iterable(folders))
        rule_set = load_rule_files(files, names_in_files(files))
    except DocumentError as error:
        raise fail(str(error), EXIT_BAD) from None
    if exit_code := handle_articles(paths, lambda article: _print(article, rule_set, json_=json_)):
        raise typer.Exit(exit_code)


def fired_spans(rules: RuleSet, document: Document) -> dict[str, list[FieldSpan]]:
    """Return by rule id the spans that satisfied the rule, each once, in text order."""
    results = ((loaded.rule.rule_id, evaluate(loaded.tree, document)) for loaded in rules.rules)
    return {
        rule_id: sorted(
            {(hit.field, hit.start, hit.end) for hit in hits},
            key=lambda span: (FIELD_NUMBERS[span[0]], span),
        )
        for rule_id, hits in results
        if hits is not None
    }


def to_document(article: ArticleInput) -> Document:
    """Prepare the article for rules, with its own tags or else those of the tagger.

    Raises UnusableInput if a tag is outside the text.
    """
    if article.tags is None:
        return prepare(tagged_from_input(article, _gazetteer(), UNDATED))
    clean = clean_from_input(article, UNDATED)
    fields = segment_fields(article, clean.language)
    tags = {
        normalise_clause(clause): [
            to_word_span(clause, field, fields[field], (first, end), article.place)
            for field, first, end in spans
        ]
        for clause, spans in article.tags.items()
    }
    return Document(
        headline=fields["headline"],
        deck=fields["deck"],
        body=fields["body"],
        tags=sort_spans(tags),
        source=clean.source,
        language=clean.language,
    )


def _print(article: ArticleInput, rules: RuleSet, *, json_: bool) -> None:
    sys.stdout.write(_evaluate(article, rules, json_=json_) + "\n")


def _evaluate(article: ArticleInput, rules: RuleSet, *, json_: bool) -> str:
    """Evaluate the rules on the article, and return what to print."""
    document = to_document(article)
    repeated = [Span(start=start, end=end) for start, end in article.repeated]
    fires = fired_spans(rules, document)
    remaining = fired_spans(rules, blank_out(document, repeated)) if repeated else fires
    spans = {rule_id: remaining[rule_id] for rule_id in fires if rule_id in remaining}
    suppressed = sorted(fires.keys() - remaining)
    return (_as_json if json_ else _as_text)(article, spans, suppressed)


@cache
def _gazetteer() -> Gazetteer:
    """Load the data once, and only if an article comes without tags."""
    return load_gazetteer(ACTORS, KEYWORDS)


def _as_json(
    article: ArticleInput, spans: dict[str, list[FieldSpan]], suppressed: Sequence[str]
) -> str:
    result = {"id": article.id, "fires": list(spans), "spans": spans}
    return json_line(result | ({"suppressed": suppressed} if article.repeated else {}))


def _as_text(
    article: ArticleInput, spans: dict[str, list[FieldSpan]], suppressed: Sequence[str]
) -> str:
    texts = {"headline": article.headline, "deck": article.deck, "body": article.body}
    lines = [f"{article.id}: {count_of(len(spans), 'rule')} fire{'s' * (len(spans) == 1)}"]
    for rule_id, field_spans in spans.items():
        words = (
            f"“{texts[field][start:end]}” ({field} {start})" for field, start, end in field_spans
        )
        lines.append(f"  {rule_id}: {', '.join(words)}")
    lines += [f"  {rule_id}: suppressed, it matches only repeated text" for rule_id in suppressed]
    return "\n".join(lines)
