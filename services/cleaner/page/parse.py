"""Text → a page that lexbor has repaired (selectolax): what its head says, and its body as code points for the walk. No network."""

from typing import Final

import numpy as np
from numpy.typing import NDArray
from selectolax.lexbor import LexborHTMLParser

from services.cleaner.page.blocks.walk.bounds import refuse_hostile
from services.cleaner.page.blocks.walk.markup import GONE

_MOST_TAGS_READ_SLOWLY: Final = 20_000


def parsed(text: str) -> LexborHTMLParser:
    """The page as a tree. InvalidMessage: it is made so that no parser gets through."""
    whole = text.replace("\x00", "").encode("utf-8", "replace")
    refuse_hostile(np.frombuffer(whole, np.uint8))
    return LexborHTMLParser(whole)


def is_ordinary(text: str) -> bool:
    """Whether the page has no more tags than slow readers (trafilatura, htmldate) get through in a second; articles' pages have a sixth of it."""
    return text.count("<") <= _MOST_TAGS_READ_SLOWLY


def body_html(tree: LexborHTMLParser) -> str:
    """The body as lexbor writes it. Takes the scripts and the like out of the tree: read the head first."""
    tree.strip_tags(GONE)
    return (tree.body.html or "") if tree.body is not None else ""


def points(text: str) -> NDArray[np.uint32]:
    """The code points of the text."""
    return np.frombuffer(text.encode("utf-32-le", "replace"), np.uint32)


def text_of(code_points: NDArray[np.uint32]) -> str:
    """The text of the code points."""
    return code_points.tobytes().decode("utf-32-le", "replace")
