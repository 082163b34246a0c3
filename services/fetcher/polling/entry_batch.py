"""The new entries of a poll: which pages to download, and what becomes of each entry. Pure.

A page that fails does not affect other pages: its entry is retried at the next polls, and
abandoned after MAX_TRIES.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from urllib.parse import urlsplit

from services.fetcher.parsing.feed_entry import FeedEntry
from services.fetcher.polling.build_article import build_article
from services.fetcher.polling.page_memory import (
    may_download,
    page_id,
    remember_download,
    remember_failure,
)
from services.fetcher.polling.web import NoPage, Page
from services.fetcher.sources.feeds_file import FeedSpec
from shared.messages.schemas import FeedState, RawArticle

MAX_TRIES: Final = 3
MAX_PAGES: Final = 50
"""Pages that one poll downloads at most; the others wait for the next poll."""
PAGES_AT_ONCE: Final = 10
MAX_POLL_BYTES: Final = 16 * 1024 * 1024
"""A poll starts no more downloads once it has so much: its articles become one transaction."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AbandonedEntry:
    """An entry whose page could not be downloaded, and why."""

    url: str
    reason: str


class EntryBatch:
    """The new entries of a poll, and what has become of each so far."""

    def __init__(
        self, spec: FeedSpec, state: FeedState, entries: Sequence[FeedEntry], now: datetime
    ) -> None:
        self._spec, self._entries = spec, entries
        self.articles = list[RawArticle]()
        self.abandoned = list[AbandonedEntry]()
        self.problems = list[str]()
        self.finished = set[str]()
        self.pages, self.unchanged = dict(state.pages), 0
        for entry in entries:
            if not entry.document and not spec.allows(urlsplit(entry.url).hostname or ""):
                self._abandon(entry, "its host is not in the feed's `allow`")
        unfinished = [entry for entry in entries if entry.key not in self.finished]
        pending = {page_id(entry.url) for entry in unfinished}
        self.tries = {page: tries for page, tries in state.tried.items() if page in pending}
        ready = [entry for entry in unfinished if not entry.not_before or entry.not_before <= now]
        downloads = [
            entry
            for entry in ready
            if not entry.document and may_download(self.pages.get(page_id(entry.url)), now)
        ][:MAX_PAGES]
        self._queue = [*(entry for entry in ready if entry.document), *downloads]

    @property
    def waiting(self) -> int:
        """The number of entries that are left for the next poll."""
        return len(self._entries) - len(self.finished)

    def next_entries(self) -> Sequence[FeedEntry]:
        """Return the entries to download next; none once the poll has enough."""
        size = sum(len(article.content) for article in self.articles)
        entries, self._queue = self._queue[:PAGES_AT_ONCE], self._queue[PAGES_AT_ONCE:]
        return entries if size <= MAX_POLL_BYTES else ()

    def add(
        self, entries: Sequence[FeedEntry], pages: Sequence[Page | NoPage], now: datetime
    ) -> None:
        """Add the pages of some entries, or why they are missing."""
        for entry, page in zip(entries, pages, strict=True):
            if isinstance(page, Page):
                self._add_page(entry, page, now)
            else:
                self._add_failure(entry, page, now)

    def _add_page(self, entry: FeedEntry, page: Page, now: datetime) -> None:
        key = page_id(entry.url)
        before = self.pages.get(key)
        self.pages[key] = remember_download(before, page.content, entry.headline, now)
        if before and before.content == self.pages[key].content:
            self.unchanged += 1
        else:
            self._add_article(entry, build_article(self._spec, entry, page, now))
        self._finish(entry)

    def _add_article(self, entry: FeedEntry, article: RawArticle) -> None:
        self.articles.append(article)
        if entry.published_at and not article.published_at:
            time = entry.published_at.isoformat()
            self.problems.append(f"{entry.url}: its time is in the future and ignored: {time}")

    def _add_failure(self, entry: FeedEntry, page: NoPage, now: datetime) -> None:
        key = page_id(entry.url)
        tries = self.tries.get(key, 0) + page.is_attempt
        if page.is_final or tries >= MAX_TRIES:
            self._finish(entry)
            self._abandon(entry, f"{page.reason} (try {tries})")
            self.pages[key] = remember_failure(self.pages.get(key), now)
        elif tries:
            self.tries[key] = tries

    def _abandon(self, entry: FeedEntry, reason: str) -> None:
        self.abandoned.append(AbandonedEntry(url=entry.url, reason=reason))
        self.finished.add(entry.key)

    def _finish(self, entry: FeedEntry) -> None:
        self.finished.add(entry.key)
        self.tries.pop(page_id(entry.url), None)
