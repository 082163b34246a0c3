"""The texts of an entry: headline and byline as plain text, its language tag. Pure."""

import re
from collections.abc import Iterable
from typing import Final

from services.fetcher.parsing.character_references import unescape_references
from services.fetcher.seeds.manifest import LANGUAGE

MAX_TEXT: Final = 500
_MARKUP: Final = re.compile(
    r"<!--.*?(?:-->|\Z)|<(/?[A-Za-z][A-Za-z0-9]*)[^<>]*>|<[!?][^<>]*>", re.DOTALL
)
_WITHIN_WORDS: Final = frozenset(
    (
        *("a", "abbr", "b", "bdi", "bdo", "big", "cite", "code", "del", "dfn", "em", "font", "i"),
        *("ins", "kbd", "mark", "nobr", "q", "s", "samp", "small", "span", "strike", "strong"),
        *("sub", "sup", "tt", "u", "var", "wbr"),
    )
)
"""Elements that browsers show without a gap; each other one parts words."""
_EMAIL: Final = re.compile(r"[^\s()<>,;\"]{1,64}@[\w.-]{1,255}")
_EMPTY_BRACKETS: Final = re.compile(r"\(\s*\)|<\s*>|\[\s*\]")
_WHOLE_IN_BRACKETS: Final = re.compile(r"\(([^()]*)\)?|<([^<>]*)>")


def plain_text(value: str, *, is_html: bool, limit: int = MAX_TEXT) -> str | None:
    """Return a text on one line, without markup if it is HTML; None if nothing is left.

    A tag between words becomes a blank, as a browser would break the line there.
    """
    if is_html:
        value = unescape_references(_MARKUP.sub(_gap, value))
    value = " ".join(value.encode("utf-8", "replace").decode().split())
    return value[:limit] or None


def byline(names: Iterable[str]) -> str | None:
    """Return the authors' names; None if there are only addresses.

    RSS writes ``jane@wire.example (Jane Doe)``.
    """
    cleaned = dict.fromkeys(filter(None, map(_author, names)))
    return ", ".join(cleaned)[:MAX_TEXT] or None


def language_tag(tag: str | None) -> str | None:
    """Turn ``EN_us`` into ``en-US``; None if it is not a language tag."""
    language, _, region = (tag or "").strip().replace("_", "-").partition("-")
    joined = language.lower() + (
        f"-{region.upper() if len(region) == 2 else region}" if region else ""
    )
    return joined if LANGUAGE.fullmatch(joined) else None


def _gap(match: re.Match[str]) -> str:
    element = (match[1] or "").lstrip("/").lower()
    return "" if not element or element in _WITHIN_WORDS else " "


def _author(name: str) -> str:
    text = plain_text(name[: 2 * MAX_TEXT], is_html=False) or ""
    if "@" in text:
        text = _EMPTY_BRACKETS.sub("", _EMAIL.sub("", text)).strip(" ,;:-\"'")
    if whole := _WHOLE_IN_BRACKETS.fullmatch(text):
        text = whole[1] or whole[2] or ""
    return text.strip(" ,;\"'")
