"""An entry made of a wire's item: its identity, its version, its status and its embargo. Pure.

The item itself is what the cleaner reads; here only as much is read as decides what is published.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from services.fetcher.addresses.canonical_url import canonical_url
from services.fetcher.parsing.entry_text import byline, language_tag, plain_text
from services.fetcher.parsing.feed_entry import EntryDocument, FeedEntry, stated_time
from shared.base.outcomes import InvalidMessage
from shared.dates.stated_time import parse_stated_time
from shared.messages.ids import content_id
from shared.messages.schemas import TimePrecision

MAX_URI: Final = 2_048
_WEB: Final = ("https://", "http://")
_URI: Final = re.compile(r"[^\s\x00-\x20\x7f]+")
_MAX_DIGITS: Final = 9
_LATEST: Final[dict[TimePrecision, timedelta]] = {
    "moment": timedelta(),
    "zoneless": timedelta(hours=12),
    "day": timedelta(hours=36),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class WireDocument:
    """What is read of a wire's item, as its format states it; texts that are missing are empty.

    ``content``: the item by itself. ``page``: where its text is if the item has none.
    ``is_usable``: it is neither withheld nor canceled.
    """

    uri: str
    content: EntryDocument
    page: str = ""
    version: str = ""
    changed: str = ""
    created: str = ""
    embargoed: str = ""
    is_usable: bool = True
    headline: str = ""
    authors: tuple[str, ...] = ()
    language: str = ""


def build_wire_entry(document: WireDocument) -> FeedEntry:
    """Build the entry; InvalidMessage without an identity, or for an unclear embargo.

    Its key is of its identity and its bytes: a change of anything is a new version.
    """
    uri = _normalise_uri(document.uri)
    published = stated_time(stated_times(document))
    return FeedEntry(
        key=content_id("entry", uri, document.content.data),
        url=canonical_url(document.page) if document.page else uri,
        uri=uri,
        headline=plain_text(document.headline, is_html=False),
        byline=byline(document.authors),
        language=language_tag(document.language),
        published_at=published.moment.astimezone(UTC) if published else None,
        published_precision=published.precision if published else "moment",
        document=None if document.page else document.content,
        not_before=parse_embargo(document.embargoed) if document.is_usable else None,
    )


def stated_times(document: WireDocument) -> list[str]:
    """Return the times that an item states, that of its first version first."""
    return [time for time in (document.created, document.changed) if time]


def latest_versions(documents: Iterable[WireDocument]) -> Iterator[WireDocument]:
    """Yield the latest version of each item, in the order in which the items come first.

    A document may list a report and its kill: only the kill is left.
    """
    latest = dict[str, WireDocument]()
    for document in documents:
        before = latest.get(document.uri)
        if before is None or _age_key(document) >= _age_key(before):
            latest[document.uri] = document
    yield from latest.values()


def _age_key(document: WireDocument) -> tuple[int, float]:
    version = document.version.strip()
    is_number = version.isdecimal() and len(version) <= _MAX_DIGITS
    changed = stated_time([document.changed])
    return int(version) if is_number else 0, changed.moment.timestamp() if changed else 0.0


def _normalise_uri(uri: str) -> str:
    """Return an item's identity: a web address in its canonical form, any other as it is."""
    uri = uri.strip()
    if not uri:
        raise InvalidMessage("it has no identity (uri or guid)")
    if uri.startswith(_WEB):
        return canonical_url(uri)
    if len(uri) > MAX_URI or not _URI.fullmatch(uri):
        raise InvalidMessage(f"its identity is not a URI: {uri[:60]!r}")
    return uri


def parse_embargo(embargoed: str) -> datetime | None:
    """Return when an item may be published; None if it has no embargo.

    A clock without a zone counts in the zone where it is latest, a day until its end there. What
    is not understood is an error, because to publish the item could break its embargo.
    """
    if not embargoed.strip():
        return None
    stated = parse_stated_time(embargoed)
    if stated is None:
        text = embargoed[:60]
        raise InvalidMessage(f"its embargo is not understood, so it is not published: {text!r}")
    return stated.moment.astimezone(UTC) + _LATEST[stated.precision]
