"""Remember pages in a feed's state: an unchanged page is no new record and is requested less often.

A feed may move an entry's date at every poll, so the page itself decides whether it has changed.
Its bytes decide about a new record; its visible text decides about the pace, because many servers
put a nonce or a time into every download. Pure.
"""

import re
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Final

from shared.messages.ids import content_id
from shared.messages.schemas import PageMemory

LIMIT: Final = 500
"""As many as feed_parser.MAX_ENTRIES, so that no listed page is forgotten."""
FIRST_WAIT_S: Final = 300.0
LONGEST_WAIT_S: Final = 3_600.0
"""A correction is at most this late, and only if the feed announced changes that were none."""
ID_CHARACTERS: Final = 16
TEXT_BYTES: Final = 1024 * 1024
"""Text beyond this is not compared, because it costs time in the event loop."""
_INVISIBLE: Final = re.compile(rb"<[^<>]*>|[0-9\s]+")


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
    before: PageMemory | None, content: bytes, headline: str | None, now: datetime
) -> PageMemory:
    """Return what to remember of a downloaded page.

    ``headline`` is the feed's; a page with another one gives another record.
    """
    text = content_id("text", _visible_text(content))[:ID_CHARACTERS]
    unchanged = before.unchanged + 1 if before and before.text == text else 0
    return PageMemory(
        content=content_id("content", content, headline or "")[:ID_CHARACTERS],
        text=text,
        asked_at=now,
        unchanged=unchanged,
    )


def remember_failure(before: PageMemory | None, now: datetime) -> PageMemory:
    """Return what to remember of a page that was abandoned after too many failures."""
    unchanged = before.unchanged + 1 if before else 1
    return PageMemory(
        content=before.content if before else "",
        text=before.text if before else "",
        asked_at=now,
        unchanged=unchanged,
    )


def limit_pages(pages: Mapping[str, PageMemory], listed: Collection[str]) -> dict[str, PageMemory]:
    """Keep the pages that the feed lists now, then those that were requested last, up to LIMIT."""
    order = sorted(pages, key=lambda key: (key in listed, pages[key].asked_at, key), reverse=True)
    return {key: pages[key] for key in sorted(order[:LIMIT])}


def _visible_text(content: bytes) -> bytes:
    """Return roughly the text that a reader sees, without digits and spaces, in linear time."""
    text = content[:TEXT_BYTES].lower()
    for opening, closing in ((b"<!--", b"-->"), (b"<script", b"</script"), (b"<style", b"</style")):
        first, *pieces = text.split(opening)
        text = b"".join([first, *(piece.partition(closing)[2] for piece in pieces)])
    return _INVISIBLE.sub(b"", text)
