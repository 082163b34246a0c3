"""Read IPTC ninjs 1 to 3 (https://iptc.org/std/ninjs/): an item, a list or a package. Pure."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

import orjson

from services.fetcher.parsing.feed_entry import EntryDocument, ParsedFeed, read_entries
from services.fetcher.parsing.wire.wire_entry import (
    WireDocument,
    build_wire_entry,
    latest_versions,
    stated_times,
)

CONTENT_TYPE: Final = "application/json; charset=utf-8"
_MAX_DEPTH: Final = 4
_LISTS: Final = ("items", "_items", "newsitems", "newsItems", "results", "data", "associations")
"""Where the interfaces of agencies and content systems put lists of items."""
_ENVELOPES: Final = ("_items", "newsitems", "newsItems")
"""Names that no other format has, so that an empty list of theirs is one of ninjs."""
_MARKS: Final = frozenset(
    (
        *("headline", "headlines", "versioncreated", "versionCreated", "pubstatus", "pubStatus"),
        *("body_text", "body_html", "body_xhtml", "bodies", "associations"),
    )
)
"""One of these fields besides its identity makes an object an item."""
_NO_TEXT: Final = frozenset(
    ("picture", "image", "photo", "graphic", "video", "audio", "planning", "component", "event")
)


def parse(value: object) -> ParsedFeed | None:
    """Return the items in a JSON document as entries, each with itself as content.

    None if it holds no ninjs; a list, or an envelope's list, may be empty.
    """
    items = list(_iter_items(value, _MAX_DEPTH))
    if not items and not _is_empty_list(value):
        return None
    texts = [item for item in items if _string(item, "type").lower() not in _NO_TEXT]
    problems = list[str]()
    if left_out := len(items) - len(texts):
        problems.append(f"items without text, like pictures, are left out: {left_out}")
    documents = list(latest_versions(map(_read_item, texts)))
    entries = tuple(read_entries(documents, build_wire_entry, stated_times, problems))
    return ParsedFeed(entries=entries, problems=tuple(problems), format_name="ninjs")


def _iter_items(value: object, depth: int) -> Iterator[Mapping[str, Any]]:
    """Yield the items in lists, envelopes and packages, outermost first."""
    if depth < 0:
        return
    if isinstance(value, list):
        for element in value:
            yield from _iter_items(element, depth - 1)
    elif isinstance(value, dict):
        if _identity(value) and not _MARKS.isdisjoint(value):
            if _has_text(value) or not value.get("associations"):
                yield value
            yield from _iter_items(_associated(value), depth - 1)
        elif isinstance(value.get("item"), dict):
            yield from _iter_items(value["item"], depth - 1)
        else:
            lists = (value[name] for name in _LISTS if name in value)
            yield from (item for each in lists for item in _iter_items(each, depth - 1))


def _is_empty_list(value: object) -> bool:
    """Return whether the document is a list of nothing, as agencies answer when all is quiet."""
    if isinstance(value, dict):
        return any(value.get(name) == [] for name in _ENVELOPES)
    return value == []


def _associated(item: Mapping[str, Any]) -> list[object]:
    """Return the items in a package with text of their own: in 1.x by name, later in a list."""
    associations = item.get("associations")
    if isinstance(associations, dict):
        associations = list(associations.values())
    listed = associations if isinstance(associations, list) else []
    return [each for each in listed if isinstance(each, dict) and _has_text(each)]


def _has_text(item: Mapping[str, Any]) -> bool:
    is_kill = _status(item) in {"canceled", "cancelled"}
    return is_kill or any(map(item.get, ("body_text", "body_html", "body_xhtml", "bodies")))


def _read_item(item: Mapping[str, Any]) -> WireDocument:
    return WireDocument(
        uri=_identity(item),
        content=EntryDocument(data=orjson.dumps(item), content_type=CONTENT_TYPE),
        version=_string(item, "version"),
        changed=_string(item, "versioncreated") or _string(item, "versionCreated"),
        created=_string(item, "firstcreated") or _string(item, "firstCreated"),
        embargoed=_string(item, "embargoed"),
        is_usable=_status(item) in {"", "usable"},
        headline=_string(item, "headline") or _main_headline(item) or _string(item, "title"),
        authors=tuple(filter(None, (_string(item, "byline") or _string(item, "by"),))),
        language=_string(item, "language"),
    )


def _main_headline(item: Mapping[str, Any]) -> str:
    headlines = item.get("headlines")
    listed = headlines if isinstance(headlines, list) else []
    texts = [headline for headline in listed if isinstance(headline, dict)]
    texts.sort(key=lambda headline: _string(headline, "role") not in {"", "main"})
    return _string(texts[0], "value") if texts else ""


def _identity(item: Mapping[str, Any]) -> str:
    return _string(item, "uri") or _string(item, "guid")


def _status(item: Mapping[str, Any]) -> str:
    status = _string(item, "pubstatus") or _string(item, "pubStatus")
    return status.rpartition(":")[2].lower()


def _string(item: Mapping[str, Any], name: str) -> str:
    value = item.get(name)
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return value.strip() if isinstance(value, str) else ""
