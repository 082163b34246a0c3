"""Turn the markup and entities that some sites write into plain titles into text."""

import html
import re
from typing import Final

from services.cleaner.text.characters import tidy

_TAG: Final = re.compile(
    r"</?(?P<name>em|i|b|strong|span|br|p|div|li|mark|sup|sub|u|q|a|font|small|wbr)"
    r"(?:\s[^<>=]{0,100}=[^<>]{0,200})?\s*/?>",
    re.IGNORECASE,
)
_BREAKS: Final = frozenset(("br", "p", "div", "li"))
_INSIDE_WORDS: Final = frozenset(("sup", "sub", "wbr"))
_ENTITY: Final = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});")
_LEVELS: Final = 2
"""Some sites escape their titles twice."""


def plain_title(text: str) -> str:
    """Return the title as text. An ampersand that begins no entity stays: "R&D", "AT&T"."""
    for _ in range(_LEVELS):
        text = _ENTITY.sub(_character, text) if "&" in text else text
    return tidy(_without_tags(text) if "<" in text else text)


def _character(entity: re.Match[str]) -> str:
    return html.unescape(entity.group())


def _without_tags(text: str) -> str:
    """Remove the tags; one between two words is a blank, one inside a word is nothing."""
    return _TAG.sub(lambda tag: _blank(tag, text), text)


def _blank(tag: re.Match[str], text: str) -> str:
    name = tag["name"].lower()
    if name in _BREAKS:
        return " "
    is_inside = name in _INSIDE_WORDS or not are_words(text[: tag.start()], text[tag.end() :])
    return "" if is_inside else " "


def are_words(before: str, behind: str) -> bool:
    """Return whether two words meet here; a single letter is the beginning of a word, as a drop
    cap.
    """
    return len(before) > 1 and len(behind) > 1 and before[-2:].isalnum() and behind[:2].isalnum()
