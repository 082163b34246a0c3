"""Step 2: cut the article out of what surrounds it: out of a page, a wire's item, or lines of plain text."""

from dataclasses import replace
from typing import Final

from services.cleaner.article_draft import ArticleDraft, ContentFormat, Extraction
from services.cleaner.lines.extract import cut_lines
from services.cleaner.lines.remove_lines import without
from services.cleaner.page.blocks.boosted_trees import BoostedTrees, shipped
from services.cleaner.page.extract import cut_page
from services.cleaner.wire.item import as_cut
from services.cleaner.wire.newsml import read_newsml
from services.cleaner.wire.ninjs import read_ninjs
from shared.base.outcomes import Drop, InvalidMessage
from shared.kafka.topics import ARTICLES_CLEAN

MOST_CHARACTERS: Final = ARTICLES_CLEAN.max_message_bytes
"""A longer text would fit into no message, and take seconds to find that out."""


def cut_article(draft: ArticleDraft, trees: BoostedTrees | None = None) -> ArticleDraft | Drop:
    """Fill ``cut``. InvalidMessage: a page that no parser gets through, an endless text. ``trees``: other weights than those that are shipped."""
    if draft.form == ContentFormat.TEXT:
        _refuse_endless(len(draft.text))
    outcome = _cut(draft, trees or shipped())
    if isinstance(outcome, Drop):
        return outcome
    _refuse_endless(sum(map(len, outcome.paragraphs)))
    return replace(draft, cut=outcome)


def _refuse_endless(characters: int) -> None:
    if characters > MOST_CHARACTERS:
        raise InvalidMessage(f"{characters} characters of text: no article is so long")


def _cut(draft: ArticleDraft, trees: BoostedTrees) -> Extraction | Drop:
    if draft.form == ContentFormat.HTML:
        return cut_page(draft.text, draft.raw, trees)
    if draft.form == ContentFormat.NINJS:
        return as_cut(read_ninjs(draft.text))
    if draft.form == ContentFormat.NEWSML:
        return as_cut(read_newsml(draft.text))
    return _cut_text(draft)


def _cut_text(draft: ArticleDraft) -> Extraction | Drop:
    """Plain text, without the lines that its source's memory knows."""
    if not draft.known:
        return cut_lines(draft.text, draft.raw.headline)
    rest, elsewhere = without(draft.text, draft.known)
    cut = cut_lines(rest, draft.raw.headline)
    return (
        cut
        if isinstance(cut, Drop)
        else replace(
            cut, dropped=tuple(sorted((*cut.dropped, *elsewhere), key=lambda dropped: dropped.line))
        )
    )
