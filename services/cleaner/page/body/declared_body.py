"""The body that a page declares in JSON-LD, as paragraphs: for pages that show none."""

import html
import re
from typing import Final

from services.cleaner.lines.line_types import is_one_of
from services.cleaner.page.body.second_opinion import NEVER_BODY, without_offers
from services.cleaner.page.page_blocks import walk_page
from services.cleaner.page.parse import parse_page
from services.cleaner.text.characters import tidy, word_count
from shared.base.outcomes import InvalidMessage

_ESCAPED: Final = re.compile(
    r"&(?:amp;)?(?:lt|gt|quot|nbsp|amp|#\d{1,6}|#x[0-9a-f]{1,5});", re.IGNORECASE
)
_MAX_ESCAPES: Final = 2
"""Some publishers escape the HTML in it, and their templates once more."""
_PARTING: Final = re.compile(
    r"</?(?:p|br|div|li|ul|ol|h[1-6]|blockquote|section)\b[^<>]*>", re.IGNORECASE
)
_TAG: Final = re.compile(r"</?[a-z][^<>]{0,2000}>", re.IGNORECASE)
_LINES: Final = re.compile(r"[\r\n\u2028\u2029]+")
_GLUED: Final = re.compile(r"(?<=[a-zß-ÿ][.!?])(?=[A-ZÀ-Þ“\"])|(?<=[.!?][”\"])(?=[A-ZÀ-Þ“])")
"""Where paragraphs were joined without a space."""


def declared_paragraphs(body: str) -> tuple[str, ...]:
    """Return the paragraphs of an articleBody, with its HTML and its escapes undone.

    There are none if it is more than a parser gets through.
    """
    for _ in range(_MAX_ESCAPES):
        if _ESCAPED.search(body):
            body = html.unescape(body)
    paragraphs = [tidy(paragraph) for paragraph in _split(body)]
    return without_offers(
        [line for line in paragraphs if line and not is_one_of(line, word_count(line), NEVER_BODY)]
    )


def _split(body: str) -> list[str]:
    if _PARTING.search(body):
        try:
            return walk_page(parse_page(body)).texts
        except InvalidMessage:
            return []
    plain = _TAG.sub("", body)
    lines = _LINES.split(plain)
    return lines if len(lines) > 1 else _GLUED.split(plain)
