"""Third pass: the blocks of text. A block is text without a block-level element in it: a paragraph, a list item, a menu entry.

Two line breaks part blocks, too. White space is collapsed.
"""

from typing import Final, NamedTuple

import numpy as np

from services.cleaner.page.blocks.jit import compiled
from services.cleaner.page.blocks.walk import markup
from services.cleaner.page.blocks.walk.characters import SPACE, TABLE_SIZE, Characters
from services.cleaner.page.blocks.walk.elements import PARTS, Nesting
from services.cleaner.page.blocks.walk.tags import BLANK, Bytes, Ints, Tags, Text

_AND: Final = ord("&")
_SEMICOLON: Final = ord(";")
_LONGEST_ENTITY: Final = 6
_BREAKS_THAT_PART: Final = 2


class TextBlocks(NamedTuple):
    """Blocks in the order of the page; block n is ``text[start[n]:start[n + 1]]``. Characters of links and bold type count no white space."""

    text: Text
    start: Ints
    element: Ints
    link_characters: Ints
    links: Ints
    bold_characters: Ints


@compiled
def gathered(
    html: Text, tags: Tags, nesting: Nesting, names_flags: Bytes, characters: Characters
) -> TextBlocks:
    """All blocks with text."""
    count, kinds = tags.start.size, characters.kinds
    text = np.empty(html.size + 1, np.uint32)
    start, facts = np.zeros(count + 2, np.int32), np.zeros((4, count + 2), np.int32)
    blocks, size, breaks = 0, 0, 0
    for at in range(count):
        flags, name = nesting.flags[at], tags.name[at]
        if flags & markup.BREAK and not flags & markup.SKIPPED:
            breaks += 1
            if size > start[blocks] and text[size - 1] != BLANK:
                text[size] = BLANK
                size += 1
        if flags & PARTS or breaks == _BREAKS_THAT_PART:
            size, blocks = _parted(text, size, start, facts, blocks)
            breaks = 0
        if flags & markup.SKIPPED:
            continue
        facts[0, blocks] = nesting.element[at]
        if name >= 0 and names_flags[name] & markup.LINK:
            facts[2, blocks] += 1
        first = size
        size, seen = _appended(
            html,
            tags.past[at],
            tags.start[at + 1] if at + 1 < count else html.size,
            text,
            size,
            start[blocks],
            kinds,
        )
        facts[1, blocks] += seen if flags & markup.LINK else 0
        facts[3, blocks] += seen if flags & markup.BOLD else 0
        breaks = 0 if size > first and seen else breaks
    size, blocks = _parted(text, size, start, facts, blocks)
    return TextBlocks(
        text[:size],
        start[: blocks + 1],
        facts[0, :blocks],
        facts[1, :blocks],
        facts[2, :blocks],
        facts[3, :blocks],
    )


@compiled
def _parted(text: Text, size: int, start: Ints, facts: Ints, blocks: int) -> tuple[int, int]:
    """Ends the block in the making; it is one only if it has text."""
    if size > start[blocks] and text[size - 1] == BLANK:
        size -= 1
    if size > start[blocks]:
        blocks += 1
        start[blocks] = size
    facts[:, blocks] = 0
    return size, blocks


@compiled
def _appended(
    html: Text, at: int, end: int, text: Text, size: int, first: int, kinds: Bytes
) -> tuple[int, int]:
    """The text's new size, and how many characters but white space came to it from ``html[at:end]``."""
    seen = 0
    while at < end:
        point = html[at]
        at += 1
        if point == _AND:
            point, at = _entity(html, at)
        if point >= TABLE_SIZE or not kinds[point] & SPACE:
            text[size] = point
            size += 1
            seen += 1
        elif size > first and text[size - 1] != BLANK:
            text[size] = BLANK
            size += 1
    return size, seen


@compiled
def _entity(html: Text, at: int) -> tuple[int, int]:
    """The character of an entity, and where it ends: lexbor writes no other than &amp; &lt; &gt; &nbsp; in a text."""
    end = at
    while end < html.size and end < at + _LONGEST_ENTITY and html[end] != _SEMICOLON:
        end += 1
    if end >= html.size or html[end] != _SEMICOLON:
        return _AND, at
    first = html[at]
    point = _AND
    if first == ord("l"):
        point = ord("<")
    elif first == ord("g"):
        point = ord(">")
    elif first == ord("n"):
        point = BLANK
    return point, end + 1
