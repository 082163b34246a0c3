"""Second pass: the block-level elements, what they are in and what their names say.

Compiled; no recursion; linear.
"""

from typing import Final, NamedTuple

import numpy as np

from services.cleaner.page.blocks.jit import jit
from services.cleaner.page.blocks.walk import markup
from services.cleaner.page.blocks.walk.characters import Characters
from services.cleaner.page.blocks.walk.markup import Names
from services.cleaner.page.blocks.walk.phrases import Automaton, match_phrases
from services.cleaner.page.blocks.walk.tags import (
    BLANK,
    CLOSING,
    COMMENT,
    EQUALS,
    GT,
    LT,
    QUOTE,
    Bits,
    Flags,
    Ints,
    Tags,
    Text,
    extend_hash,
    hash_name,
    lookup,
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
def nest_elements(
    html: Text, tags: Tags, names: Names, attributes: Names, hiding: HidingNames
) -> Nesting:
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
            has_attributes = html[tag_past[tag] - 2] == QUOTE
            if (
                kind & markup.INLINE
                and has_attributes
                and _hides_inline(html, tags, tag, attributes, hiding)
            ):
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
    attributes: Names,
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
            html, tags.start[tag] + 1, tags.code[tag], attributes, characters, hints, hiding
        )
        inherited[element] = inherited[around] | own
        hidden[element] = hidden[around] | hides
    return Elements(nesting.parent, nesting.end, form, places, inherited, signature, depth, hidden)


@jit
def _parse_attributes(
    html: Text,
    position: int,
    signature: np.uint64,
    attributes: Names,
    characters: Characters,
    hints: Automaton,
    hiding: HidingNames,
) -> tuple[np.uint64, np.uint64, bool]:
    """Return the hints, the signature and whether it hides, of the tag at ``position``."""
    own, shown, is_open, code = np.uint64(0), 0, False, signature
    hashes, flags = attributes.hashes, attributes.flags
    classes, class_flags = hiding.classes.hashes, hiding.classes.flags
    _, position = hash_name(html, position, GT)
    while position < html.size and html[position] != GT:
        kind, start, end, position = _next_attribute(html, position, hashes, flags)
        if kind == markup.NAMING or kind == markup.CLASS:
            own |= match_phrases(hints, characters.symbols, html, start, end)
            signature = extend_hash(html, start, end, signature)
        if kind == markup.CLASS:
            shown |= visibility_of_classes(html, start, end, classes, class_flags)
        elif kind > markup.NAMING:
            is_open |= kind == markup.OPEN
            shown |= visibility(html, start, end, kind, hiding)
    return own, signature, shown == HIDES or is_closed_dialog(code, is_open)


@jit
def _hides_inline(html: Text, tags: Tags, tag: int, attributes: Names, hiding: HidingNames) -> bool:
    """Return whether the inline element hides what is in it.

    A drop cap that only screen readers do not read is no such element, and neither is a colon or a
    dash that only they read: it parts two words.
    """
    _, position = hash_name(html, tags.start[tag] + 1, GT)
    past, shown = tags.past[tag], 0
    hashes, flags = attributes.hashes, attributes.flags
    is_letter = past + 1 < html.size and html[past + 1] == LT and html[past] > _AT
    if _parts_words(html, past):
        return False
    while position < html.size and html[position] != GT:
        kind, start, end, position = _next_attribute(html, position, hashes, flags)
        if kind == markup.CLASS:
            classes = hiding.classes
            shown |= visibility_of_classes(html, start, end, classes.hashes, classes.flags)
        elif kind > markup.NAMING and not (kind == markup.ARIA_HIDDEN and is_letter):
            shown |= visibility(html, start, end, kind, hiding)
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


@jit
def _next_attribute(
    html: Text, position: int, hashes: Bits, flags: Flags
) -> tuple[int, int, int, int]:
    """Return the kind of the attribute that begins here, its value, and where the next begins.

    The value is from ``start`` to ``end``. The kind is 0 for an attribute that says nothing.
    """
    if html[position] == BLANK:
        return 0, position, position, position + 1
    code, name_end = hash_name(html, position, EQUALS)
    start, end = _value(html, name_end)
    attribute = lookup(hashes, code)
    kind = int(flags[attribute]) if attribute >= 0 else 0
    return kind, start, end, max(end + (end > name_end), position + 1)


@jit
def _value(html: Text, position: int) -> tuple[int, int]:
    """Return start and end of the value behind an attribute's name.

    Both are ``position`` if it has no value.
    """
    if position + 1 >= html.size or html[position] != EQUALS or html[position + 1] != QUOTE:
        return position, position
    end = position + 2
    while end < html.size and html[end] != QUOTE:
        end += 1
    return position + 2, end
