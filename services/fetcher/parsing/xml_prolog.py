"""What stands before a feed's root element: the DOCTYPE and the entities that it declares. Pure.

Only there a DOCTYPE is one: an article about XML may quote another. Entities that stand for a few
characters are read; those that refer to others, to files or to addresses are refused.
"""

import re
from dataclasses import dataclass, field
from typing import Final

from services.fetcher.feed_error import FeedErrorKind, UnreadableFeed
from services.fetcher.parsing.character_references import unescape_references

MAX_ENTITY_CHARACTERS: Final = 100
MAX_ENTITIES: Final = 500
_DOCTYPE: Final = re.compile(r"<!DOCTYPE\b", re.IGNORECASE)
_ELEMENT: Final = re.compile(r"<[^\W\d][^\s/>]{0,100}")
_IN_DOCTYPE: Final = re.compile(r"<!--|[\[\]\"'>]")
_COMMENT: Final = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_DECLARATION: Final = re.compile(r"<!ENTITY\b", re.IGNORECASE)
_EXTERNAL_PARAMETER: Final = re.compile(r"<!ENTITY\s+%\s+[^\s\"'<>]{1,100}\s+(?:SYSTEM|PUBLIC)\s")
_LITERAL: Final = re.compile(
    r"<!ENTITY\s+([^\W\d][\w.:-]{0,40})\s+(?:\"([^\"<%]*)\"|'([^'<%]*)')\s*>"
)
_REFERENCE: Final = re.compile(r"&(?!#\d{1,7};|#x[0-9a-fA-F]{1,6};|(?:amp|lt|gt|quot|apos);)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Prolog:
    """Where the root element begins, its name without prefix, and the declared entities."""

    end: int
    root: str
    entities: dict[str, str] = field(default_factory=dict)


def read_prolog(text: str) -> Prolog:
    """Read what precedes the root element; UnreadableFeed if it declares harmful entities.

    Without a root element ``root`` is empty and ``end`` is 0.
    """
    position, entities = 0, dict[str, str]()
    while (position := text.find("<", position)) >= 0:
        if text.startswith("<!--", position):
            position = _after(text, "-->", position)
        elif text.startswith("<?", position):
            position = _after(text, "?>", position)
        elif _DOCTYPE.match(text, position):
            end = _doctype_end(text, position)
            entities |= _read_entities(text[position:end])
            position = end
        elif element := _ELEMENT.match(text, position):
            root = element[0][1:].rpartition(":")[2]
            return Prolog(end=position, root=root, entities=entities)
        else:
            position += 1
    return Prolog(end=0, root="", entities=entities)


def _after(text: str, end: str, start: int) -> int:
    found = text.find(end, start)
    return len(text) if found < 0 else found + len(end)


def _doctype_end(text: str, start: int) -> int:
    """Return where a DOCTYPE ends, whose brackets, quotes and comments may contain a >."""
    position, depth = start, 0
    while mark := _IN_DOCTYPE.search(text, position):
        position = mark.end()
        if mark[0] == "<!--":
            position = _after(text, "-->", position)
        elif mark[0] in "\"'":
            position = _after(text, mark[0], position)
        elif mark[0] == ">" and depth == 0:
            return position
        else:
            depth += {"[": 1, "]": -1}.get(mark[0], 0)
    return len(text)


def _read_entities(doctype: str) -> dict[str, str]:
    """Return the text of each entity that a DOCTYPE declares; the first declaration counts."""
    doctype = _COMMENT.sub("", doctype)
    entities = dict[str, str]()
    for number, declaration in enumerate(_DECLARATION.finditer(doctype), start=1):
        if _EXTERNAL_PARAMETER.match(doctype, declaration.start()):
            continue  # never loaded: such lists hold HTML's entities, which are read anyway
        literal = _LITERAL.match(doctype, declaration.start())
        value = (literal[2] or literal[3] or "") if literal else ""
        if literal is None or len(value) > MAX_ENTITY_CHARACTERS or _REFERENCE.search(value):
            raise UnreadableFeed(
                "its DOCTYPE declares entities that refer to others, to files or to long texts: "
                "they are not allowed, because they can expand to any size",
                FeedErrorKind.ENTITIES,
            )
        if number > MAX_ENTITIES:
            reason = f"its DOCTYPE declares entities, more than {MAX_ENTITIES}"
            raise UnreadableFeed(reason, FeedErrorKind.ENTITIES)
        entities.setdefault(literal[1], unescape_references(value))
    return entities
