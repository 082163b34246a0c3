"""What a page says about itself: JSON-LD, meta elements, title, times, bylines, canonical link.

The headings come from the walk over the page's blocks.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Final

from selectolax.lexbor import LexborHTMLParser, LexborNode

from services.cleaner.page import json_ld
from services.cleaner.page.dates.surroundings import is_beside_article, is_in_running_text
from services.cleaner.page.titles.headings import HeadingParts, heading_parts
from services.cleaner.text.characters import normalise, tidy, word_overlap

_MAX_ELEMENTS: Final = 30
"""No honest page has more headings, times or bylines that matter."""
_FEW_TIMES: Final = 6
_MAX_BYLINE_NODES: Final = 100
_MAX_META: Final = 500
_UNREAD: Final = (
    *("og:image", "og:video", "twitter:image", "twitter:card", "twitter:app", "fb:", "al:"),
    *("apple-", "msapplication", "google", "viewport", "theme-color", "robots", "referrer"),
)
"""Beginnings of the names of half of all meta elements, which say nothing of the article."""
_MAX_CHARACTERS: Final = 1000
_MAX_DESCRIPTION_CHARACTERS: Final = 1500
_MAX_BYLINE_CHARACTERS: Final = 120
_MIN_BODY_CHARACTERS: Final = 300
_BYLINES: Final = '[rel=author], [itemprop*="author" i], [class*="byline" i], [class*="author" i]'
_BYLINE_CLASS: Final = re.compile(
    r"byline|author-?name|article(?:-|__)author|author__name", re.IGNORECASE
)
_MAX_BYLINES: Final = 6
RELATED: Final = 0.15
"""Titles that share fewer of their words are of different stories, or one is a site's name."""
_TIME_META: Final = frozenset(("datepublished", "datemodified"))
_AUTHOR_META: Final = frozenset(
    ("author", "article:author", "parsely-author", "sailthru.author", "dc.creator", "byl")
)


@dataclass(slots=True)
class Heading:
    """An h1: its text, and whether the page hides it."""

    text: str
    hidden: bool = False


@dataclass(slots=True)
class Head:
    """Candidate values for the article's fields, in the order of the page.

    ``times``: pairs of whether it is marked as publication, and the machine-readable time.
    ``articles``: the JSON-LD objects that describe an article. ``heading_parts``: the elements in
    the h1 elements, by the letters of each. ``first_subhead``: the first h2 of the article,
    read if every h1 may be the site's logo.
    """

    meta: dict[str, str] = field(default_factory=dict)
    authors: list[str] = field(default_factory=list)
    title: str = ""
    h1: list[Heading] = field(default_factory=list)
    times: list[tuple[bool, str]] = field(default_factory=list)
    bylines: list[str] = field(default_factory=list)
    canonical: str = ""
    objects: list[dict[str, Any]] = field(default_factory=list)
    articles: list[dict[str, Any]] = field(default_factory=list)
    heading_parts: dict[str, HeadingParts] = field(default_factory=dict)
    first_subhead: str = ""

    @property
    def sites(self) -> list[str]:
        """The names that the site gives itself."""
        twitter = self.meta.get("twitter:site", "").lstrip("@")
        names = (self.meta.get("og:site_name"), self.meta.get("application-name"), twitter)
        return [name for name in (*names, *json_ld.site_names(self.objects)) if name]

    @property
    def names_article(self) -> bool:
        """Whether the page declares itself an article."""
        return bool(self.articles) or self.meta.get("og:type", "").lower() == "article"

    @property
    def titles(self) -> list[str]:
        """The titles in the head and the h1 elements, as they are written."""
        headlines = (article.get("headline") for article in self.articles)
        in_json_ld = [text for text in headlines if isinstance(text, str)]
        return [*self._titles_beside_json_ld, *in_json_ld]

    @property
    def _titles_beside_json_ld(self) -> list[str]:
        titles = [self.meta.get("og:title"), self.meta.get("twitter:title"), self.title]
        return [*filter(None, titles), *(heading.text for heading in self.h1)]

    def is_about_page(self, article: dict[str, Any]) -> bool:
        """Whether a JSON-LD article is the page's own, and not a related story.

        It has the page's address, or its headline shares some words with a title of the page.
        """
        addresses = {_without_query(link) for link in (self.canonical, self.meta.get("og:url", ""))}
        if addresses & set(map(_without_query, json_ld.addresses(article))) - {""}:
            return True
        headline, texts = article.get("headline"), self._titles_beside_json_ld
        if not isinstance(headline, str) or not normalise(headline) or not texts:
            return True
        key = normalise(headline)
        return any(word_overlap(key, normalise(text)) >= RELATED for text in texts)

    @property
    def descriptions(self) -> Iterator[str]:
        """The descriptions in meta elements and in JSON-LD."""
        for name in ("og:description", "description"):
            if name in self.meta:
                yield self.meta[name]
        for entry in self.objects:
            text = entry.get("description")
            if isinstance(text, str) and len(text) < _MAX_DESCRIPTION_CHARACTERS:
                yield text

    @property
    def site_descriptions(self) -> Iterator[str]:
        """What JSON-LD says of the site or its publisher."""
        for entry in self.objects:
            text = entry.get("description")
            if text and isinstance(text, str) and json_ld.is_site(entry):
                yield text[:_MAX_DESCRIPTION_CHARACTERS]

    @property
    def declared_body(self) -> str:
        """The longest body in JSON-LD; "" if it is no longer than a lead."""
        return _longest_body(self.objects, ("articleBody", "text"))

    @property
    def article_body(self) -> str:
        """The longest body that JSON-LD declares for an article; "" if no longer than a lead."""
        return _longest_body(self.articles, ("articleBody",))


def parse_head(tree: LexborHTMLParser) -> Head:
    """Parse everything but the headings."""
    head = Head(title=_title(tree), canonical=_canonical(tree))
    _add_meta(head, tree)
    head.times = list(_times(tree))
    head.bylines = list(islice(_bylines(tree), _MAX_BYLINES))
    nodes = tree.css('script[type*="ld+json" i]')[:_MAX_ELEMENTS]
    head.objects = json_ld.objects(node.text(deep=True) or "" for node in nodes)
    head.articles = json_ld.articles(head.objects)
    head.heading_parts = heading_parts(tree)
    if all(parts.is_logo or parts.is_in_page_head for parts in head.heading_parts.values()):
        subhead = tree.css_first("article h2, main h2")
        head.first_subhead = _text_of(subhead) if subhead is not None else ""
    return head


def _without_query(link: str) -> str:
    return link.partition("?")[0].partition("#")[0].rstrip("/").lower()


def _longest_body(entries: list[dict[str, Any]], names: tuple[str, ...]) -> str:
    values = (entry.get(name) for entry in entries for name in names)
    longest = max((value for value in values if isinstance(value, str)), key=len, default="")
    return longest if len(longest) > _MIN_BODY_CHARACTERS else ""


def _text_of(node: LexborNode) -> str:
    return tidy((node.text(deep=True, separator=" ") or "")[:_MAX_CHARACTERS])


def _title(tree: LexborHTMLParser) -> str:
    node = tree.css_first("title")
    return _text_of(node) if node is not None else ""


def _canonical(tree: LexborHTMLParser) -> str:
    node = tree.css_first('link[rel="canonical" i]')
    if node is None:
        return ""
    return (node.attributes.get("href") or "").strip()[:_MAX_CHARACTERS]


def _bylines(tree: LexborHTMLParser) -> Iterator[str]:
    """Yield the first byline, and those inside it or beside it under the same parent.

    Bylines further away belong to teasers and comments.
    """
    around: set[int] = set()
    for node in tree.css(_BYLINES)[:_MAX_BYLINE_NODES]:
        if not _is_byline(node):
            continue
        text = _text_of(node)
        if not 0 < len(text) <= _MAX_BYLINE_CHARACTERS:  # longer: the author's biography
            continue
        grandparent = node.parent.parent if node.parent else None
        ancestors = (node, node.parent, grandparent)
        above = [element.mem_id for element in ancestors if element is not None]
        around = around or set(above)
        if around.intersection(above):
            yield text


def _is_byline(node: LexborNode) -> bool:
    attributes = node.attributes
    if "author" in f"{attributes.get('rel')} {attributes.get('itemprop')}".lower():
        return True
    return bool(_BYLINE_CLASS.search(attributes.get("class") or ""))


def _add_meta(head: Head, tree: LexborHTMLParser) -> None:
    for node in tree.css("meta[content]")[:_MAX_META]:
        attributes = node.attributes
        names = (attributes.get(key) for key in ("property", "name", "itemprop"))
        name = next(filter(None, names), "").strip().lower()
        if name.startswith(_UNREAD):
            continue
        value = tidy((attributes.get("content") or "")[:_MAX_CHARACTERS])
        if not name or not value or (name in _TIME_META and is_beside_article(node)):
            continue
        head.meta.setdefault(name, value)
        if name in _AUTHOR_META and len(head.authors) < _MAX_ELEMENTS:
            head.authors.append(value)


def _times(tree: LexborHTMLParser) -> Iterator[tuple[bool, str]]:
    """Yield the times that may be the article's: the marked ones, else the few that there are."""
    nodes = tree.css("time")[:_MAX_ELEMENTS]
    marked = [node for node in nodes if _is_marked(node)]
    for node in marked or nodes[:_FEW_TIMES]:
        moment = node.attributes.get("datetime") or node.attributes.get("content") or ""
        if moment and not is_in_running_text(node) and not is_beside_article(node):
            yield bool(marked), moment[:_MAX_CHARACTERS]


def _is_marked(node: LexborNode) -> bool:
    """Return whether the time or its parent is named as that of publication."""
    attributes = node.attributes
    around = node.parent.attributes.get("class") if node.parent else ""
    names = f"{attributes.get('itemprop')} {attributes.get('class')} {around}".lower()
    return "pubdate" in attributes or "publi" in names or "pubdate" in names
