"""What the walk knows of HTML: tags by name, and the attributes in which a page's authors say what an element is."""

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

GONE: Final = [
    *("script", "style", "svg", "noscript", "template", "iframe", "math", "object", "canvas"),
    *("xmp", "noembed", "noframes", "plaintext", "head"),
]
"""Removed before the walk: readers do not read them, and some are not written like other text."""
FORMS: Final = (
    "p",
    "li",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "td",
    "th",
    "figcaption",
    "blockquote",
    "pre",
    "dd",
    "dt",
    "div",
    "address",
)
"""Elements whose text is of a kind of its own; an element's form is its place here, from 1, else 0."""
PLACES: Final = (
    "article",
    "main",
    "aside",
    "footer",
    "header",
    "nav",
    "form",
    "figure",
    "list",
    "table",
    "blockquote",
    "section",
)
"""What an element may lie in; a bit each."""
H1: Final = 1 + FORMS.index("h1")
NAMING: Final = 1
STYLE: Final = 2
HIDDEN: Final = 3
ARIA_HIDDEN: Final = 4
_PLACE: Final = {
    **{name: name for name in PLACES},
    "figcaption": "figure",
    "ul": "list",
    "ol": "list",
    "dl": "list",
}
_INLINE: Final = """b strong em i span u s small sub sup mark abbr cite q code font time label ins del bdi bdo big dfn kbd tt var acronym data
nobr strike samp picture ruby rt rb a"""
_FLAGS: Final = (
    (INLINE, _INLINE),
    (SKIPPED, "select textarea datalist option audio video button title frameset"),
    (
        VOID,
        "area base basefont bgsound br col embed frame hr img input keygen link meta param source track wbr",
    ),
    (LINK, "a"),
    (BOLD, "b strong em i"),
    (BREAK, "br"),
)
_ATTRIBUTES: Final = (
    (NAMING, "class id role itemprop data-testid data-component data-qa"),
    (STYLE, "style"),
    (HIDDEN, "hidden"),
    (ARIA_HIDDEN, "aria-hidden"),
)
_MULTIPLIER: Final = 0x100000001B3
_MASK: Final = 2**64 - 1


class Names(NamedTuple):
    """Names by their hash, ascending, and what is known of each: ``flags``, ``forms``, ``places`` (a bit set)."""

    hashes: NDArray[np.uint64]
    flags: NDArray[np.uint8]
    forms: NDArray[np.uint8]
    places: NDArray[np.uint32]


@cache
def tags() -> Names:
    """Every tag that is more than a plain block."""
    names = {*FORMS, *_PLACE, *(name for _, listed in _FLAGS for name in listed.split())}
    flags = {name: sum(flag for flag, listed in _FLAGS if name in listed.split()) for name in names}
    places = {name: 1 << PLACES.index(_PLACE[name]) if name in _PLACE else 0 for name in names}
    return _names(
        {
            name: (flags[name], 1 + FORMS.index(name) if name in FORMS else 0, places[name])
            for name in names
        }
    )


@cache
def attributes() -> Names:
    """The attributes that the walk reads; ``flags`` says which kind each is of."""
    return _names({name: (kind, 0, 0) for kind, listed in _ATTRIBUTES for name in listed.split()})


def name_hash(name: str) -> int:
    """The walk's hash of a name (FNV-1a over its code points)."""
    value = 0xCBF29CE484222325
    for character in name:
        value = ((value ^ ord(character)) * _MULTIPLIER) & _MASK
    return value


def _names(known: dict[str, tuple[int, int, int]]) -> Names:
    rows = sorted((name_hash(name), *entry) for name, entry in known.items())
    hashes, flags, forms, places = zip(*rows, strict=True)
    return Names(
        np.array(hashes, np.uint64),
        np.array(flags, np.uint8),
        np.array(forms, np.uint8),
        np.array(places, np.uint32),
    )
