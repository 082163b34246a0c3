"""What a page says and shows of its kind, read fast from its bytes. Pure.

Only what tells an article from another page is read: types that it states, its titles, how much
text stands outside links, and how many links there are.
"""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from services.fetcher.pages.readable_text import TEXT_BYTES

TITLE_BYTES: Final = 1_000
BLOCK_BYTES: Final = 60
"""Shorter texts between two tags are labels and menus; Chinese has three bytes a character."""
_COMMENT: Final = re.compile(rb"<!--.*?(?:-->|\Z)", re.DOTALL)
_CODE: Final = re.compile(
    rb"<(script|style|svg)\b([^<>]*)>?(.*?)(?:</\1\b|\Z)", re.DOTALL | re.IGNORECASE
)
_META: Final = re.compile(rb"<meta\b([^<>]*)>", re.IGNORECASE)
_OG_TYPE: Final = re.compile(rb"[\"']?og:type[\"'\s]", re.IGNORECASE)
_OG_TITLE: Final = re.compile(rb"[\"']?og:title[\"'\s]", re.IGNORECASE)
_CONTENT: Final = re.compile(
    rb"\bcontent\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))", re.IGNORECASE
)
_TITLE: Final = re.compile(rb"<title\b[^<>]*>([^<]*)", re.IGNORECASE)
_HEADING: Final = re.compile(rb"<h1\b[^<>]*>", re.IGNORECASE)
_LD_TYPE: Final = re.compile(rb"\"@type\"\s*:\s*(\"[^\"]{1,80}\"|\[[^\[\]]{1,400}\])")
_TYPE_NAME: Final = re.compile(rb"[A-Za-z]+")
_ITEM_TYPE: Final = re.compile(rb"\bitemtype\s*=\s*[\"']?https?://schema\.org/([A-Za-z]{1,60})")
_INLINE: Final = re.compile(
    rb"</?(?:abbr|b|bdi|cite|em|i|mark|q|small|span|strong|sub|sup|time|u|wbr)\b[^<>]*>",
    re.IGNORECASE,
)
_LINK: Final = re.compile(rb"<a\b", re.IGNORECASE)
_LINK_END: Final = re.compile(rb"</a\b", re.IGNORECASE)
_TAG: Final = re.compile(rb"<[^<>]*>?")
_PASSWORD: Final = re.compile(rb"<input\b[^<>]*\btype\s*=\s*[\"']?password", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class PageFacts:
    """The facts of a page.

    ``types`` are what it states in JSON-LD, microdata and og:type, in lower case. ``titles`` are
    its title, og:title and first heading. ``prose`` counts the bytes of text outside links, in
    blocks of BLOCK_BYTES or more, ``links`` the links.
    """

    types: frozenset[str]
    titles: tuple[str, ...]
    prose: int
    links: int
    asks_password: bool


def read_types(content: bytes) -> frozenset[str]:
    """Return the types that a page states, in lower case; of a large page in its first part."""
    content = content[:TEXT_BYTES]
    types = {value.lower() for value in _meta_values(content, _OG_TYPE)}
    for match in _CODE.finditer(content):
        if b"ld+json" in match[2].lower():
            for stated in _LD_TYPE.findall(match[3]):
                types |= {name.decode().lower() for name in _TYPE_NAME.findall(stated)}
    return frozenset(types | {name.decode().lower() for name in _ITEM_TYPE.findall(content)})


def read_facts(content: bytes) -> PageFacts:
    """Return the facts of a page, in time linear in its first part."""
    types = read_types(content)
    text = _CODE.sub(b" ", _COMMENT.sub(b" ", content[:TEXT_BYTES]))
    first, *behind = _LINK.split(_INLINE.sub(b"", text))
    outside = [first, *map(_after_link, behind)]
    blocks = (block for part in outside for block in _TAG.split(part))
    lengths = (len(b" ".join(block.split())) for block in blocks if len(block) >= BLOCK_BYTES)
    return PageFacts(
        types=types,
        titles=tuple(_iter_titles(text)),
        prose=sum(length for length in lengths if length >= BLOCK_BYTES),
        links=len(behind),
        asks_password=bool(_PASSWORD.search(text)),
    )


def _after_link(part: bytes) -> bytes:
    """Return what follows the link with which a part begins; all of it if it is not closed."""
    link, *rest = _LINK_END.split(part, maxsplit=1)
    return rest[0] if rest else link


def _iter_titles(text: bytes) -> Iterator[str]:
    if title := _TITLE.search(text):
        yield _readable(title[1])
    yield from _meta_values(text, _OG_TITLE)
    if heading := _HEADING.search(text):
        inside = text[heading.end() : heading.end() + TITLE_BYTES]
        yield _readable(_TAG.sub(b" ", re.split(rb"</h1\b", inside, flags=re.IGNORECASE)[0]))


def _meta_values(text: bytes, name: re.Pattern[bytes]) -> Iterator[str]:
    for attributes in _META.findall(text):
        if name.search(attributes) and (content := _CONTENT.search(attributes)):
            yield _readable(next(filter(None, content.groups()), b""))


def _readable(value: bytes) -> str:
    text = html.unescape(value[:TITLE_BYTES].decode("utf-8", "replace"))
    return " ".join(text.split())
