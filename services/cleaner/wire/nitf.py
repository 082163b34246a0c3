"""IPTC NITF: one article in XML, as wires have sent it since 1998.

https://iptc.org/std/NITF/
"""

import re
from typing import Any, Final

from services.cleaner.text.characters import tidy
from services.cleaner.wire.item import WireItem, html_paragraphs
from services.cleaner.wire.newsml import parse_wire_xml, strip_namespaces, to_html

_START: Final = re.compile(
    r"\s*(?:<\?xml[^>]{0,200}\?>\s*)?(?:<!--(?>.{0,2000}?-->)\s*+)*+<nitf\b", re.DOTALL
)
_STATUS: Final = {
    **dict.fromkeys(("", "usable"), "usable"),
    **dict.fromkeys(("hold", "held", "withheld", "embargoed"), "withheld"),
    **dict.fromkeys(("kill", "killed", "canceled", "cancelled", "withdrawn"), "canceled"),
}


def is_nitf(text: str) -> bool:
    """Return whether the text is a NITF article."""
    return bool(_START.match(text))


def parse_nitf(text: str) -> WireItem:
    """Parse the article. Raises InvalidMessage for broken XML or a document type."""
    root = parse_wire_xml(text, "NITF")
    strip_namespaces(root)
    content = next(root.iter("body.content"), None)
    created = _attribute(root, "date.issue", "norm")
    return WireItem(
        format_name="nitf",
        headline=_first(root, "hl1") or _first(root, "title"),
        summary=_first(root, "abstract"),
        byline=_first(root, "byline"),
        paragraphs=() if content is None else html_paragraphs(to_html(content)),
        language=str(root.get("{http://www.w3.org/XML/1998/namespace}lang") or ""),
        located=_first(root, "location"),
        version=_attribute(root, "du-key", "version"),
        created=created,
        pubstatus=_status(root),
        urgency=_attribute(root, "urgency", "ed-urg"),
    )


def _status(root: Any) -> str:
    """Return the status in ninjs's words; an embargo with an end was waited for when fetching."""
    status = _attribute(root, "docdata", "management-status").strip().lower()
    if status == "embargoed" and _attribute(root, "date.release", "norm"):
        return "usable"
    return _STATUS.get(status, status)


def _first(root: Any, name: str) -> str:
    texts = (tidy("".join(node.itertext())) for node in root.iter(name))
    return next(filter(None, texts), "")


def _attribute(root: Any, element: str, name: str) -> str:
    return next((str(node.get(name) or "") for node in root.iter(element)), "")
