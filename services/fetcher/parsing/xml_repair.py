"""Make a feed's XML well-formed where its meaning is plain, so that the strict parser reads it.

The lenient parser would invent semicolons (D&D; for D&D). A bare & and an undefined entity become
text; declared entities and those of HTML become their characters, within a bound; characters that
XML forbids become blanks. CDATA sections and comments remain as they are. Pure.
"""

import html
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html.entities import html5
from typing import Final

from services.fetcher.feed_error import FeedErrorKind, UnreadableFeed
from services.fetcher.parsing.character_references import join_surrogates
from services.fetcher.parsing.xml_prolog import read_prolog

MAX_EXPANSION: Final = 1024 * 1024
"""Characters that a feed's own entities may add to it."""
_FORBIDDEN: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_CONTROLS: Final = bytes({*range(0x20)} - set(b"\t\n\r"))
_RARE: Final = (b"\xed", b"\xef\xbf")
"""Bytes that the other forbidden characters begin with in UTF-8."""
_AMPERSAND: Final = re.compile(
    r"&(?!(?:amp|lt|gt|quot|apos);)"
    r"(?:(#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[^\W\d][\w.:-]{0,40});)?"
)
"""Every & that begins none of XML's own entities."""
_SECTION: Final = re.compile(r"<!\[CDATA\[|<!--")
_SECTION_ENDS: Final = {"<![CDATA[": "]]>", "<!--": "-->"}


@dataclass(frozen=True, slots=True, kw_only=True)
class RepairedXml:
    """A document without prolog, the name of its root element, and what had to be repaired.

    Lines count as in the original.
    """

    text: str
    root: str
    problems: tuple[str, ...]


def repair_xml(text: str) -> RepairedXml:
    """Return the document well-formed as far as references go; InvalidMessage if it is harmful."""
    prolog = read_prolog(text)
    content = _without_forbidden(text[prolog.end :])
    references = _References(prolog.entities)
    repaired = "".join(references.repair(part, is_open) for part, is_open in _sections(content))
    above = text[: prolog.end]
    indent = "\n" * above.count("\n") + " " * (len(above) - above.rfind("\n") - 1)
    problems = (
        (f"{references.bare} unescaped & or undefined entities are read as text",)
        if references.bare
        else ()
    )
    return RepairedXml(text=indent + repaired, root=prolog.root, problems=problems)


def _without_forbidden(content: str) -> str:
    """Replace characters that XML forbids; most feeds have none, and bytes say so in less time."""
    data = content.encode("utf-8", "surrogatepass")
    may_be = len(data.translate(None, _CONTROLS)) < len(data) or any(map(data.__contains__, _RARE))
    return _FORBIDDEN.sub(" ", content) if may_be else content


def _sections(content: str) -> Iterator[tuple[str, bool]]:
    """Yield the document in parts, and whether references count in each."""
    position = 0
    while start := _SECTION.search(content, position):
        yield content[position : start.start()], True
        mark = _SECTION_ENDS[start[0]]
        end = content.find(mark, start.end())
        position = len(content) if end < 0 else end + len(mark)
        yield content[start.start() : position], False
    yield content[position:], True


class _References:
    """Repairs references, and counts the bare ones and what the feed's own entities add."""

    def __init__(self, entities: Mapping[str, str]) -> None:
        self._entities, self._expanded, self.bare = entities, 0, 0

    def repair(self, part: str, is_open: bool) -> str:
        """Return the part with every reference defined, if references count in it."""
        if not is_open or "&" not in part:
            return part
        return _AMPERSAND.sub(self._replace, join_surrogates(part))

    def _replace(self, match: re.Match[str]) -> str:
        name = match[1] or ""
        if name in self._entities:
            self._expanded += len(self._entities[name])
            if self._expanded > MAX_EXPANSION:
                raise UnreadableFeed(
                    f"its DOCTYPE declares entities that add more than {MAX_EXPANSION} characters",
                    FeedErrorKind.ENTITIES,
                )
            return html.escape(self._entities[name])
        if name.startswith("#"):
            return html.escape(_FORBIDDEN.sub("\ufffd", html.unescape(match[0])))
        if f"{name};" in html5:
            return html.escape(html5[f"{name};"])
        self.bare += 1
        return f"&amp;{match[0][1:]}"
