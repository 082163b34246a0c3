"""Remember pages in a feed's state: an unchanged page is no new record and is requested less often.

A feed may move an entry's date at every poll, so the page itself decides whether it has changed.
All that can be read in it decides about a new record, its figures too; its words decide about the
pace, because many servers put a time or a count into every download. Pure.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from services.fetcher.pages.headline_words import comparable_headline
from services.fetcher.pages.readable_text import TEXT_BYTES, readable_text
from shared.messages.ids import content_id
from shared.messages.schemas import PageMemory

LIMIT: Final = 500
"""As many as feed_parser.MAX_ENTRIES, so that no listed page is forgotten."""
FIRST_WAIT_S: Final = 300.0
LONGEST_WAIT_S: Final = 3_600.0
"""A correction is at most this late, and only if the feed announced changes that were none."""
LATER_TRIES: Final = 24
"""How often a page that was abandoned is requested again: after 5, 10, 20, 40 minutes, then every
hour, for about a day. An outage of its server must not lose an article."""
LATER_TRY_ENDS: Final = timedelta(hours=13)
"""A little longer than the longest usual time between polls."""
ID_CHARACTERS: Final = 16
MAX_EARLIER: Final = 4
"""Versions that are remembered beside the last: servers behind one address serve old ones again."""
_FIGURES: Final = re.compile(rb"[0-9\s]+")


def page_id(url: str) -> str:
    """Return the key under which a page is remembered."""
    return content_id("page", url)[:ID_CHARACTERS]


def may_download(page: PageMemory | None, now: datetime) -> bool:
    """Return whether the page may be downloaded again.

    A time in the future comes from a wrong clock and delays nothing.
    """
    return page is None or not page.asked_at <= now < page.asked_at + timedelta(
        seconds=wait_s(page.unchanged)
    )


def wait_s(unchanged: int) -> float:
    """Return the seconds between downloads of a page that was the same so many times in a row."""
    return (
        min(FIRST_WAIT_S * 2.0 ** min(unchanged - 1, 30), LONGEST_WAIT_S) if unchanged > 0 else 0.0
    )


def remember_download(
    before: PageMemory | None,
    content: bytes,
    headline: str | None,
    now: datetime,
    *,
    content_type: str = "text/html",
) -> PageMemory:
    """Return what to remember of a downloaded page.

    ``headline`` is the feed's; a page with another one gives another record. Of a wire's item each
    byte counts: its status may stand in an attribute.
    """
    is_page = "html" in content_type.lower()
    readable = readable_text(content) if is_page else content[:TEXT_BYTES]
    text = content_id("text", _FIGURES.sub(b"", readable))[:ID_CHARACTERS]
    version = content_id("content", readable, content[TEXT_BYTES:], comparable_headline(headline))
    versions = dict.fromkeys((*before.earlier, before.content) if before else ())
    versions.pop(version[:ID_CHARACTERS], None)
    return PageMemory(
        content=version[:ID_CHARACTERS],
        text=text,
        asked_at=now,
        unchanged=before.unchanged + 1 if before and before.text == text else 0,
        earlier=tuple(filter(None, versions))[-MAX_EARLIER:],
        entry=before.entry if before else None,
    )


def is_version(before: PageMemory | None, after: PageMemory) -> bool:
    """Return whether a download is a version of its page that was not written before."""
    return before is None or after.content not in (before.content, *before.earlier)


def remember_failure(
    before: PageMemory | None, now: datetime, *, is_final: bool = False
) -> PageMemory:
    """Return what to remember of a page that was abandoned; ``is_final``: it can never come."""
    before = before or PageMemory(content="", text="", asked_at=now)
    is_hopeless = is_final and not before.content
    unchanged = LATER_TRIES if is_hopeless else before.unchanged + 1
    return replace(before, asked_at=now, unchanged=unchanged)


def may_come_later(page: PageMemory | None) -> bool:
    """Return whether a page that never came is requested again as long as it is listed."""
    return page is not None and not page.content and 0 < page.unchanged < LATER_TRIES


def is_later_try_due(page: PageMemory, now: datetime) -> bool:
    """Return whether an abandoned page is due; one that is listed no more only for half a day."""
    is_recent = now < page.asked_at + LATER_TRY_ENDS
    return is_recent and may_come_later(page) and may_download(page, now)


def limit_pages(pages: Mapping[str, PageMemory], listed: Collection[str]) -> dict[str, PageMemory]:
    """Keep the pages that the feed lists now, then those that were requested last, up to LIMIT."""
    order = sorted(pages, key=lambda key: (key in listed, pages[key].asked_at, key), reverse=True)
    return {key: pages[key] for key in sorted(order[:LIMIT])}
