"""A page as plain text, in the ways that people get it: line by line, every visible line."""

import re
from collections.abc import Callable, Mapping
from typing import Final

from services.cleaner.decoding.decode import decode_bytes
from services.cleaner.page.page_blocks import walk_page
from services.cleaner.page.parse import parse_page
from training.cleaner.examples import Example

_DECLARATION: Final = re.compile(r"^\s*<\?xml[^>]*\?>")


def _copy_from_browser(page: str) -> str:
    """Return what a browser's "select all, copy" gives."""
    import html_text  # noqa: PLC0415 - only in the training lock; bench/lines.py starts without it

    return str(html_text.extract_text(page, guess_layout=True))


def _lay_out(page: str) -> str:
    """Return what a text browser shows: lists with bullets, tables in columns."""
    import inscriptis  # noqa: PLC0415 - as above

    return str(inscriptis.get_text(page))


def _blocks(page: str) -> str:
    """Return a block a line: what a crawler leaves."""
    return "\n".join(walk_page(parse_page(page)).texts)


RENDERINGS: Final[Mapping[str, Callable[[str], str]]] = {
    "copied": _copy_from_browser,
    "laid out": _lay_out,
    "blocks": _blocks,
}


def render(example: Example, rendering: str) -> list[str]:
    """Return the page's lines with text, in order."""
    page = _DECLARATION.sub("", decode_bytes(example.content, "").text)
    return [line.strip() for line in RENDERINGS[rendering](page).split("\n") if line.strip()]
