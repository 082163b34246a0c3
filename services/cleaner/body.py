"""Step 3: the paragraphs joined to one body, with the span of each, and the headline settled."""

from dataclasses import replace
from typing import Final

from services.cleaner.article_draft import ArticleDraft
from services.cleaner.drop_reasons import CleanDrop
from shared.base.outcomes import Drop
from shared.messages.schemas import Span

BETWEEN_PARAGRAPHS: Final = "\n\n"


def join_body(draft: ArticleDraft) -> ArticleDraft | Drop:
    """Fill ``body`` and ``paragraphs``; an article without a body goes no further."""
    body, spans = joined(draft.cut.paragraphs)
    if not body:
        return Drop(CleanDrop.EMPTY_BODY)
    return replace(
        draft, body=body, paragraphs=spans, evidence={**draft.evidence, **draft.cut.evidence}
    )


def joined(paragraphs: tuple[str, ...]) -> tuple[str, tuple[Span, ...]]:
    """The body and the span of each paragraph in it, blank lines between them."""
    spans = []
    start = 0
    for paragraph in paragraphs:
        spans.append(Span(start=start, end=start + len(paragraph)))
        start += len(paragraph) + len(BETWEEN_PARAGRAPHS)
    return BETWEEN_PARAGRAPHS.join(paragraphs), tuple(spans)
