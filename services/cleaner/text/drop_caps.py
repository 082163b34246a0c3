"""Step 3: join a drop cap to its word: "T rump said" at the start of the article is "Trump said".

The letter may also stand in a paragraph of its own.
"""

from dataclasses import replace
from typing import Final

from services.cleaner.article_draft import ArticleDraft
from services.cleaner.text.language import detect_language
from shared.text.drop_caps import drop_cap_blank

_SAMPLED: Final = 5
"""So many paragraphs tell the language."""


def join_drop_cap(draft: ArticleDraft) -> ArticleDraft:
    """Fill the first paragraph anew where its first letter stands apart."""
    paragraphs = draft.extraction.paragraphs
    joined = joined_paragraphs(paragraphs)
    if joined == paragraphs:
        return draft
    return replace(draft, extraction=replace(draft.extraction, paragraphs=joined))


def joined_paragraphs(paragraphs: tuple[str, ...]) -> tuple[str, ...]:
    """Return the paragraphs, the first one with its first letter."""
    if not paragraphs:
        return paragraphs
    is_apart = len(paragraphs[0]) == 1 and len(paragraphs) > 1
    beginning = " ".join(paragraphs[:2]) if is_apart else paragraphs[0]
    if drop_cap_blank(beginning, "und") is None:
        return paragraphs
    language, _ = detect_language("\n".join(paragraphs[:_SAMPLED]))
    blank = drop_cap_blank(beginning, language)
    if blank is None:
        return paragraphs
    return beginning[:blank] + beginning[blank + 1 :], *paragraphs[2 if is_apart else 1 :]
