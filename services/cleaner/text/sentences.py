"""Step 4: find the sentences of the body, and take the first one as headline if there is none."""

from dataclasses import replace
from typing import Final

from services.cleaner.article_draft import ArticleDraft
from shared.text import sentences

_HEADLINE_CHARACTERS: Final = 160


def split_sentences(draft: ArticleDraft) -> ArticleDraft:
    """Fill ``sentences`` and ``headline``."""
    spans = tuple(
        span
        for paragraph in draft.paragraphs
        for span in sentences.split_sentences(draft.body, paragraph.start, paragraph.end)
    )
    if draft.extraction.headline:
        return replace(draft, sentences=spans, headline=draft.extraction.headline)
    first = draft.body[spans[0].start : spans[0].end]
    headline = (
        first
        if len(first) <= _HEADLINE_CHARACTERS
        else first[: _HEADLINE_CHARACTERS - 1].rstrip() + "…"
    )
    return replace(draft, sentences=spans, headline=headline).with_evidence(
        headline="first sentence"
    )
