"""One trial of a rule: an expression on recent articles, or on one. Runs in a child process, which the board gives limits of time and memory.

The expression is parsed and evaluated by the rule language; nothing that a visitor writes is run. What comes back is cut to a bounded size.
"""

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from services.alerting.explain.failure import count_missing_clauses, failures
from services.alerting.explain.why_not import WhyNot, explain_miss
from services.alerting.language.check import Vocabulary, check
from services.alerting.language.document import Document, prepare
from services.alerting.language.errors import LanguageError
from services.alerting.language.evaluate import MatchedSpan, evaluate
from services.alerting.language.format import format as canonical
from services.alerting.language.parsing.parse import parse
from services.alerting.language.tree import Node
from services.alerting.match.excerpts import excerpts
from services.board.state.excerpt import parts, shortened
from services.cleaner.plain_text import article_from_text
from services.tagger.data.gazetteer import Gazetteer, load_gazetteer
from services.tagger.pipeline import tag
from shared.base.outcomes import InvalidMessage
from shared.messages.codec import decode
from shared.messages.schemas import TaggedArticle, TimeSource

FIRING: Final = 20
NEAREST: Final = 3
CLAUSES: Final = 20
WORDS: Final = 8
CHARACTERS: Final = 300
_PREPARED: Final = 256

Folders = tuple[str, str, str]
"""The folders of actors and of keywords that the tagger reads, and a version: another one says that they have changed."""


def tried(expression: str, records: Sequence[bytes], folders: Folders) -> dict[str, Any]:
    """The expression on recent articles, which come newest first: what fires, and what comes nearest to it."""
    tree, told = _read(expression, folders)
    if tree is None:
        return told
    seen = [(decode_once(record), prepared(record)) for record in records if _is_readable(record)]
    found = [(article, document, evaluate(tree, document)) for article, document in seen]
    firing = [
        _fires(article, document, hits) for article, document, hits in found if hits is not None
    ]
    missed = [(article, document) for article, document, hits in found if hits is None]
    return told | {
        "tried": len(seen),
        "firing": len(firing),
        "fires": firing[:FIRING],
        "nearest": _nearest(tree, missed),
    }


def tried_on(expression: str, record: bytes, folders: Folders) -> dict[str, Any]:
    """The expression on one article: why it fires, or why not."""
    return _on(expression, decode_once(record), prepared(record), folders)


def tried_on_text(
    expression: str, headline: str, text: str, today: str, folders: Folders
) -> dict[str, Any]:
    """The expression on a text that somebody pasted, tagged as of ``today`` (RFC 3339)."""
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
    tree, told = _read(expression, folders)
    if tree is None:
        return told
    hits = evaluate(tree, document)
    if hits is not None:
        return told | {"one": {"fires": True} | _fires(article, document, hits)}
    missed = explain_miss(tree, document)
    return told | {"one": {"fires": False} | _misses(article, missed) if missed else None}


def _read(expression: str, folders: Folders) -> tuple[Node | None, dict[str, Any]]:
    """The tree, with the canonical form and what may be wrong with it; or None, with the one error."""
    try:
        tree = parse(expression)
    except LanguageError as error:
        told = {
            "line": error.line,
            "column": error.column,
            "code": error.code,
            "message": error.message,
            "suggestion": error.suggestion,
        }
        return None, {"rule": None, "error": told, "findings": []}
    findings = [
        asdict(finding) for finding in check(expression, tree, _vocabulary(*folders))[:CLAUSES]
    ]
    return tree, {"rule": canonical(tree), "error": None, "findings": findings}


def _fires(
    article: TaggedArticle, document: Document, hits: Iterable[MatchedSpan]
) -> dict[str, Any]:
    shown = tuple(hits)
    words: dict[str, dict[str, None]] = {}
    for hit in shown:
        words.setdefault(shortened(hit.clause, CHARACTERS), {})[
            shortened(document.field(hit.field).text[hit.start : hit.end], CHARACTERS)
        ] = None
    sentences = [
        {"field": one.field, "parts": [asdict(part) for part in parts(one.text, one.marks)]}
        for one in excerpts(shown, document)
    ]
    clauses = [
        {"clause": clause, "words": list(found)[:WORDS]}
        for clause, found in list(words.items())[:CLAUSES]
    ]
    return _head(article) | {"sentences": sentences, "clauses": clauses}


def _nearest(tree: Node, missed: Iterable[tuple[TaggedArticle, Document]]) -> list[dict[str, Any]]:
    """As a backtest ranks them: fewest clauses that lack a word, then fewest that fail, then the order in which they came."""
    ranked = sorted(
        missed, key=lambda one: (count_missing_clauses(tree, one[1]), len(failures(tree, one[1])))
    )[:NEAREST]
    return [
        _misses(article, found)
        for article, document in ranked
        if (found := explain_miss(tree, document))
    ]


def _misses(article: TaggedArticle, missed: WhyNot) -> dict[str, Any]:
    told = {
        "clause": shortened(missed.clause, CHARACTERS),
        "reason": shortened(missed.reason, CHARACTERS),
        "failing": missed.failing,
    }
    return (
        _head(article)
        | told
        | {
            "edits": [shortened(edit, CHARACTERS) for edit in missed.edits[:CLAUSES]],
            "changed": missed.rule,
        }
    )


def _head(article: TaggedArticle) -> dict[str, Any]:
    clean = article.article
    shown = {
        "headline": shortened(clean.headline, CHARACTERS),
        "source": shortened(clean.source, CHARACTERS),
    }
    return {"id": clean.article_id} | shown | {"published": clean.event_time}


def _is_readable(record: bytes) -> bool:
    """A record that no stage can read is a dead letter; here it must not keep anybody from trying rules on the others."""
    try:
        decode_once(record)
    except InvalidMessage:
        return False
    return True


@lru_cache(maxsize=_PREPARED)
def decode_once(record: bytes) -> TaggedArticle:
    """The article of a record; asked for again at every key that somebody presses."""
    return decode(record, TaggedArticle)


@lru_cache(maxsize=_PREPARED)
def prepared(record: bytes) -> Document:
    """The article of a record, its words read."""
    return prepare(decode_once(record))


@lru_cache(maxsize=1)
def _gazetteer(actors: str, keywords: str, _version: str) -> Gazetteer:
    return load_gazetteer(Path(actors), Path(keywords))


@lru_cache(maxsize=1)
def _vocabulary(actors: str, keywords: str, version: str) -> Vocabulary:
    return Vocabulary.from_gazetteer(_gazetteer(actors, keywords, version))
