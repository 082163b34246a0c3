"""Read IPTC NewsML-G2 (https://iptc.org/std/NewsML-G2/): an item, a message or a package. Pure."""

from collections.abc import Collection, Iterator
from functools import cache
from typing import Any, Final

from services.fetcher.parsing.feed_entry import EntryDocument, ParsedFeed, read_entries
from services.fetcher.parsing.wire.wire_entry import (
    WireDocument,
    build_wire_entry,
    latest_versions,
    stated_times,
)
from services.fetcher.parsing.xml_repair import RepairedXml
from shared.base.outcomes import InvalidMessage

ROOTS: Final = frozenset(("newsitem", "newsmessage", "packageitem"))
CONTENT_TYPE: Final = "application/vnd.iptc.g2.newsitem+xml; charset=utf-8"
_NAMESPACE: Final = "{http://iptc.org/std/nar/2006-10-01/}"
_LANG: Final = "{http://www.w3.org/XML/1998/namespace}lang"
_PAGE_TYPES: Final = (
    *("text/html", "application/xhtml+xml", "text/plain"),
    "application/vnd.iptc.g2.newsitem+xml",
)
"""Content elsewhere that is an article's text; an empty type may be one."""
_WEB: Final = ("https://", "http://")


def parse(document: RepairedXml) -> ParsedFeed:
    """Return the items with text as entries, each with itself as content.

    A message may have an empty set of items. InvalidMessage if it is broken, or no NewsML-G2.
    """
    root = parse_xml(document)
    items = _find_all(root, "newsItem")
    packages = _find_all(root, "packageItem")
    if not items and not packages and not _find_all(root, "itemSet"):
        raise InvalidMessage("not a feed: it is a NewsML-G2 message without a set of items")
    guids = {str(item.get("guid") or "") for item in items}
    problems = list(document.problems)
    documents = [read for item in items if (read := _read_item(item))]
    if left_out := len(items) - len(documents):
        problems.append(f"items without text, like pictures, are left out: {left_out}")
    documents += [
        reference
        for package in packages
        if _status(package) == "usable"
        for reference in _iter_references(package, guids)
    ]
    latest = list(latest_versions(documents))
    entries = tuple(read_entries(latest, build_wire_entry, stated_times, problems))
    return ParsedFeed(entries=entries, problems=tuple(problems), format_name="NewsML-G2")


def parse_xml(document: RepairedXml) -> Any:
    """Return the root element. Nothing is fetched, and no entities are left to be expanded."""
    etree = _load_library()
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, huge_tree=False, load_dtd=False
    )
    try:
        return etree.fromstring(document.text.encode("utf-8", "replace"), parser)
    except etree.XMLSyntaxError as error:
        raise InvalidMessage(f"not a feed: broken XML: {str(error)[:200]}") from None


def to_bytes(element: Any) -> bytes:
    """Return an element as a document of its own."""
    return bytes(_load_library().tostring(element, encoding="utf-8", with_tail=False))


@cache
def _load_library() -> Any:
    from lxml import etree  # noqa: PLC0415 - only the child processes need it

    return etree


def _read_item(item: Any) -> WireDocument | None:
    """Return what is read of an item; None if it has no text, and is no kill either."""
    is_usable = _status(item) == "usable"
    page = ""
    if is_usable and not _has_text(item) and not (page := _remote_text(item)):
        return None
    created = _text(item, "itemMeta/firstCreated") or _text(item, "contentMeta/contentCreated")
    return WireDocument(
        uri=str(item.get("guid") or ""),
        content=EntryDocument(data=to_bytes(item), content_type=CONTENT_TYPE),
        page=page,
        version=str(item.get("version") or ""),
        changed=_text(item, "itemMeta/versionCreated"),
        created=created,
        embargoed=_text(item, "itemMeta/embargoed"),
        is_usable=is_usable,
        headline=_text(item, "contentMeta/headline") or _text(item, "itemMeta/title"),
        authors=(_text(item, "contentMeta/by"), _text(item, "contentMeta/creator/name")),
        language=_language(item),
    )


def _iter_references(package: Any, guids: Collection[str]) -> Iterator[WireDocument]:
    """Yield the items that a package refers to by an address and that are not beside it."""
    for reference in _find_all(package, "itemRef"):
        guid, href = str(reference.get("residref") or ""), str(reference.get("href") or "")
        if not href.startswith(_WEB) or guid in guids or not _is_page(reference):
            continue
        yield WireDocument(
            uri=guid or href,
            content=EntryDocument(data=to_bytes(reference), content_type=CONTENT_TYPE),
            page=href,
            version=str(reference.get("version") or ""),
            changed=_text(reference, "versionCreated"),
            embargoed=_text(reference, "embargoed"),
            headline=_text(reference, "headline") or _text(reference, "title"),
            language=_language(reference),
        )


def _has_text(item: Any) -> bool:
    contents = (*_iter(item, "contentSet/inlineXML"), *_iter(item, "contentSet/inlineData"))
    return any("".join(content.itertext()).strip() for content in contents)


def _remote_text(item: Any) -> str:
    """Return the address of an item's text; empty if it has none on the web."""
    for remote in _iter(item, "contentSet/remoteContent"):
        href = str(remote.get("href") or "").strip()
        if href.startswith(_WEB) and _is_page(remote):
            return href
    return ""


def _is_page(reference: Any) -> bool:
    return str(reference.get("contenttype") or "text/html").lower().startswith(_PAGE_TYPES)


def _status(item: Any) -> str:
    """Return usable, withheld or canceled, as the item's code or address of the status ends."""
    for status in _iter(item, "itemMeta/pubStatus"):
        code = str(status.get("qcode") or status.get("uri") or "")
        return code.rpartition(":")[2].rpartition("/")[2].strip().lower() or "usable"
    return "usable"


def _language(element: Any) -> str:
    for language in _iter(element, "contentMeta/language"):
        if tag := str(language.get("tag") or ""):
            return tag
    return str(element.get(_LANG) or "")


def _find_all(root: Any, name: str) -> list[Any]:
    """Return the outermost elements of a name, the root too: each would hold those in it again."""
    tag = f"{_NAMESPACE}{name}"
    return [element for element in root.iter(tag) if next(element.iterancestors(tag), None) is None]


def _iter(element: Any, path: str) -> Iterator[Any]:
    yield from element.iterfind("/".join(f"{_NAMESPACE}{step}" for step in path.split("/")))


def _text(element: Any, path: str) -> str:
    texts = (" ".join("".join(node.itertext()).split()) for node in _iter(element, path))
    return next(filter(None, texts), "")
