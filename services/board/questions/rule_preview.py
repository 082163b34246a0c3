"""Evaluates a rule on recent articles, or on one. Runs in a child process with limits.

The rule language parses and evaluates the expression; nothing a visitor writes is executed. The
result is cut to a bounded size.
"""

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import datetime
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import Any, Final

from services.alerting.explain.failure import count_missing_clauses, failures
from services.alerting.explain.missed import find_missed
from services.alerting.explain.trial_articles import TrialArticles
from services.alerting.explain.why_not import WhyNot, explain_miss
from services.alerting.language.check import Vocabulary, check
from services.alerting.language.document import Document, prepare
from services.alerting.language.errors import LanguageError
from services.alerting.language.evaluate import EvaluatedPart, evaluate_parts, join_spans
from services.alerting.language.format import format as canonical
from services.alerting.language.parsing.parse import parse
from services.alerting.language.tree import Node
from services.alerting.match.excerpts import excerpts
from services.board.state.excerpt import excerpt_parts, shorten
from services.cleaner.plain_text import article_from_text
from services.tagger.data.gazetteer import Gazetteer, load_gazetteer
from services.tagger.pipeline import tag
from shared.base.outcomes import InvalidMessage
from shared.messages.codec import decode
from shared.messages.schemas import TaggedArticle, TimeSource

FIRING: Final = 20
NEAREST: Final = 3
SUGGESTIONS: Final = 5
COMPARED: Final = 50
CLAUSES: Final = 20
WORDS: Final = 8
CHARACTERS: Final = 300
_PREPARED: Final = 256

Folders = tuple[str, str, str]
"""The folders of actors and keywords, and a version that changes with their content."""


def preview_rule(expression: str, records: Sequence[bytes], folders: Folders) -> dict[str, Any]:
    """Evaluate the expression on recent articles, newest first: matches and near misses."""
    tree, result = parse_expression(expression, folders)
    if tree is None:
        return result
    articles = [
        (decode_once(record), prepare_once(record)) for record in records if is_readable(record)
    ]
    explained = [
        (article, document, evaluate_parts(tree, document)) for article, document in articles
    ]
    misses = [(article, document) for article, document, parts in explained if parts is None]
    firing = (
        (article, document, parts) for article, document, parts in explained if parts is not None
    )
    return result | {
        "tried": len(articles),
        "firing": len(articles) - len(misses),
        "fires": [
            _fires(article, document, parts) for article, document, parts in islice(firing, FIRING)
        ],
        "nearest": _nearest(tree, misses),
        "suggestions": _suggestions(tree, articles) if 0 < len(misses) < len(articles) else [],
    }


def preview_on_article(expression: str, record: bytes, folders: Folders) -> dict[str, Any]:
    """Evaluate the expression on one article and explain the result."""
    return _on(expression, decode_once(record), prepare_once(record), folders)


def preview_on_text(
    expression: str, headline: str, text: str, today: str, folders: Folders
) -> dict[str, Any]:
    """Evaluate the expression on a pasted text, tagged as of ``today`` (RFC 3339)."""
    clean = article_from_text(
        headline,
        text,
        published_at=datetime.fromisoformat(today),
        source="pasted",
        namespace="try",
        time_source=TimeSource.FETCHED,
    )
    article = tag(clean, _gazetteer(*folders))
    return _on(expression, article, prepare(article), folders)


def _on(
    expression: str, article: TaggedArticle, document: Document, folders: Folders
) -> dict[str, Any]:
    tree, result = parse_expression(expression, folders)
    if tree is None:
        return result
    parts = evaluate_parts(tree, document)
    if parts is not None:
        return result | {"one": {"fires": True} | _fires(article, document, parts)}
    misses = explain_miss(tree, document)
    return result | {"one": {"fires": False} | _misses(article, misses) if misses else None}


def parse_expression(expression: str, folders: Folders) -> tuple[Node | None, dict[str, Any]]:
    """Return the tree with its canonical form and warnings; or None with the one error."""
    try:
        tree = parse(expression, _vocabulary(*folders))
    except LanguageError as error:
        result = {
            "line": error.line,
            "column": error.column,
            "code": error.code,
            "message": error.message,
            "suggestion": error.suggestion,
        }
        return None, {"rule": None, "error": result, "findings": []}
    findings = [
        asdict(finding) for finding in check(expression, tree, _vocabulary(*folders))[:CLAUSES]
    ]
    return tree, {"rule": canonical(tree), "error": None, "findings": findings}


def _fires(
    article: TaggedArticle, document: Document, parts: tuple[EvaluatedPart, ...]
) -> dict[str, Any]:
    matches = join_spans(parts)
    words: dict[str, dict[str, None]] = {}
    for hit in matches:
        words.setdefault(shorten(hit.clause, CHARACTERS), {})[
            shorten(document.field(hit.field).text[hit.start : hit.end], CHARACTERS)
        ] = None
    sentences = [
        {
            "field": item.field,
            "parts": [asdict(part) for part in excerpt_parts(item.text, item.marks)],
        }
        for item in excerpts(parts, matches, document)
    ]
    clauses = [
        {"clause": clause, "words": list(explained)[:WORDS]}
        for clause, explained in list(words.items())[:CLAUSES]
    ]
    return _head(article) | {"sentences": sentences, "clauses": clauses}


def _nearest(tree: Node, misses: Iterable[tuple[TaggedArticle, Document]]) -> list[dict[str, Any]]:
    """Rank near misses as a backtest does.

    Fewest clauses that lack a word first, then fewest that fail, then order of arrival.
    """
    misses = list(misses)
    ranked = sorted(
        misses,
        key=lambda item: (count_missing_clauses(tree, item[1]), len(failures(tree, item[1]))),
    )[:NEAREST]
    trials = TrialArticles(tree, (document for _article, document in misses), limit=COMPARED)
    return [
        _misses(article, explained)
        for article, document in ranked
        if (explained := explain_miss(tree, document, trials))
    ]


def _suggestions(
    tree: Node, articles: Iterable[tuple[TaggedArticle, Document]]
) -> list[dict[str, Any]]:
    """Return words that would catch articles like the rule's hits, with what each costs."""
    return [
        {
            "word": shorten(suggestion.word, CHARACTERS),
            "articles": suggestion.articles,
            "similar": suggestion.similar,
            "messages_per_day": round(suggestion.messages_per_day, 2),
            "rule": suggestion.rule,
        }
        for suggestion in find_missed(tree, articles).suggestions[:SUGGESTIONS]
    ]


def _misses(article: TaggedArticle, misses: WhyNot) -> dict[str, Any]:
    result = {
        "clause": shorten(misses.clause, CHARACTERS),
        "reason": shorten(misses.reason, CHARACTERS),
        "failing": misses.failing,
    }
    return (
        _head(article)
        | result
        | {
            "edits": [shorten(edit, CHARACTERS) for edit in misses.edits[:CLAUSES]],
            "changed": misses.rule,
        }
    )


def _head(article: TaggedArticle) -> dict[str, Any]:
    clean = article.article
    matches = {
        "headline": shorten(clean.headline, CHARACTERS),
        "source": shorten(clean.source, CHARACTERS),
    }
    published = {
        "published": clean.event_time,
        "published_precision": clean.event_time_precision,
    }
    return {"id": clean.article_id} | matches | published


def is_readable(record: bytes) -> bool:
    """Return whether a record can be decoded.

    One that cannot is a dead letter of its stage, and must not block rule previews on the others.
    """
    try:
        decode_once(record)
    except InvalidMessage:
        return False
    return True


@lru_cache(maxsize=_PREPARED)
def decode_once(record: bytes) -> TaggedArticle:
    """Decode a record, cached: a preview runs at every key press."""
    return decode(record, TaggedArticle)


@lru_cache(maxsize=_PREPARED)
def prepare_once(record: bytes) -> Document:
    """Decode a record and segment its text, cached."""
    return prepare(decode_once(record))


@lru_cache(maxsize=1)
def _gazetteer(actors: str, keywords: str, _version: str) -> Gazetteer:
    return load_gazetteer(Path(actors), Path(keywords))


@lru_cache(maxsize=1)
def _vocabulary(actors: str, keywords: str, version: str) -> Vocabulary:
    return Vocabulary.from_gazetteer(_gazetteer(actors, keywords, version))
