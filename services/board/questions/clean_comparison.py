"""An original beside what the cleaner made of it. Runs in a child process, which the board gives limits of time and memory.

The original is hostile: it is read by the cleaner and handed on as text alone, of a bounded size.
"""

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any, Final

from services.board.state.cards import HEADLINE_CHARACTERS, NAME_CHARACTERS, safe_link
from services.board.state.diff_segments import diff_segments
from services.board.state.excerpt import shorten
from services.cleaner.original import OriginalLine, original_lines
from services.cleaner.pipeline import build_draft
from services.cleaner.sign import sign
from shared.base.outcomes import Drop, InvalidMessage
from shared.messages.codec import decode
from shared.messages.schemas import CleanArticle, FieldProvenance, RawArticle, TaggedArticle

MAX_LINES: Final = 2_000
LINE_CHARACTERS: Final = 3_000
MAX_CHARACTERS: Final = 400_000
"""Of each column: what a browser shows without effort."""
_FIELDS: Final = (
    "headline",
    "firstcreated",
    "versioncreated",
    "authors",
    "section",
    "located",
    "url",
    "language",
    "body",
    "event_time",
)
_UNKNOWN: Final = ("none", "fetched")


def compare_article(record: bytes, raw: bytes | None) -> dict[str, Any]:
    """An article of articles.tagged, beside its original (a record of articles.raw), if that is at hand."""
    article = decode(record, TaggedArticle).article
    shown = _shown(article)
    if raw is None:
        return shown
    draft = build_draft(decode(raw, RawArticle))
    return shown | ({} if isinstance(draft, Drop) else _original(original_lines(draft, article)))


def compare_content(content: bytes, content_type: str, name: str, now: str) -> dict[str, Any]:
    """A text or file that somebody brought, fetched ``now`` (RFC 3339): what the cleaner would make of it, or why nothing."""
    raw = RawArticle(
        source="brought",
        uri=f"urn:summitwire:try:{name}",
        content_type=content_type,
        content=content,
        fetched_at=datetime.fromisoformat(now),
        origin="push",
    )
    try:
        draft = build_draft(raw)
    except InvalidMessage as error:
        return {"rejected": shorten(str(error), LINE_CHARACTERS)}
    if isinstance(draft, Drop):
        return {"rejected": str(draft.reason)}
    article = sign(draft)
    return _shown(article) | _original(original_lines(draft, article))


def _shown(article: CleanArticle) -> dict[str, Any]:
    return {
        "article": _described(article),
        "paragraphs": list(_paragraphs(article)),
        "fields": list(_fields(article)),
    }


def _described(article: CleanArticle) -> dict[str, Any]:
    in_headline = [one for one in article.changes if one.field == "headline"]
    return {
        "id": article.article_id,
        "revision": article.revision,
        "version": article.version,
        "replaces": article.replaces,
        "changes": len(article.changes),
        "signal": article.signal,
        "headline": [
            asdict(piece)
            for piece in diff_segments(
                shorten(article.headline, HEADLINE_CHARACTERS), 0, (), in_headline
            )
        ],
        "link": safe_link(article.url, article.uri)[0],
        "source": shorten(article.source, NAME_CHARACTERS),
        "published": article.event_time,
        "published_by": article.event_time_source.value,
        "language": article.language,
        "confidence": article.language_confidence,
        "status": article.pubstatus,
    }


def _paragraphs(article: CleanArticle) -> Iterator[dict[str, Any]]:
    """Each paragraph in stretches, what is repeated or has changed told apart; with its language where that is another."""
    foreign = {one.start: one for one in article.foreign}
    changed = [one for one in article.changes if one.field == "body"]
    budget = MAX_CHARACTERS
    for span in article.paragraphs:
        text = article.body[span.start : min(span.end, span.start + budget)]
        budget -= len(text)
        if not text:
            return
        language = foreign.get(span.start)
        told = (
            {"language": language.language, "confidence": language.confidence} if language else {}
        )
        yield {
            "parts": [
                asdict(piece)
                for piece in diff_segments(text, span.start, article.repeated, changed)
            ]
        } | told


def _fields(article: CleanArticle) -> Iterator[dict[str, Any]]:
    """Every field with its value, who was believed and why, and what each witness said."""
    found = {finding.field: finding for finding in article.findings}
    for field in dict.fromkeys((*_FIELDS, *found)):
        finding = found.get(field) or FieldProvenance(
            field=field, chosen=article.evidence.get(field, ""), why=""
        )
        value = _value(article, field)
        if value or finding.testimony or finding.chosen not in ("", *_UNKNOWN):
            yield {"field": field, "value": value} | _told(finding)


def _told(finding: FieldProvenance) -> dict[str, Any]:
    testimony = [
        {
            "witness": shorten(one.witness, NAME_CHARACTERS),
            "said": shorten(one.said, LINE_CHARACTERS),
        }
        for one in finding.testimony
    ]
    return {
        "chosen": finding.chosen,
        "why": finding.why,
        "disagree": finding.disagree,
        "testimony": testimony,
    }


def _value(article: CleanArticle, field: str) -> str:
    """The field as a person reads it."""
    if field == "body":
        return f"{len(article.paragraphs)} paragraphs, {len(article.sentences)} sentences"
    if field == "language":
        return f"{article.language}, confidence {article.language_confidence:.2f}"
    value = getattr(article, field, None)
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M UTC")
    return shorten(
        ", ".join(value) if isinstance(value, tuple) else str(value or ""), LINE_CHARACTERS
    )


def _original(lines: Sequence[OriginalLine]) -> dict[str, Any]:
    shown, budget = list[dict[str, Any]](), MAX_CHARACTERS
    for line in lines[:MAX_LINES]:
        text = shorten(line.text, LINE_CHARACTERS)
        budget -= len(text)
        if budget < 0:
            break
        shown.append(
            {"text": text, "fate": line.fate.value, "why": line.why, "paragraph": line.paragraph}
        )
    return {"lines": shown, "more_lines": len(lines) - len(shown)}
