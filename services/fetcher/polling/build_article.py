"""Build the message of an entry's page. Pure."""

import re
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import quote

from services.fetcher.addresses.canonical_url import canonical_url
from services.fetcher.addresses.wrapped_url import unwrap
from services.fetcher.parsing.feed_entry import EntryDocument, FeedEntry
from services.fetcher.polling.web import Page
from services.fetcher.sources.feeds_file import FeedSpec
from shared.base.outcomes import InvalidMessage
from shared.messages.schemas import RawArticle

CLOCK_TOLERANCE: Final = timedelta(days=1)
"""An entry's time further in the future is ignored, as the cleaner does with a page's."""

_SCHEME: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
"""What a URI begins with; an item's number alone is unique only within its source."""


def to_page(document: EntryDocument) -> Page:
    """Return an entry that is the article as if it had been downloaded."""
    return Page(content=document.data, content_type=document.content_type)


def build_article(
    spec: FeedSpec, entry: FeedEntry, page: Page, now: datetime, *, uri: str | None = None
) -> RawArticle:
    """Build the message for an entry's page, with what the feed says about it.

    ``uri`` is the article's if it has one already, whatever its address is now; a wire's item says
    its own. The language in the feeds file is the operator's, so it overrides the feed's.
    """
    url, published_at = _address(entry, page), entry.published_at
    uri = entry.uri or uri or url
    is_credible = published_at is not None and published_at <= now + CLOCK_TOLERANCE
    return RawArticle(
        source=spec.source,
        uri=uri if _SCHEME.match(uri) else f"urn:summitwire:item:{spec.source}/{quote(uri)}",
        content_type=page.content_type,
        content=page.content,
        fetched_at=now,
        origin="feed",
        url=url if url.startswith(("https://", "http://")) else None,
        headline=entry.headline,
        byline=entry.byline,
        language=spec.language or entry.language,
        published_at=published_at if is_credible else None,
        published_precision=entry.published_precision if is_credible else "moment",
        reliability=spec.reliability,
    )


def _address(entry: FeedEntry, page: Page) -> str:
    """Return the page's address: the entry's, unless that only forwards to another."""
    try:
        return canonical_url(unwrap(page.url)) if page.url else entry.url
    except InvalidMessage:
        return entry.url
