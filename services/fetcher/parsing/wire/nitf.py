"""Read IPTC NITF (https://iptc.org/std/NITF/): one article as XML. Pure."""

from typing import Any, Final

from services.fetcher.parsing.feed_entry import EntryDocument, ParsedFeed, read_entries
from services.fetcher.parsing.wire.newsml import parse_xml, to_bytes
from services.fetcher.parsing.wire.wire_entry import (
    WireDocument,
    build_wire_entry,
    stated_times,
)
from services.fetcher.parsing.xml_repair import RepairedXml

ROOT: Final = "nitf"
CONTENT_TYPE: Final = "application/xml; charset=utf-8"


def parse(document: RepairedXml) -> ParsedFeed:
    """Return the article as an entry with itself as content; InvalidMessage if it is broken."""
    problems = list(document.problems)
    read = [_read(parse_xml(document))]
    entries = tuple(read_entries(read, build_wire_entry, stated_times, problems))
    return ParsedFeed(entries=entries, problems=tuple(problems), format_name="NITF")


def _read(root: Any) -> WireDocument:
    for element in root.iter():
        if isinstance(element.tag, str):  # NITF has no namespace; some give it one
            element.tag = element.tag.rpartition("}")[2]
    status = _attribute(root, "docdata", "management-status") or "usable"
    return WireDocument(
        uri=_attribute(root, "doc-id", "id-string"),
        content=EntryDocument(data=to_bytes(root), content_type=CONTENT_TYPE),
        version=_attribute(root, "du-key", "version"),
        created=_attribute(root, "date.issue", "norm"),
        embargoed=_attribute(root, "date.release", "norm"),
        is_usable=status.lower() in {"usable", "embargoed"},
        headline=_text(root, "hl1") or _text(root, "title"),
        authors=tuple(filter(None, (_text(root, "byline"),))),
        language=str(root.get("{http://www.w3.org/XML/1998/namespace}lang") or ""),
    )


def _attribute(root: Any, element: str, name: str) -> str:
    return next((str(node.get(name) or "") for node in root.iter(element)), "")


def _text(root: Any, element: str) -> str:
    return next((" ".join("".join(node.itertext()).split()) for node in root.iter(element)), "")
