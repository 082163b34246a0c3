"""IPTC NewsML-G2: news in XML, an item by itself or in a message.

https://iptc.org/std/NewsML-G2/

Entities are never resolved, nothing is fetched, and a document type is refused.
"""

import re
from collections.abc import Iterator
from typing import Any, Final

from lxml import etree

from services.cleaner.text.characters import tidy
from services.cleaner.wire.item import WireItem, html_paragraphs, plain_paragraphs
from shared.base.outcomes import InvalidMessage

_NEWSML: Final = "{http://iptc.org/std/nar/2006-10-01/}"
_START: Final = re.compile(
    r"\s*(?:<\?xml[^>]{0,200}\?>\s*)?(?:<!--(?>.{0,2000}?-->)\s*+)*+"
    r"<(?:[\w.-]{1,40}:)?(?:newsItem|newsMessage)\b",
    re.DOTALL,
)

_DECLARATION: Final = re.compile(r"^\ufeff?\s*<\?xml\s[^>]{0,200}\?>")
"""Names the charset of the bytes, which are decoded by now."""


def is_newsml(text: str) -> bool:
    """Return whether the text is a NewsML-G2 item or a message with items."""
    return bool(_START.match(text))


def parse_newsml(text: str) -> WireItem:
    """Parse the first item with a body, or else the first one.

    Raises InvalidMessage for broken XML, a document type, or no item.
    """
    root = parse_wire_xml(text, "NewsML-G2")
    tag = f"{_NEWSML}newsItem"
    nodes = [root] if root.tag == tag else list(root.iter(tag))
    if not nodes:
        raise InvalidMessage("the NewsML-G2 has no news item")
    items = [_to_item(node) for node in nodes]
    return next((item for item in items if item.paragraphs), items[0])


def parse_wire_xml(text: str, format_name: str) -> Any:
    """Return the root element; InvalidMessage for broken XML or a document type."""
    if "<!DOCTYPE" in text[:10_000]:
        raise InvalidMessage(
            f"{format_name} with a document type is refused: its entities are not expanded"
        )
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, huge_tree=False, load_dtd=False
    )
    try:
        return etree.fromstring(_DECLARATION.sub("", text).encode("utf-8", "replace"), parser)
    except etree.XMLSyntaxError as error:
        raise InvalidMessage(f"the {format_name} is broken: {str(error)[:200]}") from error


def _to_item(item: Any) -> WireItem:
    creators = (_first(creator, "name") for creator in _all(item, "contentMeta/creator"))
    languages = (_attribute(node, "tag") for node in _all(item, "contentMeta/language"))
    statuses = (_status(node) for node in _all(item, "itemMeta/pubStatus"))
    created = _first(item, "itemMeta/firstCreated") or _first(item, "contentMeta/contentCreated")
    return WireItem(
        format_name="newsml-g2",
        headline=_first(item, "contentMeta/headline"),
        summary=_first(item, "contentMeta/description"),
        byline=_first(item, "contentMeta/by"),
        authors=tuple(filter(None, creators)),
        paragraphs=_paragraphs(item),
        language=next(languages, "") or _language(item),
        section=_first(item, "contentMeta/subject/name"),
        located=_first(item, "contentMeta/located/name"),
        version=_attribute(item, "version"),
        created=created,
        changed=_first(item, "itemMeta/versionCreated"),
        pubstatus=next(statuses, ""),
        urgency=_first(item, "contentMeta/urgency"),
        note=_first(item, "itemMeta/edNote"),
    )


def _paragraphs(item: Any) -> tuple[str, ...]:
    for inline in _all(item, "contentSet/inlineXML"):
        bodies = (node for node in inline.iter() if _local_name(node) in {"body.content", "body"})
        return html_paragraphs(to_html(next(bodies, inline)))
    nodes = _all(item, "contentSet/inlineData")
    return plain_paragraphs("".join(node.itertext()) for node in nodes)


def to_html(body: Any) -> str:
    """Return a body as HTML, so that XHTML and NITF are like any page."""
    strip_namespaces(body)
    return str(etree.tostring(body, encoding="unicode", with_tail=False))


def strip_namespaces(root: Any) -> None:
    """Remove the namespaces of the elements' names."""
    for element in root.iter():
        if isinstance(element.tag, str):
            element.tag = _local_name(element)
    etree.cleanup_namespaces(root)


def _local_name(element: Any) -> str:
    return etree.QName(element).localname if isinstance(element.tag, str) else ""


def _all(item: Any, path: str) -> Iterator[Any]:
    yield from item.iterfind("/".join(f"{_NEWSML}{step}" for step in path.split("/")))


def _first(item: Any, path: str) -> str:
    texts = (tidy("".join(node.itertext())) for node in _all(item, path))
    return next(filter(None, texts), "")


def _status(node: Any) -> str:
    """Return a status as its code (``stat:usable``) or the address of its concept says it."""
    return _attribute(node, "qcode") or _attribute(node, "uri").rpartition("/")[2]


def _attribute(element: Any, name: str) -> str:
    return str(element.get(name) or "")


def _language(item: Any) -> str:
    return str(item.get("{http://www.w3.org/XML/1998/namespace}lang") or "")
