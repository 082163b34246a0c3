"""Second pass: the block-level elements, what they are in and what their names say.

Compiled; no recursion; linear.
"""

from typing import Final, NamedTuple

import numpy as np

from services.cleaner.page.blocks.jit import jit
from services.cleaner.page.blocks.walk import markup
from services.cleaner.page.blocks.walk.characters import Characters
from services.cleaner.page.blocks.walk.hints import VISIBILITY_BIT
from services.cleaner.page.blocks.walk.markup import Names
from services.cleaner.page.blocks.walk.phrases import Automaton, match_phrases
from services.cleaner.page.blocks.walk.tags import (
    CLOSING,
    COMMENT,
    LT,
    Bits,
    Ints,
    Tags,
    Text,
    extend_hash,
)
from services.cleaner.page.blocks.walk.visibility import (
    HIDES,
    HidingNames,
    is_closed_dialog,
    visibility,
    visibility_of_classes,
)

PARTS: Final = 64
"""Flag of a tag: a block of text ends here."""
_BLOCK_LEVEL: Final = 128
_SLASH: Final = ord("/")
_MAX_SIGNS: Final = 4
_AT: Final = ord("@")
"""The last character before the letters."""


class Nesting(NamedTuple):
    """What holds behind each tag: the innermost block-level element, and flags.

    The flags are those of markup.py and PARTS. ``opened``: the tag of each element.
    """

    element: Ints
    flags: Ints
    parent: Ints
    end: Ints
    opened: Ints


class Elements(NamedTuple):
    """The block-level elements in the order of their beginnings; 0 is the page itself.

    Each array has an entry an element. ``end``: one past the last element inside this one.
    ``places``: what it is or is in, as bits of markup.PLACES. ``inherited``: the hints of its own
    names and of those of all elements around it. ``signature``: a hash of its tag and its names,
    equal for elements that are made alike.
    """

    parent: Ints
    end: Ints
    form: Ints
    places: Ints
    inherited: Bits
    signature: Bits
    depth: Ints
    hidden: Ints


@jit
def nest_elements(html: Text, tags: Tags, names: Names, hiding: HidingNames) -> Nesting:
    """Follow the tags with a stack. An element with nothing in it does not count.

    What is in an inline element that readers do not see is skipped.
    """
    count = tags.start.size
    element, flags = np.zeros(count, np.int32), np.zeros(count, np.int32)
    parent, end = np.zeros(count + 1, np.int32), np.zeros(count + 1, np.int32)
    opened = np.zeros(count + 1, np.int32)
    stack = np.zeros((2, count + 1), np.int32)
    tag_names, tag_past, name_flags = tags.name, tags.past, names.flags
    depth, elements = 0, 1
    parent[0] = -1
    for tag in range(count):
        name = tag_names[tag]
        kind = name_flags[name] if name >= 0 else 0
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
            is_inline = kind & (markup.INLINE | markup.SKIPPED) or around & markup.SKIPPED
            if kind & markup.INLINE and _hides_inline(html, tags, tag, kind, hiding):
                kind |= markup.SKIPPED
            stack[0, depth] = (around & ~_BLOCK_LEVEL) | kind
            stack[1, depth] = inner
            if not (is_inline or _is_empty(html, tag_past[tag])):
                parts = PARTS
                stack[0, depth] |= _BLOCK_LEVEL
                stack[1, depth] = elements
                parent[elements], opened[elements] = inner, tag
                elements += 1
        element[tag], flags[tag] = stack[1, depth], stack[0, depth] & ~PARTS | parts
    end[0] = elements
    return Nesting(element, flags, parent[:elements], end[:elements], opened[:elements])


@jit
def _is_empty(html: Text, past: int) -> bool:
    """Return whether the end tag follows at once."""
    return past + 1 < html.size and html[past] == LT and html[past + 1] == _SLASH


@jit
def describe_elements(
    html: Text,
    tags: Tags,
    nesting: Nesting,
    names: Names,
    characters: Characters,
    hints: Automaton,
    hiding: HidingNames,
) -> Elements:
    """Describe each element.

    Parents come before their children, so that one pass passes everything on.
    """
    count = nesting.parent.size
    form, places = np.zeros(count, np.int32), np.zeros(count, np.int32)
    depth, hidden = np.zeros(count, np.int32), np.zeros(count, np.int32)
    inherited, signature = np.zeros(count, np.uint64), np.zeros(count, np.uint64)
    for element in range(1, count):
        tag, around = nesting.opened[element], nesting.parent[element]
        name = tags.name[tag]
        form[element] = names.forms[name] if name >= 0 else 0
        places[element] = places[around] | (names.places[name] if name >= 0 else 0)
        depth[element] = depth[around] + 1
        own, signature[element], hides = _parse_attributes(
            html, tags, tag, characters, hints, hiding
        )
        inherited[element] = inherited[around] | own
        hidden[element] = hidden[around] | hides
    return Elements(nesting.parent, nesting.end, form, places, inherited, signature, depth, hidden)


@jit
def _parse_attributes(
    html: Text,
    tags: Tags,
    tag: int,
    characters: Characters,
    hints: Automaton,
    hiding: HidingNames,
) -> tuple[np.uint64, np.uint64, bool]:
    """Return the hints, the signature and whether it hides, of the tag."""
    own, phrases, shown, is_open = np.uint64(0), np.uint64(0), 0, False
    signature, attributes = tags.code[tag], tags.attributes
    classes, class_flags = hiding.classes.hashes, hiding.classes.flags
    for index in range(tags.first[tag], tags.first[tag + 1]):
        kind, start, end = attributes.kind[index], attributes.start[index], attributes.end[index]
        if kind == markup.NAMING or kind == markup.CLASS:
            phrases = match_phrases(hints, characters.symbols, html, start, end)
            own |= phrases
            signature = extend_hash(html, start, end, signature)
        if kind == markup.CLASS:
            if not phrases & VISIBILITY_BIT:
                continue
            shown |= visibility_of_classes(html, start, end, classes, class_flags)
        elif kind > markup.NAMING:
            is_open |= kind == markup.OPEN
            shown |= visibility(html, start, end, kind, hiding)
    return own, signature, shown == HIDES or is_closed_dialog(tags.code[tag], is_open)


@jit
def _hides_inline(html: Text, tags: Tags, tag: int, kind: int, hiding: HidingNames) -> bool:
    """Return whether the inline element hides what is in it.

    A drop cap that only screen readers do not read is no such element, and neither is a colon or a
    dash that only they read: it parts two words.
    """
    first, behind, attributes = tags.first[tag], tags.first[tag + 1], tags.attributes
    past, shown, classes = tags.past[tag], 0, hiding.classes
    if first == behind or (not kind & markup.LINK and _parts_words(html, past)):
        return False
    is_letter = past + 1 < html.size and html[past + 1] == LT and html[past] > _AT
    for index in range(first, behind):
        name, start, end = attributes.kind[index], attributes.start[index], attributes.end[index]
        if name == markup.CLASS:
            shown |= visibility_of_classes(html, start, end, classes.hashes, classes.flags)
        elif name > markup.NAMING and not (name == markup.ARIA_HIDDEN and is_letter):
            shown |= visibility(html, start, end, name, hiding)
    return shown == HIDES


@jit
def _parts_words(html: Text, start: int) -> bool:
    """Return whether only a few signs are in the element whose content begins here."""
    position = start
    while position < min(html.size, start + _MAX_SIGNS) and html[position] != LT:
        point = html[position]
        if point > _AT or ord("0") <= point <= ord("9"):
            return False
        position += 1
    return start < position < html.size and html[position] == LT
