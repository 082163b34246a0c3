"""The h1 elements as the document has them: their parts, links and places.

A kicker, a section or a counter of comments is often an element of its own in the h1, and the h1 is
often the site's logo.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from selectolax.lexbor import LexborHTMLParser, LexborNode

from services.cleaner.page.titles.markup import are_words
from services.cleaner.page.titles.site_names import letters
from services.cleaner.text.characters import tidy

_MAX_HEADINGS: Final = 30
_MAX_PARTS: Final = 20
_MAX_CHARACTERS: Final = 600
_MAX_ANCESTORS: Final = 6
_LOGO: Final = re.compile(
    r"(?<![a-z])logo|site-?(?:title|name|brand)|blog-?(?:title|name)|navbar-brand", re.IGNORECASE
)
_HOME: Final = re.compile(r"/?|#|(?:https?:)?//[^/?#\s]+/?", re.IGNORECASE)
_KICKER: Final = re.compile(
    r"kicker|eyebrow|dachzeile|overline|topline|spitzmarke|categor|section|rubri[kc]|label|badge"
    r"|comment|kommentar|count|author|byline|date",
    re.IGNORECASE,
)
_INSIDE_WORDS: Final = frozenset(("sup", "sub", "wbr", "b", "i"))


@dataclass(frozen=True, slots=True)
class HeadingParts:
    """An h1 with blanks between its elements, and the text of each element in it.

    ``kickers``: the parts whose names say that they are no headline. ``is_logo``: all of it is a
    link to the home page, or its names say that it is the logo. ``is_in_page_head``: it may be.
    """

    text: str
    parts: frozenset[str] = frozenset()
    kickers: tuple[str, ...] = field(default_factory=tuple)
    is_logo: bool = False
    is_in_page_head: bool = False


def heading_parts(tree: LexborHTMLParser) -> dict[str, HeadingParts]:
    """Return the parts of the h1 elements, by the letters of each."""
    result: dict[str, HeadingParts] = {}
    for node in tree.css("h1")[:_MAX_HEADINGS]:
        text = node.text(deep=True) or ""
        if text.strip() and len(text) <= _MAX_CHARACTERS:
            result.setdefault(letters(text), _read(node, tidy(text)))
    return result


def _read(node: LexborNode, text: str) -> HeadingParts:
    if _is_plain(node):
        is_logo, is_in_page_head = _is_named_logo(node), _is_in_page_head(node)
        return HeadingParts(text, is_logo=is_logo, is_in_page_head=is_in_page_head)
    children = list(_elements(node))
    parts = [(child, tidy(child.text(deep=True) or "")) for child in children]
    key = letters(text)
    links = (child for child, part in parts if child.tag == "a" and letters(part) == key)
    is_home = any(_HOME.fullmatch(child.attributes.get("href") or "") for child in links)
    kickers = (
        part for child, part in parts if part and _KICKER.search(_names(child)) and part != text
    )
    return HeadingParts(
        text=_with_blanks(node),
        parts=frozenset(letters(part) for _, part in parts) - {"", key},
        kickers=tuple(kickers),
        is_logo=is_home or _is_named_logo(node),
        is_in_page_head=_is_in_page_head(node),
    )


def _is_plain(node: LexborNode) -> bool:
    """Return whether there is no element in the h1, as in most."""
    child = node.child
    return child is not None and child.tag == "-text" and child.next is None


def _elements(node: LexborNode) -> Iterator[LexborNode]:
    yield from (child for child in node.css("*")[:_MAX_PARTS] if child.mem_id != node.mem_id)


def _with_blanks(node: LexborNode) -> str:
    """Return the text with a blank where an element begins or ends between two words."""
    text = ""
    for piece in node.traverse(include_text=True):
        words = piece.text(deep=False) or "" if piece.tag == "-text" else ""
        parent = piece.parent.tag if piece.parent is not None else ""
        is_inside = parent in _INSIDE_WORDS or not are_words(text, words)
        text += words if is_inside else f" {words}"
    return tidy(text)


def _names(element: LexborNode) -> str:
    attributes = element.attributes
    return f"{attributes.get('class')} {attributes.get('id')} {attributes.get('itemprop')}"


def _is_named_logo(node: LexborNode) -> bool:
    around = [node, node.parent] if node.parent is not None else [node]
    return any(_LOGO.search(_names(element)) for element in around)


def _is_in_page_head(node: LexborNode) -> bool:
    element: LexborNode | None = node
    for _ in range(_MAX_ANCESTORS):
        if element is None or element.tag in {"article", "main", "body"}:
            return False
        if element.tag in {"header", "nav"}:
            return True
        element = element.parent
    return False
