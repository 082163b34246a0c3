"""The address of an entry's article, among all that feeds put into its place. Pure."""

import re
from collections.abc import Iterator
from typing import Any, Final

from shared.base.outcomes import InvalidMessage

_OTHER_SCHEME: Final = re.compile(r"\s*(?!https?:)[a-z][a-z0-9+.-]*:", re.IGNORECASE)
_WEB: Final = re.compile(r"\s*https?://", re.IGNORECASE)
_PAGE_TYPES: Final = ("text/html", "application/xhtml+xml")


def find_link(raw: Any) -> str:
    """Return the link of an entry as feedparser reads it; InvalidMessage if it has none.

    Without a link, the guid is the address if it looks like one, also if it says that it is not
    (``isPermaLink="false"``): else the entry would be lost. ``rdf:about`` and Atom's id are guids.
    """
    stated = dict.get(raw, "feedburner_origlink") or dict.get(raw, "link") or ""
    if stated and not _OTHER_SCHEME.match(stated):
        return str(stated)
    link = next(_iter_substitutes(raw), "")
    if not link and (types := _enclosed_types(raw)):
        raise InvalidMessage(f"it has no link, only an enclosure: {types[0][:60]}")
    if not link and (not stated or stated == dict.get(raw, "id")):
        raise InvalidMessage("it has no link")
    return link or str(stated)


def _iter_substitutes(raw: Any) -> Iterator[str]:
    for content in dict.get(raw, "content") or []:
        if src := content.get("src"):
            yield str(src)
    guid = str(dict.get(raw, "id") or "")
    if _WEB.match(guid):
        yield guid
    for link in _enclosures(raw):
        if str(link.get("type") or "").lower() in _PAGE_TYPES and link.get("href"):
            yield str(link["href"])


def _enclosed_types(raw: Any) -> list[str]:
    return [str(link.get("type") or "of no type") for link in _enclosures(raw)]


def _enclosures(raw: Any) -> list[Any]:
    return [link for link in dict.get(raw, "links") or [] if link.get("rel") == "enclosure"]
