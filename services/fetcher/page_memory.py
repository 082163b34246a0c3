"""What a feed's state remembers of pages: an unchanged page is no new record, and is asked for less and less often. Pure.

A feed may move an entry's date at every poll. Whether its page has changed is decided by the page: its bytes decide about a record,
its visible text about the pace, because many servers put a nonce or a time into every download.
"""

import re
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Final

from shared.messages.ids import content_id
from shared.messages.schemas import PageMemory

LIMIT: Final = 500
"""As many pages as a poll reads of a feed (feed.MAX_ENTRIES), so that no listed page is forgotten."""
FIRST_WAIT_S: Final = 300.0
LONGEST_WAIT_S: Final = 3_600.0
"""A correction comes this late at most, and only where the feed has announced changes before that were none."""
ID_CHARACTERS: Final = 16
TEXT_BYTES: Final = 1024 * 1024
"""Text beyond is not compared; it costs time in the event loop."""
_NO_TEXT: Final = re.compile(rb"<[^<>]*>|[0-9\s]+")


def page_id(url: str) -> str:
    """Return the key under which a page is remembered."""
    return content_id("page", url)[:ID_CHARACTERS]


def may_download(page: PageMemory | None, now: datetime) -> bool:
    """Whether the page may be downloaded again; a time in the future is a wrong clock's and holds nothing back."""
    return page is None or not page.asked_at <= now < page.asked_at + timedelta(
        seconds=wait_s(page.unchanged)
    )


def wait_s(unchanged: int) -> float:
    """Seconds between two downloads of a page that came back the same so many times in a row."""
    return (
        min(FIRST_WAIT_S * 2.0 ** min(unchanged - 1, 30), LONGEST_WAIT_S) if unchanged > 0 else 0.0
    )


def remember_download(
    before: PageMemory | None, content: bytes, headline: str | None, now: datetime
) -> PageMemory:
    """Return what is remembered of a page that has come. ``headline`` is the feed's: a record that has another one is another record."""
    text = content_id("text", _visible(content))[:ID_CHARACTERS]
    unchanged = before.unchanged + 1 if before and before.text == text else 0
    return PageMemory(
        content=content_id("content", content, headline or "")[:ID_CHARACTERS],
        text=text,
        asked_at=now,
        unchanged=unchanged,
    )


def remember_failure(before: PageMemory | None, now: datetime) -> PageMemory:
    """Return what is remembered of a page that was given up."""
    unchanged = before.unchanged + 1 if before else 1
    return PageMemory(
        content=before.content if before else "",
        text=before.text if before else "",
        asked_at=now,
        unchanged=unchanged,
    )


def limit_pages(pages: Mapping[str, PageMemory], listed: Collection[str]) -> dict[str, PageMemory]:
    """Keep the pages that the feed lists now, and of the others those asked for last."""
    order = sorted(pages, key=lambda key: (key in listed, pages[key].asked_at, key), reverse=True)
    return {key: pages[key] for key in sorted(order[:LIMIT])}


def _visible(content: bytes) -> bytes:
    """The text that a reader sees, roughly: no markup, scripts, comments, figures or spaces. Linear, whatever the bytes are."""
    text = content[:TEXT_BYTES].lower()
    for opening, closing in ((b"<!--", b"-->"), (b"<script", b"</script"), (b"<style", b"</style")):
        first, *rest = text.split(opening)
        text = b"".join([first, *(piece.partition(closing)[2] for piece in rest)])
    return _NO_TEXT.sub(b"", text)
