"""The body of a short text that was posted as an article, whatever the models make of it.

They tell an article from what surrounds it, and have nothing to go by in a flash of five words. Who
posts one says that it is an article. A longer text is left to them, since it may be a page that
holds none.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from services.cleaner.article_draft import ArticleDraft, ContentFormat, Extraction
from services.cleaner.text.characters import word_count
from services.cleaner.wire.item import html_paragraphs, plain_paragraphs
from shared.base.outcomes import Drop

MAX_WORDS: Final = 100
_ENDS: Final = frozenset(".!?。！？؟।…")
_CLOSING: Final = " \"'”’»)"


def take_posted_text(draft: ArticleDraft, extraction: Extraction | Drop) -> Extraction | Drop:
    """Return all of a posted text as the article if none was extracted and it is short enough.

    The first paragraph is the headline if nothing else is, and also the body if it stands alone.
    """
    has_body = isinstance(extraction, Extraction) and any(extraction.paragraphs)
    if draft.raw.origin != "push" or has_body:
        return extraction
    if draft.content_format == ContentFormat.HTML:
        texts: Sequence[str] = html_paragraphs(draft.text)
    elif draft.content_format == ContentFormat.TEXT:
        texts = plain_paragraphs([draft.text])
    else:
        return extraction
    paragraphs = tuple(text for text in texts if word_count(text))
    if not _is_flash(paragraphs) or sum(map(word_count, paragraphs)) > MAX_WORDS:
        return extraction
    stated = draft.raw.headline or ""
    if isinstance(extraction, Drop):
        extraction = Extraction(
            headline=stated,
            paragraphs=(),
            byline=draft.raw.byline,
            evidence={"headline": "stated" if stated else "posted"},
        )
    headline = extraction.headline or paragraphs[0]
    body = tuple(text for text in paragraphs if text != headline) or paragraphs
    evidence = {**extraction.evidence, "body": "posted"}
    return replace(extraction, headline=headline, paragraphs=body, evidence=evidence)


def _is_flash(paragraphs: Sequence[str]) -> bool:
    """Return whether it is one paragraph, or one of several is a sentence: no menu is."""
    return len(paragraphs) == 1 or any(text.rstrip(_CLOSING)[-1:] in _ENDS for text in paragraphs)
