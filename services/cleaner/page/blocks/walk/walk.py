"""The walk over a page: tags, then elements, then blocks of text, each one pass of compiled code."""

from services.cleaner.page.blocks.walk import markup
from services.cleaner.page.blocks.walk.characters import characters
from services.cleaner.page.blocks.walk.elements import Elements, described, nested
from services.cleaner.page.blocks.walk.hints import hints
from services.cleaner.page.blocks.walk.tags import Text, tags_of
from services.cleaner.page.blocks.walk.texts import TextBlocks, gathered


def walk(html: Text) -> tuple[Elements, TextBlocks]:
    """All block-level elements and blocks of text. ``html``: code points of what lexbor wrote, without what markup.GONE names."""
    names, known = markup.tags(), characters()
    tags = tags_of(html, names.hashes)
    nesting = nested(html, tags, names)
    elements = described(html, tags, nesting, names, markup.attributes(), known, hints())
    return elements, gathered(html, tags, nesting, names.flags, known)
