"""A page as plain text, in the ways that people get it: line by line, every line that can be seen."""

import re
from collections.abc import Callable, Mapping
from typing import Final

import html_text
import inscriptis

from services.cleaner.decoding.decode import decoded
from services.cleaner.page.page_blocks import walked
from services.cleaner.page.parse import parsed
from training.cleaner.examples import Example

_DECLARATION: Final = re.compile(r"^\s*<\?xml[^>]*\?>")


def _copied(page: str) -> str:
    """As a browser's "select all, copy" has it."""
    return str(html_text.extract_text(page, guess_layout=True))


def _laid_out(page: str) -> str:
    """As a text browser shows it: lists with bullets, tables in columns."""
    return str(inscriptis.get_text(page))


def _blocks(page: str) -> str:
    """A block a line: what a crawler leaves."""
    return "\n".join(walked(parsed(page)).texts)


RENDERINGS: Final[Mapping[str, Callable[[str], str]]] = {
    "copied": _copied,
    "laid out": _laid_out,
    "blocks": _blocks,
}


def rendered(example: Example, rendering: str) -> list[str]:
    """The page's lines with text, in order."""
    page = _DECLARATION.sub("", decoded(example.content, "").text)
    return [line.strip() for line in RENDERINGS[rendering](page).split("\n") if line.strip()]
