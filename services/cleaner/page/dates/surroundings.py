"""Whether an element speaks of the article, or of something beside it or inside its text.

A time in a comment, an embedded post, a related story or a sentence is not when the article was
published.
"""

import re
from typing import Final

from selectolax.lexbor import LexborNode

_MAX_ANCESTORS: Final = 20
_BESIDE: Final = frozenset(("aside", "nav", "blockquote", "figure", "figcaption"))
_NAMES: Final = re.compile(
    r"(?:(?<!has-)(?<!no-)(?<!with-)(?<![a-z])"
    r"(?:comments?|kommentare?|replies|related|recommend(?:ed|ations?)|recirc|tweet|twitter"
    r"|instagram|copyright|trending|most-?(?:read|popular|viewed)|read-?(?:next|more)|see-?also"
    r"|also-?read|mehr-?zum-?thema|correction)"
    r"|(?<!\S)(?:sidebar|teaser|promo|embed))(?![a-z])",
    re.IGNORECASE,
)
_RUNNING_TEXT: Final = frozenset(("p", "li", "dd", "td"))
_MAX_CHARACTERS_BESIDE: Final = 80
"""Bylines are shorter, sentences are longer."""


def is_beside_article(node: LexborNode) -> bool:
    """Return whether the element is in a place, or in one named for what is not the article.

    The footer of an article is its own, the page's is not. The names of the page's body say what
    the page has, and are not asked.
    """
    element: LexborNode | None = node
    is_in_footer = False
    for _ in range(_MAX_ANCESTORS):
        tag = element.tag if element is not None else None
        if element is None or tag in {"body", "html"}:
            return is_in_footer
        if tag in _BESIDE or _names_other(element):
            return True
        is_in_footer = (is_in_footer or tag == "footer") and tag != "article"
        element = element.parent
    return is_in_footer


def is_in_running_text(node: LexborNode) -> bool:
    """Return whether the element is part of a sentence: much text is around it."""
    parent = node.parent
    if parent is None or parent.tag not in _RUNNING_TEXT:
        return False
    around = parent.text(deep=True) or ""
    inside = node.text(deep=True) or ""
    return len(around.strip()) - len(inside.strip()) > _MAX_CHARACTERS_BESIDE


def _names_other(element: LexborNode) -> bool:
    attributes = element.attributes
    names = (attributes.get(key) for key in ("class", "id", "itemprop"))
    return any(name and _NAMES.search(name) for name in names)
