"""Second pass: block-level elements, what they lie in and what their names say. Compiled; no recursion; linear."""

from typing import Final, NamedTuple

import numpy as np

from services.cleaner.page.blocks.jit import compiled
from services.cleaner.page.blocks.walk import markup
from services.cleaner.page.blocks.walk.characters import Characters
from services.cleaner.page.blocks.walk.hints import HINTS
from services.cleaner.page.blocks.walk.markup import Names
from services.cleaner.page.blocks.walk.phrases import Automaton, spotted
from services.cleaner.page.blocks.walk.tags import (
    BLANK,
    CLOSING,
    COMMENT,
    EQUALS,
    GT,
    LT,
    QUOTE,
    Bits,
    Ints,
    Tags,
    Text,
    hashed,
    hashed_name,
    lookup,
)

CONCEALED: Final = np.uint64(1 << len(HINTS))
PARTS: Final = 64
"""Flag of a tag: a block of text ends here."""
_BLOCK_LEVEL: Final = 128
_T: Final = ord("t")
_SLASH: Final = ord("/")


class Nesting(NamedTuple):
    """What holds behind each tag: the innermost block-level element, and flags: markup's and PARTS. ``opened``: each element's tag."""

    element: Ints
    flags: Ints
    parent: Ints
    end: Ints
    opened: Ints


class Elements(NamedTuple):
    """Block-level elements in the order of their beginnings; 0 is the page itself. Each array has an entry an element."""

    parent: Ints
    end: Ints
    """One past the last element inside this one."""
    form: Ints
    places: Ints
    """What the element is or lies in: bits of markup.PLACES."""
    inherited: Bits
    """Hints of the element's own names and of those of all around it."""
    signature: Bits
    """Hash of its tag and its names: equal for elements that are made alike."""
    depth: Ints
    hidden: Ints


@compiled
def nested(html: Text, tags: Tags, names: Names) -> Nesting:
    """Follows the tags with a stack. An element without anything in it is none."""
    count = tags.start.size
    element, flags = np.zeros(count, np.int32), np.zeros(count, np.int32)
    parent, end, opened = (
        np.zeros(count + 1, np.int32),
        np.zeros(count + 1, np.int32),
        np.zeros(count + 1, np.int32),
    )
    stack = np.zeros((2, count + 1), np.int32)
    tag_names, tag_past, known = tags.name, tags.past, names.flags
    depth, elements = 0, 1
    parent[0] = -1
    for at in range(count):
        name = tag_names[at]
        kind = known[name] if name >= 0 else 0
        around = stack[0, depth]
        inner = stack[1, depth]
        parts = 0
        if name == CLOSING:
            parts = PARTS if around & _BLOCK_LEVEL else 0
            if parts:
                end[inner] = elements
            depth = max(0, depth - 1)
        elif kind & markup.VOID:
            parts = kind & markup.BREAK
        elif name != COMMENT:
            depth += 1
            plain = (
                kind & (markup.INLINE | markup.SKIPPED)
                or around & markup.SKIPPED
                or _is_empty(html, tag_past[at])
            )
            stack[0, depth] = (around & ~_BLOCK_LEVEL) | kind
            stack[1, depth] = inner
            if not plain:
                parts = PARTS
                stack[0, depth] |= _BLOCK_LEVEL
                stack[1, depth] = elements
                parent[elements], opened[elements] = inner, at
                elements += 1
        element[at], flags[at] = stack[1, depth], stack[0, depth] & ~PARTS | parts
    end[0] = elements
    return Nesting(element, flags, parent[:elements], end[:elements], opened[:elements])


@compiled
def _is_empty(html: Text, past: int) -> bool:
    """Whether the end tag follows at once."""
    return past + 1 < html.size and html[past] == LT and html[past + 1] == _SLASH


@compiled
def described(
    html: Text,
    tags: Tags,
    nesting: Nesting,
    names: Names,
    attributes: Names,
    characters: Characters,
    hints: Automaton,
) -> Elements:
    """What each element is and lies in: parents come before their children, so that one pass hands everything on."""
    count = nesting.parent.size
    form, places, depth, hidden = (
        np.zeros(count, np.int32),
        np.zeros(count, np.int32),
        np.zeros(count, np.int32),
        np.zeros(count, np.int32),
    )
    inherited, signature = np.zeros(count, np.uint64), np.zeros(count, np.uint64)
    for element in range(1, count):
        tag, around = nesting.opened[element], nesting.parent[element]
        name = tags.name[tag]
        form[element] = names.forms[name] if name >= 0 else 0
        places[element] = places[around] | (names.places[name] if name >= 0 else 0)
        depth[element] = depth[around] + 1
        own, signature[element], hides = _named(
            html, tags.start[tag] + 1, tags.code[tag], attributes, characters, hints
        )
        inherited[element] = inherited[around] | own
        hidden[element] = hidden[around] | hides
    return Elements(nesting.parent, nesting.end, form, places, inherited, signature, depth, hidden)


@compiled
def _named(
    html: Text,
    at: int,
    signature: np.uint64,
    attributes: Names,
    characters: Characters,
    hints: Automaton,
) -> tuple[np.uint64, np.uint64, bool]:
    """Hints, signature and whether it is hidden, from the attributes of the tag at ``at``."""
    own, hides = np.uint64(0), False
    _, at = hashed_name(html, at, GT)
    while at < html.size and html[at] != GT:
        if html[at] == BLANK:
            at += 1
            continue
        code, name_end = hashed_name(html, at, EQUALS)
        start, end = _value(html, name_end)
        at = max(end + (end > name_end), at + 1)
        which = lookup(attributes.hashes, code)
        kind = attributes.flags[which] if which >= 0 else 0
        if kind == markup.NAMING:
            own |= spotted(hints, characters.symbols, html, start, end)
            signature = hashed(html, start, end, signature)
        elif kind == markup.STYLE:
            hides |= (spotted(hints, characters.symbols, html, start, end) & CONCEALED) != 0
        elif kind == markup.HIDDEN or (
            kind == markup.ARIA_HIDDEN and end > start and html[start] == _T
        ):
            hides = True
    return own & ~CONCEALED, signature, hides


@compiled
def _value(html: Text, at: int) -> tuple[int, int]:
    """Start and end of the value behind an attribute's name; both ``at`` where it has none."""
    if at + 1 >= html.size or html[at] != EQUALS or html[at + 1] != QUOTE:
        return at, at
    end = at + 2
    while end < html.size and html[end] != QUOTE:
        end += 1
    return at + 2, end
