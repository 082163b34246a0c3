"""An original beside its cleaned article. Runs in a child process with limits.

The original is hostile: the cleaner reads it, and only text of a bounded size is passed on.
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
    "deck",
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
    """Compare an article of articles.tagged with its original, a record of articles.raw, if any."""
    article = decode(record, TaggedArticle).article
    rendered = _render_article(article)
    if raw is None:
        return rendered
    draft = build_draft(decode(raw, RawArticle))
    return rendered | ({} if isinstance(draft, Drop) else _original(original_lines(draft, article)))


def compare_content(content: bytes, content_type: str, name: str, now: str) -> dict[str, Any]:
    """Clean a text or file uploaded at ``now`` (RFC 3339), or say why it cannot be cleaned."""
    raw = RawArticle(
        source="brought",
        uri=f"urn:summitwire:try:{name}",
        content_type=content_type,
        content=content,
        fetched_at=datetime.fromisoformat(now),
        origin="feed",
    )
    try:
        draft = build_draft(raw)
    except InvalidMessage as error:
        return {"rejected": shorten(str(error), LINE_CHARACTERS)}
    if isinstance(draft, Drop):
        return {"rejected": str(draft.reason)}
    article = sign(draft)
    return _render_article(article) | _original(original_lines(draft, article))


def _render_article(article: CleanArticle) -> dict[str, Any]:
    return {
        "article": _render_head(article),
        "paragraphs": list(_paragraphs(article)),
        "fields": list(_fields(article)),
    }


def _render_head(article: CleanArticle) -> dict[str, Any]:
    in_headline = [item for item in article.changes if item.field == "headline"]
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
        "published_precision": article.event_time_precision,
        "language": article.language,
        "confidence": article.language_confidence,
        "status": article.pubstatus,
    }


def _paragraphs(article: CleanArticle) -> Iterator[dict[str, Any]]:
    """Yield each paragraph in segments that mark repeated and changed text.

    A paragraph in another language than the article's comes with that language.
    """
    foreign = {item.start: item for item in article.foreign}
    changed = [item for item in article.changes if item.field == "body"]
    budget = MAX_CHARACTERS
    for span in article.paragraphs:
        text = article.body[span.start : min(span.end, span.start + budget)]
        budget -= len(text)
        if not text:
            return
        language = foreign.get(span.start)
        extra = (
            {"language": language.language, "confidence": language.confidence} if language else {}
        )
        yield {
            "parts": [
                asdict(piece)
                for piece in diff_segments(text, span.start, article.repeated, changed)
            ]
        } | extra


def _fields(article: CleanArticle) -> Iterator[dict[str, Any]]:
    """Yield every field: its value, the evidence that was chosen and why, and all candidates."""
    provenance = {finding.field: finding for finding in article.findings}
    for field in dict.fromkeys((*_FIELDS, *provenance)):
        finding = provenance.get(field) or FieldProvenance(
            field=field, chosen=article.evidence.get(field, ""), why=""
        )
        value = _value(article, field)
        if value or finding.testimony or finding.chosen not in ("", *_UNKNOWN):
            yield {"field": field, "value": value} | _render_provenance(finding)


def _render_provenance(finding: FieldProvenance) -> dict[str, Any]:
    testimony = [
        {
            "witness": shorten(item.witness, NAME_CHARACTERS),
            "said": shorten(item.said, LINE_CHARACTERS),
        }
        for item in finding.testimony
    ]
    return {
        "chosen": finding.chosen,
        "why": finding.why,
        "disagree": finding.disagree,
        "testimony": testimony,
    }


def _value(article: CleanArticle, field: str) -> str:
    """Format a field for a reader."""
    if field == "body":
        return f"{len(article.paragraphs)} paragraphs, {len(article.sentences)} sentences"
    if field == "language":
        return f"{article.language}, confidence {article.language_confidence:.2f}"
    value = getattr(article, field, None)
    if field == "event_time" and article.event_time_precision != "moment":
        is_day = article.event_time_precision == "day"
        form = "%Y-%m-%d" if is_day else "%Y-%m-%d %H:%M, time zone unknown"
        return article.event_time.strftime(form)
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M UTC")
    return shorten(
        ", ".join(value) if isinstance(value, tuple) else str(value or ""), LINE_CHARACTERS
    )


def _original(lines: Sequence[OriginalLine]) -> dict[str, Any]:
    rendered, budget = list[dict[str, Any]](), MAX_CHARACTERS
    for line in lines[:MAX_LINES]:
        text = shorten(line.text, LINE_CHARACTERS)
        budget -= len(text)
        if budget < 0:
            break
        rendered.append(
            {"text": text, "fate": line.fate.value, "why": line.why, "paragraph": line.paragraph}
        )
    return {"lines": rendered, "more_lines": len(lines) - len(rendered)}
