"""What a page says of itself: one walk over its tree gathers JSON-LD, meta elements, headings, times, bylines and the canonical link."""

import html
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final

from lxml.etree import _Element

from services.cleaner.page import json_ld
from services.cleaner.text import tidy

_MOST: Final = 30
"""No honest page has more headings, times or bylines than this that matter."""
_LONGEST: Final = 1000
_LONGEST_BYLINE: Final = 120
_BYLINE_CLASSES: Final = ("byline", "author-name", "authorname", "article-author", "article__author", "author__name")


@dataclass(slots=True)
class Head:
    """Witnesses of a page, in the order of the page. ``times`` are pairs (marked as publication, machine-readable time)."""

    meta: dict[str, str] = field(default_factory=dict)
    authors: list[str] = field(default_factory=list)
    title: str = ""
    h1: list[str] = field(default_factory=list)
    times: list[tuple[bool, str]] = field(default_factory=list)
    bylines: list[str] = field(default_factory=list)
    canonical: str = ""
    scripts: list[str] = field(default_factory=list)
    objects: list[dict[str, Any]] = field(default_factory=list)

    @property
    def articles(self) -> list[dict[str, Any]]:
        """The JSON-LD objects that describe an article."""
        return json_ld.articles(self.objects)

    @property
    def sites(self) -> list[str]:
        """What the site calls itself."""
        named = (self.meta.get("og:site_name"), self.meta.get("application-name"), self.meta.get("twitter:site", "").lstrip("@"))
        return [name for name in (*named, *json_ld.site_names(self.objects)) if name]

    @property
    def names_article(self) -> bool:
        """Whether the page declares itself an article."""
        return bool(self.articles) or self.meta.get("og:type", "").lower() == "article"


def read_head(tree: _Element) -> Head:
    """The witnesses of the page."""
    head = Head()
    for element in tree.iter("script", "meta", "title", "h1", "time", "link", "a", "span", "div", "p", "address"):
        reader = _READERS.get(str(element.tag), _read_byline)
        reader(head, element)
    head.objects = json_ld.objects(head.scripts)
    return head


def text_of(element: _Element) -> str:
    """The element's text, tidied, no more than 1 000 characters of it."""
    parts: list[str] = []
    length = 0
    for part in element.itertext():
        parts.append(str(part))
        length += len(part)
        if length > _LONGEST:
            break
    return tidy(html.unescape(" ".join(parts))[:_LONGEST])


def _read_script(head: Head, element: _Element) -> None:
    if "ld+json" in (element.get("type") or "") and len(head.scripts) < _MOST:
        head.scripts.append(element.text or "")


def _read_meta(head: Head, element: _Element) -> None:
    name = (element.get("property") or element.get("name") or element.get("itemprop") or "").strip().lower()
    value = tidy(html.unescape((element.get("content") or "")[:_LONGEST]))
    if not name or not value:
        return
    head.meta.setdefault(name, value)
    if name in {"author", "article:author", "parsely-author", "sailthru.author", "dc.creator", "byl"} and len(head.authors) < _MOST:
        head.authors.append(value)


def _read_title(head: Head, element: _Element) -> None:
    head.title = head.title or text_of(element)


def _read_h1(head: Head, element: _Element) -> None:
    if len(head.h1) < _MOST:
        head.h1.append(text_of(element))


def _read_time(head: Head, element: _Element) -> None:
    moment = element.get("datetime") or element.get("content") or ""
    marks = f"{element.get('itemprop') or ''} {element.get('class') or ''} {'pubdate' if element.get('pubdate') is not None else ''}".lower()
    if moment and len(head.times) < _MOST:
        head.times.append(("publi" in marks or "pubdate" in marks, moment[:_LONGEST]))


def _read_link(head: Head, element: _Element) -> None:
    if (element.get("rel") or "").lower() == "canonical" and not head.canonical:
        head.canonical = (element.get("href") or "").strip()[:_LONGEST]


def _read_byline(head: Head, element: _Element) -> None:
    marked = (element.get("rel") or "").lower() == "author" or "author" in (element.get("itemprop") or "").lower()
    classes = (element.get("class") or "").lower()
    if (marked or _any_in(_BYLINE_CLASSES, classes)) and len(head.bylines) < _MOST:
        text = text_of(element)
        if len(text) <= _LONGEST_BYLINE:  # longer ones tell the author's life
            head.bylines.append(text)


def _any_in(needles: Iterable[str], text: str) -> bool:
    return any(needle in text for needle in needles)


_READERS: Final = {"script": _read_script, "meta": _read_meta, "title": _read_title, "h1": _read_h1, "time": _read_time, "link": _read_link}
