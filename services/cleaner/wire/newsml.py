"""IPTC NewsML-G2: news in XML, an item by itself or in a message. https://iptc.org/std/NewsML-G2/

Entities are never resolved, nothing is fetched, and a document type is refused.
"""

import re
from collections.abc import Iterator
from typing import Any, Final

from lxml import etree

from services.cleaner.text.characters import tidy
from services.cleaner.wire.item import WireItem, marked_up_paragraphs, plain_paragraphs
from shared.base.outcomes import InvalidMessage

_NEWSML: Final = "{http://iptc.org/std/nar/2006-10-01/}"
_START: Final = re.compile(
    r"\s*(?:<\?xml[^>]{0,200}\?>\s*)?(?:<!--(?>.{0,2000}?-->)\s*+)*+<(?:newsItem|newsMessage)\b",
    re.DOTALL,
)


def is_newsml(text: str) -> bool:
    """Whether the text is a NewsML-G2 item or a message with items."""
    return bool(_START.match(text))


def read_newsml(text: str) -> WireItem:
    """The first item with a body, or else the first. InvalidMessage: broken XML, a document type, or no item."""
    if "<!DOCTYPE" in text[:10_000]:
        raise InvalidMessage("NewsML-G2 with a document type: entities are not read")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, huge_tree=False, load_dtd=False
    )
    try:
        root = etree.fromstring(text.encode("utf-8", "replace"), parser)
    except etree.XMLSyntaxError as error:
        raise InvalidMessage(f"NewsML-G2 that is broken: {str(error)[:200]}") from error
    items = [root] if root.tag == f"{_NEWSML}newsItem" else list(root.iter(f"{_NEWSML}newsItem"))
    if not items:
        raise InvalidMessage("NewsML-G2 without a news item")
    read = [_item(item) for item in items]
    return next((item for item in read if item.paragraphs), read[0])


def _item(item: Any) -> WireItem:
    return WireItem(
        form="newsml-g2",
        headline=_first(item, "contentMeta/headline"),
        byline=_first(item, "contentMeta/by"),
        authors=tuple(
            filter(None, (_first(creator, "name") for creator in _all(item, "contentMeta/creator")))
        ),
        paragraphs=_paragraphs(item),
        language=next((_attribute(each, "tag") for each in _all(item, "contentMeta/language")), "")
        or _language(item),
        section=_first(item, "contentMeta/subject/name"),
        located=_first(item, "contentMeta/located/name"),
        version=_attribute(item, "version"),
        created=_first(item, "itemMeta/firstCreated") or _first(item, "contentMeta/contentCreated"),
        changed=_first(item, "itemMeta/versionCreated"),
        pubstatus=next(
            (_attribute(each, "qcode") for each in _all(item, "itemMeta/pubStatus")), ""
        ),
        urgency=_first(item, "contentMeta/urgency"),
    )


def _paragraphs(item: Any) -> tuple[str, ...]:
    for inline in _all(item, "contentSet/inlineXML"):
        body = next(
            (each for each in inline.iter() if _local(each) in {"body.content", "body"}), inline
        )
        return marked_up_paragraphs(_as_html(body))
    return plain_paragraphs(
        "".join(each.itertext()) for each in _all(item, "contentSet/inlineData")
    )


def _as_html(body: Any) -> str:
    """The body with its elements' names bare, so that XHTML and NITF read like any page."""
    for element in body.iter():
        if isinstance(element.tag, str):
            element.tag = _local(element)
    etree.cleanup_namespaces(body)
    return str(etree.tostring(body, encoding="unicode", with_tail=False))


def _local(element: Any) -> str:
    return etree.QName(element).localname if isinstance(element.tag, str) else ""


def _all(item: Any, path: str) -> Iterator[Any]:
    yield from item.iterfind("/".join(f"{_NEWSML}{step}" for step in path.split("/")))


def _first(item: Any, path: str) -> str:
    return next((text for each in _all(item, path) if (text := tidy("".join(each.itertext())))), "")


def _attribute(element: Any, name: str) -> str:
    return str(element.get(name) or "")


def _language(item: Any) -> str:
    return str(item.get("{http://www.w3.org/XML/1998/namespace}lang") or "")
