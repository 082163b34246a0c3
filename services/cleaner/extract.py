"""Step 2: extract the article from what surrounds it in a page, a wire item or plain text."""

from dataclasses import replace
from typing import Final

from services.cleaner.article_draft import ArticleDraft, ContentFormat, Extraction
from services.cleaner.lines.extract import extract_from_text
from services.cleaner.lines.posted_text import take_posted_text
from services.cleaner.lines.remove_lines import remove_lines
from services.cleaner.page.blocks.boosted_trees import BoostedTrees, load_model
from services.cleaner.page.extract import extract_from_page
from services.cleaner.wire.item import to_extraction
from services.cleaner.wire.newsml import parse_newsml
from services.cleaner.wire.ninjs import parse_ninjs
from services.cleaner.wire.nitf import parse_nitf
from shared.base.outcomes import Drop, InvalidMessage
from shared.kafka.topics import ARTICLES_CLEAN

MAX_CHARACTERS: Final = ARTICLES_CLEAN.max_message_bytes
"""A longer text would fit into no message, and it would take seconds to find that out."""


def extract_article(draft: ArticleDraft, model: BoostedTrees | None = None) -> ArticleDraft | Drop:
    """Fill ``extraction``. ``model``: the block model to use, by default the packaged one.

    Raises InvalidMessage for a page that no parser gets through and for an endless text.
    """
    if draft.content_format == ContentFormat.TEXT:
        _refuse_endless(len(draft.text))
    extraction = take_posted_text(draft, _extract(draft, model or load_model()))
    if isinstance(extraction, Drop):
        return extraction
    _refuse_endless(sum(map(len, extraction.paragraphs)))
    return replace(draft, extraction=extraction)


def _refuse_endless(characters: int) -> None:
    if characters > MAX_CHARACTERS:
        raise InvalidMessage(f"the text has {characters} characters: no article is that long")


def _extract(draft: ArticleDraft, model: BoostedTrees) -> Extraction | Drop:
    if draft.content_format == ContentFormat.HTML:
        return extract_from_page(draft.text, draft.raw, model)
    if draft.content_format == ContentFormat.NINJS:
        return to_extraction(parse_ninjs(draft.text))
    if draft.content_format == ContentFormat.NEWSML:
        return to_extraction(parse_newsml(draft.text))
    if draft.content_format == ContentFormat.NITF:
        return to_extraction(parse_nitf(draft.text))
    return _extract_plain_text(draft)


def _extract_plain_text(draft: ArticleDraft) -> Extraction | Drop:
    """Extract from plain text, without the lines that source memory removes."""
    if not draft.removed_lines:
        return extract_from_text(draft.text, draft.raw.headline)
    text, removed = remove_lines(draft.text, draft.removed_lines)
    extraction = extract_from_text(text, draft.raw.headline)
    if isinstance(extraction, Drop):
        return extraction
    dropped = sorted((*extraction.dropped, *removed), key=lambda line: line.line)
    return replace(extraction, dropped=tuple(dropped))
