"""Third pass: the blocks of text.

A block is text without a block-level element in it: a paragraph, a list item, a menu entry. Two
line breaks separate blocks, too. White space is collapsed.
"""

from typing import Final, NamedTuple

import numpy as np

from services.cleaner.page.blocks.jit import jit
from services.cleaner.page.blocks.walk import markup
from services.cleaner.page.blocks.walk.characters import SPACE, TABLE_SIZE, WORD, Characters
from services.cleaner.page.blocks.walk.elements import PARTS, Nesting
from services.cleaner.page.blocks.walk.reference_marks import (
    EXPONENT,
    PLAIN,
    append_exponent,
    classify,
    links_to_fragment,
    raised_text,
)
from services.cleaner.page.blocks.walk.tags import BLANK, Bytes, Flags, Ints, Tags, Text

_AND: Final = ord("&")
_SEMICOLON: Final = ord(";")
_MAX_ENTITY_CHARACTERS: Final = 6
_SEPARATING_BREAKS: Final = 2


class TextBlocks(NamedTuple):
    """The blocks in the order of the page; block n is ``text[start[n]:start[n + 1]]``.

    The characters of links and bold type do not include white space.
    """

    text: Text
    start: Ints
    element: Ints
    link_characters: Ints
    links: Ints
    bold_characters: Ints


@jit
def gather_blocks(
    html: Text, tags: Tags, nesting: Nesting, names_flags: Flags, characters: Characters
) -> TextBlocks:
    """Return all blocks with text."""
    count, kinds = tags.start.size, characters.kinds
    text = np.empty(html.size + 1, np.uint32)
    start, facts = np.zeros(count + 2, np.int32), np.zeros((4, count + 2), np.int32)
    blocks, size, breaks, after = 0, 0, 0, 0
    for tag in range(count):
        if tag < after:
            continue
        flags, name = nesting.flags[tag], tags.name[tag]
        if flags & markup.BREAK and not flags & markup.SKIPPED:
            breaks += 1
            if size > start[blocks] and text[size - 1] != BLANK:
                text[size] = BLANK
                size += 1
        if flags & PARTS or breaks == _SEPARATING_BREAKS:
            size, blocks = _end_block(text, size, start, facts, blocks)
            breaks = 0
        if flags & markup.SKIPPED:
            continue
        kind = names_flags[name] if name >= 0 else 0
        if kind & markup.RAISED or (kind & markup.LINK and size > start[blocks]):
            size, after = _pass_raised_text(
                html, tags, nesting, names_flags, tag, text, start[blocks], size, kinds
            )
            if after:
                continue
        facts[0, blocks] = nesting.element[tag]
        if name >= 0 and names_flags[name] & markup.LINK:
            facts[2, blocks] += 1
        first = size
        next_tag = tags.start[tag + 1] if tag + 1 < count else html.size
        size, appended = _append_text(
            html, tags.past[tag], next_tag, text, size, start[blocks], kinds
        )
        facts[1, blocks] += appended if flags & markup.LINK else 0
        facts[3, blocks] += appended if flags & markup.BOLD else 0
        breaks = 0 if size > first and appended else breaks
    size, blocks = _end_block(text, size, start, facts, blocks)
    return TextBlocks(
        text[:size],
        start[: blocks + 1],
        facts[0, :blocks],
        facts[1, :blocks],
        facts[2, :blocks],
        facts[3, :blocks],
    )


@jit
def _pass_raised_text(
    html: Text,
    tags: Tags,
    nesting: Nesting,
    names_flags: Flags,
    tag: int,
    text: Text,
    first: int,
    size: int,
    kinds: Bytes,
) -> tuple[int, int]:
    """Pass over a mark that refers to a note, and write an exponent.

    Returns the text's new size and the tag that closes what was passed over, or 0. ``first``: where
    the block begins.
    """
    is_raised = names_flags[tags.name[tag]] & markup.RAISED > 0
    if not is_raised and (
        text[size - 1] == BLANK or not links_to_fragment(html, tags.start[tag], tags.past[tag])
    ):
        return size, 0
    content, has_link, closing = raised_text(html, tags, nesting, names_flags, tag)
    if not closing:
        return size, 0
    kind = classify(content, has_link or not is_raised, text, first, size, kinds)
    if kind == PLAIN:
        return size, 0
    if kind == EXPONENT:
        return append_exponent(content, text, size), closing
    past = tags.past[closing]
    follows = html[past] if past < html.size else BLANK
    if follows < TABLE_SIZE and kinds[follows] & WORD and size > first and text[size - 1] != BLANK:
        text[size] = BLANK
        size += 1
    return size, closing


@jit
def _end_block(text: Text, size: int, start: Ints, facts: Ints, blocks: int) -> tuple[int, int]:
    """End the current block; it counts only if it has text."""
    if size > start[blocks] and text[size - 1] == BLANK:
        size -= 1
    if size > start[blocks]:
        blocks += 1
        start[blocks] = size
    facts[:, blocks] = 0
    return size, blocks


@jit
def _append_text(
    html: Text, position: int, end: int, text: Text, size: int, first: int, kinds: Bytes
) -> tuple[int, int]:
    """Append ``html[position:end]`` to the text.

    Returns the text's new size and how many characters that are not white space were appended.
    """
    appended = 0
    while position < end:
        point = html[position]
        position += 1
        if point == _AND:
            point, position = _entity(html, position)
        if point >= TABLE_SIZE or not kinds[point] & SPACE:
            text[size] = point
            size += 1
            appended += 1
        elif size > first and text[size - 1] != BLANK:
            text[size] = BLANK
            size += 1
    return size, appended


@jit
def _entity(html: Text, position: int) -> tuple[int, int]:
    """Return the character of an entity, and where it ends.

    lexbor writes only &amp; &lt; &gt; &nbsp; in a text.
    """
    end = position
    while end < html.size and end < position + _MAX_ENTITY_CHARACTERS and html[end] != _SEMICOLON:
        end += 1
    if end >= html.size or html[end] != _SEMICOLON:
        return _AND, position
    first = html[position]
    point = _AND
    if first == ord("l"):
        point = ord("<")
    elif first == ord("g"):
        point = ord(">")
    elif first == ord("n"):
        point = BLANK
    return point, end + 1
