"""What a page says of itself: JSON-LD, meta elements, title, times, bylines and the canonical link; headings come from the walk."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Final

from selectolax.lexbor import LexborHTMLParser, LexborNode

from services.cleaner.page import json_ld
from services.cleaner.text.characters import tidy

_MOST: Final = 30
"""No honest page has more headings, times or bylines than this that matter."""
_MOST_NODES: Final = 100
_MOST_META: Final = 500
_LONGEST: Final = 1000
_LONGEST_DESCRIPTION: Final = 1500
_LONGEST_BYLINE: Final = 120
_SHORTEST_BODY: Final = 300
_BYLINES: Final = '[rel=author], [itemprop*="author" i], [class*="byline" i], [class*="author" i]'
_BYLINE_CLASS: Final = re.compile(
    r"byline|author-?name|article(?:-|__)author|author__name", re.IGNORECASE
)
_MOST_BYLINES: Final = 6


@dataclass(slots=True)
class Heading:
    """An h1: its text, and whether the page hides it."""

    text: str
    hidden: bool = False


@dataclass(slots=True)
class Head:
    """Witnesses of a page, in the order of the page. ``times`` are pairs (marked as publication, machine-readable time)."""

    meta: dict[str, str] = field(default_factory=dict)
    authors: list[str] = field(default_factory=list)
    title: str = ""
    h1: list[Heading] = field(default_factory=list)
    times: list[tuple[bool, str]] = field(default_factory=list)
    bylines: list[str] = field(default_factory=list)
    canonical: str = ""
    objects: list[dict[str, Any]] = field(default_factory=list)
    articles: list[dict[str, Any]] = field(default_factory=list)
    """The JSON-LD objects that describe an article."""

    @property
    def sites(self) -> list[str]:
        """What the site calls itself."""
        named = (
            self.meta.get("og:site_name"),
            self.meta.get("application-name"),
            self.meta.get("twitter:site", "").lstrip("@"),
        )
        return [name for name in (*named, *json_ld.site_names(self.objects)) if name]

    @property
    def names_article(self) -> bool:
        """Whether the page declares itself an article."""
        return bool(self.articles) or self.meta.get("og:type", "").lower() == "article"

    @property
    def descriptions(self) -> Iterator[str]:
        """What the page says in short: description of meta elements and of JSON-LD."""
        yield from (
            self.meta[name] for name in ("og:description", "description") if name in self.meta
        )
        told = (each.get("description") for each in self.objects)
        yield from (
            each for each in told if isinstance(each, str) and len(each) < _LONGEST_DESCRIPTION
        )

    @property
    def declared_body(self) -> str:
        """The longest body that JSON-LD gives; "" if it is no longer than a lead."""
        told = (
            value
            for each in self.objects
            for value in (each.get("articleBody"), each.get("text"))
            if isinstance(value, str)
        )
        longest = max(told, key=len, default="")
        return longest if len(longest) > _SHORTEST_BODY else ""


def read_head(tree: LexborHTMLParser) -> Head:
    """The witnesses of the page, but the headings."""
    head = Head(title=_title(tree), canonical=_canonical(tree))
    _read_meta(head, tree)
    head.times = list(_times(tree))
    head.bylines = list(islice(_bylines(tree), _MOST_BYLINES))
    scripts = (node.text(deep=True) or "" for node in tree.css('script[type*="ld+json" i]')[:_MOST])
    head.objects = json_ld.objects(scripts)
    head.articles = json_ld.articles(head.objects)
    return head


def _text_of(node: LexborNode) -> str:
    return tidy((node.text(deep=True, separator=" ") or "")[:_LONGEST])


def _title(tree: LexborHTMLParser) -> str:
    node = tree.css_first("title")
    return _text_of(node) if node is not None else ""


def _canonical(tree: LexborHTMLParser) -> str:
    node = tree.css_first('link[rel="canonical" i]')
    return (node.attributes.get("href") or "").strip()[:_LONGEST] if node is not None else ""


def _bylines(tree: LexborHTMLParser) -> Iterator[str]:
    """The first byline, and those inside it or beside it under the same parent: further ones are of teasers and comments."""
    around: set[int] = set()
    for node in tree.css(_BYLINES)[:_MOST_NODES]:
        given = node.attributes
        says_so = (
            "author" in f"{given.get('rel')} {given.get('itemprop')}".lower()
            or _BYLINE_CLASS.search(given.get("class") or "")
        )
        if (
            not says_so or not 0 < len(text := _text_of(node)) <= _LONGEST_BYLINE
        ):  # longer: the author's life
            continue
        above = [
            each.mem_id
            for each in (node, node.parent, node.parent.parent if node.parent else None)
            if each is not None
        ]
        around = around or set(above)
        if around.intersection(above):
            yield text


def _read_meta(head: Head, tree: LexborHTMLParser) -> None:
    for node in tree.css("meta[content]")[:_MOST_META]:
        given = node.attributes
        name = (
            (given.get("property") or given.get("name") or given.get("itemprop") or "")
            .strip()
            .lower()
        )
        value = tidy((given.get("content") or "")[:_LONGEST])
        if not name or not value:
            continue
        head.meta.setdefault(name, value)
        if (
            name
            in {
                "author",
                "article:author",
                "parsely-author",
                "sailthru.author",
                "dc.creator",
                "byl",
            }
            and len(head.authors) < _MOST
        ):
            head.authors.append(value)


def _times(tree: LexborHTMLParser) -> Iterator[tuple[bool, str]]:
    for node in tree.css("time")[:_MOST]:
        given = node.attributes
        moment = given.get("datetime") or given.get("content") or ""
        marks = f"{given.get('itemprop') or ''} {given.get('class') or ''} {'pubdate' if 'pubdate' in given else ''}".lower()
        if moment:
            yield "publi" in marks or "pubdate" in marks, moment[:_LONGEST]
