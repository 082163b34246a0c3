"""What the walk knows of HTML: tags by name, and attributes in which authors name elements."""

from functools import cache
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

INLINE: Final = 1
SKIPPED: Final = 2
VOID: Final = 4
LINK: Final = 8
BOLD: Final = 16
BREAK: Final = 32
RAISED: Final = 256

REMOVED_TAGS: Final = [
    *("script", "style", "svg", "noscript", "template", "iframe", "math", "object", "canvas"),
    *("xmp", "noembed", "noframes", "plaintext", "head"),
]
"""Removed before the walk: people do not see them, and some are not written like other text."""
FORMS: Final = (
    *("p", "li", "h1", "h2", "h3", "h4", "h5", "h6", "td", "th", "figcaption", "blockquote"),
    *("pre", "dd", "dt", "div", "address"),
)
"""Elements whose text is of its own kind; an element's form is its index here, from 1, or 0."""
PLACES: Final = (
    *("article", "main", "aside", "footer", "header", "nav", "form", "figure", "list", "table"),
    *("blockquote", "section"),
)
"""What an element may be in; a bit each."""
H1: Final = 1 + FORMS.index("h1")
NAMING: Final = 1
"""Kinds of attributes; a class names its element, too."""
STYLE: Final = 2
HIDDEN: Final = 3
ARIA_HIDDEN: Final = 4
CLASS: Final = 5
OPEN: Final = 6
_PLACE: Final = {
    **{name: name for name in PLACES},
    "figcaption": "figure",
    "ul": "list",
    "ol": "list",
    "dl": "list",
}
_INLINE: Final = (
    "b strong em i span u s small sub sup mark abbr cite q code font time label ins del bdi bdo big"
    " dfn kbd tt var acronym data nobr strike samp picture ruby rt rb a"
)
_VOID: Final = (
    "area base basefont bgsound br col embed frame hr img input keygen link meta param source track"
    " wbr"
)
_FLAGS: Final = (
    (INLINE, _INLINE),
    (SKIPPED, "select textarea datalist option audio video button title frameset"),
    (
        VOID,
        _VOID,
    ),
    (LINK, "a"),
    (BOLD, "b strong em i"),
    (BREAK, "br"),
    (RAISED, "sup"),
)
_ATTRIBUTES: Final = (
    (CLASS, "class"),
    (NAMING, "id role itemprop data-testid data-component data-qa"),
    (STYLE, "style"),
    (HIDDEN, "hidden"),
    (ARIA_HIDDEN, "aria-hidden"),
    (OPEN, "open"),
)
_MULTIPLIER: Final = 0x100000001B3
_MASK: Final = 2**64 - 1


class Names(NamedTuple):
    """Names by ascending hash, with their ``flags``, ``forms`` and ``places`` (a bit set)."""

    hashes: NDArray[np.uint64]
    flags: NDArray[np.uint16]
    forms: NDArray[np.uint8]
    places: NDArray[np.uint32]


@cache
def tags() -> Names:
    """Return every tag that is more than a plain block."""
    names = {*FORMS, *_PLACE, *(name for _, words in _FLAGS for name in words.split())}
    return build_names({name: (_flags(name), _form(name), _place_bit(name)) for name in names})


def _flags(name: str) -> int:
    return sum(flag for flag, words in _FLAGS if name in words.split())


def _form(name: str) -> int:
    return 1 + FORMS.index(name) if name in FORMS else 0


def _place_bit(name: str) -> int:
    return 1 << PLACES.index(_PLACE[name]) if name in _PLACE else 0


@cache
def attributes() -> Names:
    """Return the attributes that the walk reads; ``flags`` says which kind each is of."""
    return build_names(
        {name: (kind, 0, 0) for kind, words in _ATTRIBUTES for name in words.split()}
    )


def name_hash(name: str) -> int:
    """Return the walk's hash of a name (FNV-1a over its code points)."""
    value = 0xCBF29CE484222325
    for character in name:
        value = ((value ^ ord(character)) * _MULTIPLIER) & _MASK
    return value


def build_names(entries: dict[str, tuple[int, int, int]]) -> Names:
    """Return a table of names, each with its flags, form and places."""
    rows = sorted((name_hash(name), *entry) for name, entry in entries.items())
    hashes, flags, forms, places = zip(*rows, strict=True)
    return Names(
        np.array(hashes, np.uint64),
        np.array(flags, np.uint16),
        np.array(forms, np.uint8),
        np.array(places, np.uint32),
    )
