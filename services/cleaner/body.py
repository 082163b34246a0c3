"""Step 3: join the paragraphs into one body and record the span of each."""

from dataclasses import replace
from typing import Final

from services.cleaner.article_draft import ArticleDraft
from services.cleaner.drop_reasons import CleanDrop
from shared.base.outcomes import Drop
from shared.messages.schemas import Span

BETWEEN_PARAGRAPHS: Final = "\n\n"


def join_body(draft: ArticleDraft) -> ArticleDraft | Drop:
    """Fill ``body`` and ``paragraphs``, or drop an article that has no body."""
    body, spans = join_paragraphs(draft.extraction.paragraphs)
    if not body:
        return Drop(CleanDrop.EMPTY_BODY)
    evidence = {**draft.evidence, **draft.extraction.evidence}
    return replace(draft, body=body, paragraphs=spans, evidence=evidence)


def join_paragraphs(paragraphs: tuple[str, ...]) -> tuple[str, tuple[Span, ...]]:
    """Return the paragraphs joined by blank lines, and the span of each in that body."""
    spans = []
    start = 0
    for paragraph in paragraphs:
        spans.append(Span(start=start, end=start + len(paragraph)))
        start += len(paragraph) + len(BETWEEN_PARAGRAPHS)
    return BETWEEN_PARAGRAPHS.join(paragraphs), tuple(spans)
