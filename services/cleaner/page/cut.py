"""An HTML page → headline, body paragraphs, date, authors and address, each with its witness. No network, no clock."""

from typing import Final

from services.cleaner.draft import Cut
from services.cleaner.lines.kinds import line_of
from services.cleaner.page.address import find_address
from services.cleaner.page.blocks.trees import Trees
from services.cleaner.page.body import Body, find_body
from services.cleaner.page.head import Head, read_head
from services.cleaner.page.json_ld import author_names
from services.cleaner.page.names import people
from services.cleaner.page.parse import parsed
from services.cleaner.page.published import find_modified, find_published
from services.cleaner.page.title import find_title
from services.cleaner.page.walked import walked
from services.cleaner.reasons import CleanDrop
from shared.outcomes import Drop, InvalidMessage
from shared.schemas import RawArticle

_SHORTEST_PARAGRAPH_WORDS: Final = 8
"""A page that does not declare itself an article is one only with a paragraph of running text as long as this."""


def cut_page(text: str, raw: RawArticle, trees: Trees) -> Cut | Drop:
    """The article in the page, by these weights. InvalidMessage: a page that breaks the parser or the extractor."""
    try:
        return _cut(text, raw, trees)
    except (MemoryError, InvalidMessage):
        raise  # the child's limit: shared/isolation.py says what it means
    except Exception as error:
        raise InvalidMessage(f"the page cannot be read: {type(error).__name__}: {str(error)[:200]}") from error


def _cut(text: str, raw: RawArticle, trees: Trees) -> Cut | Drop:
    tree = parsed(text)
    head = read_head(tree)
    page = walked(tree)
    head.h1 = list(page.headings())
    headline, title_witness = find_title(head, raw.headline)
    body = find_body(text, page, head, headline, trees)
    if not head.names_article and body.paragraphs and not any(_is_running_text(paragraph) for paragraph in body.paragraphs):
        return Drop(CleanDrop.NOT_AN_ARTICLE)
    return _described(head, text, raw, headline, title_witness, body)


def _described(head: Head, text: str, raw: RawArticle, headline: str, title_witness: str, body: Body) -> Cut:
    address, address_witness = find_address(head, raw.url)
    published = find_published(head, text, address, raw.fetched_at)
    authors, author_witness = _authors(head, raw)
    evidence = {"headline": title_witness, "body": body.witness, "url": address_witness, "authors": author_witness}
    return Cut(
        headline=headline,
        paragraphs=body.paragraphs,
        authors=authors,
        byline=", ".join(authors) or None,
        url=address,
        published=published,
        modified=find_modified(head),
        dropped=body.dropped,
        evidence={**evidence, "published": published.witness if published else "none"},
    )


def _is_running_text(paragraph: str) -> bool:
    line = line_of(paragraph)
    return line.prose and line.words >= _SHORTEST_PARAGRAPH_WORDS


def _authors(head: Head, raw: RawArticle) -> tuple[tuple[str, ...], str]:
    """The first witness that names somebody (JSON-LD, meta, a byline element, the feed); the site itself only where nobody else is named."""
    told = [name for article in head.articles for name in author_names(article)]
    witnesses = (("json-ld", told), ("meta", head.authors), ("byline", head.bylines), ("feed", [raw.byline or ""]))
    for but in (head.sites, ()):
        for witness, values in witnesses:
            names = people(values, but=but)
            if names:
                return names, witness
    return (), "none"
