"""The deck of an article: the standfirst below the headline, else a summary that the head gives.

It is no part of the body. A summary in the head that the body repeats, that is cut off, or that
speaks of the site is none.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import chain, takewhile
from typing import Final

import numpy as np
from numpy.typing import NDArray
from selectolax.lexbor import LexborHTMLParser

from services.cleaner.lines.line_types import is_byline, is_date, is_one_of
from services.cleaner.page.blocks.walk import markup
from services.cleaner.page.blocks.walk.hints import HINTS
from services.cleaner.page.head import Head
from services.cleaner.page.nearby import has_hint, headline_block, is_beside
from services.cleaner.page.page_blocks import PageBlocks
from services.cleaner.page.provenance import SourcedValue, record
from services.cleaner.page.titles.markup import plain_title
from services.cleaner.text.characters import normalise, tidy, tokens, word_count
from services.cleaner.text.summaries import (
    NEVER_DECK,
    ends_sentence,
    is_of_the_site,
    is_quoted,
    is_repeated,
    is_summary,
)
from shared.messages.schemas import FieldProvenance

MAX_CHARACTERS: Final = 1000
_MIN_WORDS: Final = 5
_SUBHEAD_WORDS: Final = 10
"""A subhead that is neither a sentence nor so long may be that of the first section."""
_NEAR: Final = 15
"""Blocks below the headline in which a text may be that only the head's description marks."""
_MAX_BLOCKS: Final = 4
_MAX_MARKED: Final = 50
_DECKS: Final = ", ".join(
    f"[{attribute}{name} i]"
    for attribute in ("class", "itemprop", "data-testid")
    for name in (
        *('*="standfirst"', '*="deck"', '*="vorspann"', '*="subline"', '*="subtitle"'),
        *('*="sub-headline"', '*="summary"', '~="dek"', '$="-dek"', '$="_dek"'),
    )
)
_DATE: Final = np.uint64(1 << list(HINTS).index("date"))
_FIGURE: Final = 1 << markup.PLACES.index("figure")
_MAX_HEADINGS: Final = 10
_SUMMARY: Final = np.uint64(1 << list(HINTS).index("summary"))
_SUBHEADS: Final = frozenset(1 + markup.FORMS.index(name) for name in ("h2", "h3", "h4"))
_AT_ONCE: Final = 3
"""Blocks from the headline to a subhead that is the deck, or between two parts of a deck."""
_WHY: Final = {
    "page": "the standfirst on the page",
    "json-ld": "no standfirst on the page; the body does not repeat it",
    "meta": "no standfirst on the page; the body does not repeat it",
}
_SAME: Final = 0.9
_SAME_START: Final = 30
_SAME_TITLE: Final = 0.6


@dataclass(frozen=True, slots=True)
class Deck:
    """The text of a deck, who gives it, the record, and the body's paragraphs without it."""

    text: str
    provenance: str
    paragraphs: tuple[str, ...]
    finding: FieldProvenance | None = None


def find_deck(
    tree: LexborHTMLParser,
    page: PageBlocks,
    head: Head,
    headline: str,
    paragraphs: tuple[str, ...],
) -> Deck:
    """Return the deck of a page. ``paragraphs``: its body, which may begin with the deck."""
    descriptions = list(_descriptions(head))
    texts = [text for _, text in descriptions]
    titles = [headline, *head.titles]
    blocks = list(_standfirst(page, titles, paragraphs, texts))
    standfirst = [tidy(page.texts[block]) for block in blocks]
    leading = sum(1 for _ in takewhile(lambda text: text in standfirst, paragraphs))
    if leading:
        first = standfirst.index(paragraphs[0])
        leading = _leading_decks(tree, page, blocks, first, leading)
        standfirst = standfirst[: first + leading]
    body = paragraphs[leading:]
    values = [("page", " ".join(standfirst))] if standfirst and body else []
    new = [value for value in descriptions if not is_quoted(value[1], paragraphs)]
    for source, text in chain(values, _summaries(page, head, headline, new)):
        others = body if source == "page" else paragraphs
        if len(text) <= MAX_CHARACTERS and not is_repeated(text, others):
            finding = record("deck", source, _WHY[source], [*values, *descriptions])
            return Deck(text, source, others, finding)
    return Deck("", "none", paragraphs)


def _summaries(
    page: PageBlocks, head: Head, headline: str, descriptions: list[SourcedValue]
) -> Iterator[SourcedValue]:
    """Yield the descriptions that are a sentence about the article."""
    sites = set(head.sites)
    for source, text in descriptions:
        if is_summary(text, headline, sites) and normalise(text) not in _captions(page):
            yield source, text


def _leading_decks(
    tree: LexborHTMLParser, page: PageBlocks, blocks: list[int], first: int, leading: int
) -> int:
    """Return how many of the paragraphs that the body begins with are the deck.

    They are a subhead, or elements that are named a deck. Many sites call the first paragraph of
    the text an introduction or a lead; that is body. ``first``: the index of the body's first
    paragraph among the standfirst's blocks, ``leading``: how many of them the body begins with.
    """
    if _is_subhead(page, blocks[first]):
        return 1
    texts = [normalise(page.texts[block]) for block in blocks]
    keys = {texts[first], " ".join(texts[first:]), " ".join(texts)}
    nodes = tree.css(_DECKS)[:_MAX_BLOCKS]
    is_named = any(normalise(node.text(deep=True, separator=" ") or "") in keys for node in nodes)
    return leading if is_named else 0


def _descriptions(head: Head) -> Iterator[SourcedValue]:
    own = [article for article in head.articles if head.is_about_page(article)]
    names = ("og:description", "twitter:description", "description", "dc.description")
    values: list[tuple[str, object]] = [("meta", head.meta.get(name)) for name in names]
    values += [("json-ld", article.get("description")) for article in own]
    passed = {normalise(text) for text in head.site_descriptions}
    written: set[str] = set()
    for source, value in values:
        if not isinstance(value, str) or value in written:
            continue
        written.add(value)
        text = plain_title(value[: 2 * MAX_CHARACTERS])
        key = normalise(text)
        if key and key not in passed:
            passed.add(key)
            yield source, text


def _standfirst(
    page: PageBlocks, titles: list[str], paragraphs: tuple[str, ...], descriptions: list[str]
) -> Iterator[int]:
    """Yield the blocks of the standfirst, which stands between the headline and the body.

    An element's name or form marks it. If no more than the head's description marks it, it is a
    paragraph of the body that the description repeats.
    """
    start = headline_block(page, titles[0])
    end = _first_of_body(page, start, paragraphs)
    below = slice(start + 1, min(end + _MAX_BLOCKS, len(page.texts)))
    marked = has_hint(page, _SUMMARY, below)
    may_be = marked.copy()
    may_be[:_NEAR] = True
    may_be &= ~(is_beside(page, start, below) | has_hint(page, _DATE, below))
    may_be &= ~(_is_heading(page, below) | _is_hidden(page, below))
    last = None
    for index in np.flatnonzero(may_be)[:_MAX_MARKED].tolist():
        block = start + 1 + index
        text, near = page.texts[block], block - (start if last is None else last)
        if last is None and block > end:
            break
        if last is not None and (near > _AT_ONCE or not marked[index]):
            break
        is_candidate = (
            marked[index]
            or (near <= _AT_ONCE and _is_long_subhead(page, block, text))
            or (block < end and _is_any(text, descriptions))
        )
        if is_candidate and not _is_none(tidy(text), titles):
            yield block
            last = block


def _captions(page: PageBlocks) -> str:
    """Return the captions of the page's pictures, normalised."""
    in_figure = page.elements.places[page.blocks.element] & _FIGURE
    return normalise("\n".join(page.texts[block] for block in np.flatnonzero(in_figure).tolist()))


def _is_hidden(page: PageBlocks, blocks: slice) -> NDArray[np.bool_]:
    return np.asarray(page.elements.hidden[page.blocks.element[blocks]] != 0)


def _is_heading(page: PageBlocks, blocks: slice) -> NDArray[np.bool_]:
    """Return for each of the blocks whether it is in an h1."""
    owner = page.blocks.element[blocks]
    inside = np.zeros(owner.size, np.bool_)
    for element in np.flatnonzero(page.elements.form == markup.H1)[:_MAX_HEADINGS]:
        inside |= (owner >= element) & (owner < page.elements.end[element])
    return inside


def _first_of_body(page: PageBlocks, start: int, paragraphs: tuple[str, ...]) -> int:
    """Return the block of the body's first paragraph below the headline, or where it may be."""
    blocks = range(start + 1, len(page.texts))
    first = paragraphs[0] if paragraphs else ""
    near = (block for block in blocks if page.texts[block][:_SAME_START] == first[:_SAME_START])
    own = (block for block in near if tidy(page.texts[block]) == first)
    return next(own, min(start + _NEAR, len(page.texts)))


def _is_none(text: str, titles: Collection[str]) -> bool:
    """Return whether the text is no deck: a title, a byline, a day, a button, an essay."""
    words = word_count(text)
    if not words >= _MIN_WORDS or len(text) > MAX_CHARACTERS:
        return True
    if is_byline(text) or is_date(text) or is_of_the_site(text):
        return True
    return bool(is_one_of(text, words, NEVER_DECK)) or _says_any(text, titles)


def _says_any(text: str, titles: Collection[str]) -> bool:
    """Return whether a text is a title again, perhaps behind a kicker."""
    key = normalise(text)
    words, unspaced = set(tokens(key)), key.replace(" ", "")
    for title in dict.fromkeys(map(normalise, titles)):
        other = set(tokens(title))
        is_inside = len(other) >= _MIN_WORDS and title.replace(" ", "") in unspaced
        if is_inside or len(words & other) >= _SAME_TITLE * len(words | other):
            return True
    return False


def _is_subhead(page: PageBlocks, block: int) -> bool:
    return int(page.elements.form[page.blocks.element[block]]) in _SUBHEADS


def _is_long_subhead(page: PageBlocks, block: int, text: str) -> bool:
    if not _is_subhead(page, block):
        return False
    words = word_count(text)
    return words >= _SUBHEAD_WORDS or bool(ends_sentence(text) and words >= 7)


def _is_any(text: str, descriptions: list[str]) -> bool:
    """Return whether the text is one of these, perhaps a little longer or shorter at its end."""
    for description in descriptions:
        short, long = sorted((len(text), len(description)))
        if short >= _SAME * long and text[:_SAME_START] == description[:_SAME_START]:
            return True
    return False
