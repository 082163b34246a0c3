"""Text → a page that lexbor (selectolax) has repaired, and its body as code points. No network."""

from typing import Final

import numpy as np
from numpy.typing import NDArray
from selectolax.lexbor import LexborHTMLParser

from services.cleaner.page.blocks.walk.bounds import refuse_hostile
from services.cleaner.page.blocks.walk.markup import REMOVED_TAGS

_MAX_ORDINARY_TAGS: Final = 20_000


def parse_page(text: str) -> LexborHTMLParser:
    """Return the page as a tree. Raises InvalidMessage if no parser would get through it."""
    data = text.encode("utf-8", "replace").replace(b"\x00", b"")  # quick in bytes, slow in text
    refuse_hostile(np.frombuffer(data, np.uint8))
    return LexborHTMLParser(data)


def is_ordinary(text: str) -> bool:
    """Return whether a slow parser (trafilatura) gets through the page in a second.

    The limit is a number of tags; articles' pages have a sixth of it.
    """
    return text.count("<") <= _MAX_ORDINARY_TAGS


def body_html(tree: LexborHTMLParser) -> str:
    """Return the body as lexbor writes it.

    Removes scripts and the like from the tree: parse the head first.
    """
    tree.strip_tags(REMOVED_TAGS)
    return (tree.body.html or "") if tree.body is not None else ""


def code_points(text: str) -> NDArray[np.uint32]:
    """Return the code points of the text."""
    return np.frombuffer(text.encode("utf-32-le", "replace"), np.uint32)


def text_of(points: NDArray[np.uint32]) -> str:
    """Return the text of the code points."""
    return points.tobytes().decode("utf-32-le", "replace")
