"""An HTML page → headline, body paragraphs, date, authors and address, each with its provenance.

No network, no clock.
"""

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from services.cleaner.article_draft import Extraction
from services.cleaner.drop_reasons import CleanDrop
from services.cleaner.lines.line_types import is_prose
from services.cleaner.page.address import find_address
from services.cleaner.page.authors import find_authors
from services.cleaner.page.blocks.boosted_trees import BoostedTrees
from services.cleaner.page.body.find_body import find_body
from services.cleaner.page.dates.published import find_modified, find_published
from services.cleaner.page.head import Head, parse_head
from services.cleaner.page.nearby import bylines, datelines
from services.cleaner.page.page_blocks import walk_page
from services.cleaner.page.parse import parse_page
from services.cleaner.page.section import find_section
from services.cleaner.page.titles.deck import find_deck
from services.cleaner.page.titles.headline import find_headline
from services.cleaner.text.characters import word_count
from shared.base.outcomes import Drop, InvalidMessage
from shared.messages.schemas import RawArticle

_MIN_PARAGRAPH_WORDS: Final = 8
"""A page that does not declare itself an article is one only if it has a paragraph of running text
of this length."""


def extract_from_page(text: str, raw: RawArticle, model: BoostedTrees) -> Extraction | Drop:
    """Extract the article from a page, with this block model.

    Raises InvalidMessage for a page that breaks the parser or the extractor.
    """
    try:
        return _extract(text, raw, model)
    except (MemoryError, InvalidMessage):
        raise  # MemoryError is the child's limit: shared/limits/process_pool.py handles it
    except Exception as error:
        cause = f"{type(error).__name__}: {str(error)[:200]}"
        raise InvalidMessage(f"the page cannot be processed: {cause}") from error


def _extract(text: str, raw: RawArticle, model: BoostedTrees) -> Extraction | Drop:
    tree = parse_page(text)
    head = parse_head(tree)
    page = walk_page(tree)
    head.h1 = list(page.headings())
    head.bylines += list(bylines(page))[:1]
    metadata = _extract_metadata(head, text, raw, datelines(page))
    body = find_body(page, head, metadata.headline, model)
    is_article = head.names_article or any(map(_is_running_text, body.paragraphs))
    if body.paragraphs and not is_article:
        return Drop(CleanDrop.NOT_AN_ARTICLE)
    deck = find_deck(tree, page, head, metadata.headline, body.paragraphs)
    evidence = {**metadata.evidence, "body": body.provenance, "deck": deck.provenance}
    return replace(
        metadata,
        paragraphs=deck.paragraphs,
        deck=deck.text,
        dropped=body.dropped,
        findings=(*metadata.findings, *filter(None, (body.finding, deck.finding))),
        evidence=evidence,
    )


def _extract_metadata(head: Head, text: str, raw: RawArticle, lines: Iterable[str]) -> Extraction:
    """Extract all but the body. ``lines``: texts in which the day may be written."""
    address, address_source, address_record = find_address(head, raw.url)
    headline, title_source, title_record = find_headline(head, raw.headline, address)
    published, published_record = find_published(head, text, address, raw.fetched_at, lines)
    modified, modified_record = find_modified(head, raw.fetched_at)
    authors, author_source, author_record = find_authors(head, raw.byline)
    section, section_record = find_section(head)
    records = (
        *(title_record, published_record, modified_record),
        *(author_record, section_record, address_record),
    )
    evidence = {
        "headline": title_source,
        "url": address_source,
        "authors": author_source,
        "published": published.provenance if published else "none",
    }
    return Extraction(
        headline=headline,
        paragraphs=(),
        authors=authors,
        byline=", ".join(authors) or None,
        url=address,
        section=section,
        published=published,
        modified=modified,
        findings=tuple(filter(None, records)),
        evidence=evidence,
    )


def _is_running_text(paragraph: str) -> bool:
    words = word_count(paragraph)
    return words >= _MIN_PARAGRAPH_WORDS and is_prose(paragraph, words)
