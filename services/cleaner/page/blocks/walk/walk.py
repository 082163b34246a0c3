"""The walk over a page: tags, elements, then blocks of text, each one pass of compiled code."""

from services.cleaner.page.blocks.walk import markup
from services.cleaner.page.blocks.walk.characters import characters
from services.cleaner.page.blocks.walk.elements import Elements, describe_elements, nest_elements
from services.cleaner.page.blocks.walk.hints import hints
from services.cleaner.page.blocks.walk.tags import Text, tags_of
from services.cleaner.page.blocks.walk.texts import TextBlocks, gather_blocks
from services.cleaner.page.blocks.walk.visibility import hiding_names


def walk(html: Text) -> tuple[Elements, TextBlocks]:
    """Return all block-level elements and blocks of text.

    ``html``: code points of what lexbor writes, without the elements in markup.REMOVED_TAGS.
    """
    names, tables = markup.tags(), characters()
    tags, hiding = tags_of(html, names.hashes, markup.attributes()), hiding_names()
    nesting = nest_elements(html, tags, names, hiding)
    elements = describe_elements(html, tags, nesting, names, tables, hints(), hiding)
    return elements, gather_blocks(html, tags, nesting, names.flags, tables)
