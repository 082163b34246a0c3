"""An HTML page → headline, body paragraphs, date, authors and address, each with its witness. No network, no clock."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from services.cleaner.article_draft import Extraction
from services.cleaner.drop_reasons import CleanDrop
from services.cleaner.lines.line_types import is_prose
from services.cleaner.page.address import find_address
from services.cleaner.page.authors import find_authors
from services.cleaner.page.blocks.boosted_trees import BoostedTrees
from services.cleaner.page.body import find_body
from services.cleaner.page.dates.published import find_modified, find_published
from services.cleaner.page.head import Head, read_head
from services.cleaner.page.nearby import bylines, datelines
from services.cleaner.page.page_blocks import walked
from services.cleaner.page.parse import parsed
from services.cleaner.page.section import find_section
from services.cleaner.page.title import find_title
from services.cleaner.text.characters import word_count
from shared.base.outcomes import Drop, InvalidMessage
from shared.messages.schemas import RawArticle

_SHORTEST_PARAGRAPH_WORDS: Final = 8
"""A page that does not declare itself an article is one only with a paragraph of running text as long as this."""


def cut_page(text: str, raw: RawArticle, trees: BoostedTrees) -> Extraction | Drop:
    """The article in the page, by these weights. InvalidMessage: a page that breaks the parser or the extractor."""
    try:
        return _cut(text, raw, trees)
    except (MemoryError, InvalidMessage):
        raise  # the child's limit: shared/limits/process_pool.py says what it means
    except Exception as error:
        raise InvalidMessage(
            f"the page cannot be read: {type(error).__name__}: {str(error)[:200]}"
        ) from error


def _cut(text: str, raw: RawArticle, trees: BoostedTrees) -> Extraction | Drop:
    tree = parsed(text)
    head = read_head(tree)
    page = walked(tree)
    head.h1 = list(page.headings())
    head.bylines += list(bylines(page))[:1]
    known = _described(head, text, raw, datelines(page))
    body = find_body(page, head, known.headline, trees)
    if (
        not head.names_article
        and body.paragraphs
        and not any(map(_is_running_text, body.paragraphs))
    ):
        return Drop(CleanDrop.NOT_AN_ARTICLE)
    return replace(
        known,
        paragraphs=body.paragraphs,
        dropped=body.dropped,
        evidence={**known.evidence, "body": body.witness},
    )


def _described(head: Head, text: str, raw: RawArticle, lines: Iterable[str]) -> Extraction:
    """All but the body. ``lines``: texts in which the day may stand."""
    address, address_witness, address_finding = find_address(head, raw.url)
    headline, title_witness, title_finding = find_title(head, raw.headline, address)
    published, published_finding = find_published(head, text, address, raw.fetched_at, lines)
    modified, modified_finding = find_modified(head)
    authors, author_witness, author_finding = find_authors(head, raw.byline)
    section, section_finding = find_section(head)
    findings = (
        title_finding,
        published_finding,
        modified_finding,
        author_finding,
        section_finding,
        address_finding,
    )
    evidence = {"headline": title_witness, "url": address_witness, "authors": author_witness}
    return Extraction(
        headline=headline,
        paragraphs=(),
        authors=authors,
        byline=", ".join(authors) or None,
        url=address,
        section=section,
        published=published,
        modified=modified,
        findings=tuple(each for each in findings if each),
        evidence={**evidence, "published": published.witness if published else "none"},
    )


def _is_running_text(paragraph: str) -> bool:
    words = word_count(paragraph)
    return words >= _SHORTEST_PARAGRAPH_WORDS and is_prose(paragraph, words)
