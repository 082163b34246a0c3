"""The entries of a poll: which pages to download, and what becomes of each entry. Pure.

A page that fails does not affect other pages: its entry is retried at the next polls, and
abandoned after MAX_TRIES. While it is listed, its page is still requested for a day, ever later.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final
from urllib.parse import urlsplit

from services.fetcher.addresses.wrapped_url import FORWARDERS
from services.fetcher.entries.check_page import check_page
from services.fetcher.entries.entry_identity import (
    ArticleIndex,
    EntryDecision,
    EntryIdentity,
    IdentityReason,
)
from services.fetcher.entries.page_memory import (
    is_version,
    may_come_later,
    may_download,
    remember_download,
    remember_failure,
)
from services.fetcher.pages.page_kinds import NotArticle
from services.fetcher.parsing.feed_entry import FeedEntry
from services.fetcher.polling.build_article import build_article
from services.fetcher.polling.entry_pages import carries_text, text_mark
from services.fetcher.polling.web import NoPage, Page
from services.fetcher.sources.feeds_file import FeedSpec
from services.fetcher.timing.schedule import EPOCH
from shared.messages.ids import content_id
from shared.messages.schemas import EntryMemory, FeedState, PageMemory, RawArticle

MAX_TRIES: Final = 3
MAX_PAGES: Final = 50
"""Pages that one poll downloads at most; the others wait for the next poll."""
PAGES_AT_ONCE: Final = 10
MAX_POLL_BYTES: Final = 8 * 1024 * 1024
"""A poll starts no more downloads once it has so much: its articles become one transaction."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AbandonedEntry:
    """An entry whose page could not be downloaded, or is no article (``kind``), and why."""

    url: str
    reason: str
    kind: NotArticle | None = None


class EntryBatch:
    """The entries of a poll, and what has become of each so far.

    Entries that say nothing new are finished at once. ``decisions`` counts those that are not
    listed as before, by reason.
    """

    def __init__(
        self, spec: FeedSpec, state: FeedState, entries: Sequence[FeedEntry], now: datetime
    ) -> None:
        self._spec, self._index = spec, ArticleIndex(state.pages, entries)
        self.articles = list[RawArticle]()
        self.abandoned = list[AbandonedEntry]()
        self.problems = list[str]()
        self.listed, self.finished = list[str](), set[str]()
        self.pages, self.unchanged = dict(state.pages), 0
        self.decisions = Counter[IdentityReason]()
        self._identities = dict[str, EntryIdentity]()
        self._twins = list[FeedEntry]()
        self._by_content = {memory.content: page for page, memory in state.pages.items()}
        self._by_uri = {
            memory.entry.uri: page
            for page, memory in state.pages.items()
            if memory.entry and memory.entry.uri
        }
        self.tries, self._earlier_keys = dict(state.tried), frozenset(state.seen)
        queue = [entry for listed in entries for entry in self._sort(listed)]
        pending = {self._page_of(entry) for entry in queue}
        self.tries = {page: tries for page, tries in self.tries.items() if page in pending}
        ready = [entry for entry in queue if self._is_ready(entry, now)]
        carried = [entry for entry in ready if carries_text(spec, entry)]
        downloads = [entry for entry in ready if not carries_text(spec, entry)]
        downloads.sort(key=lambda entry: entry.key in self._earlier_keys)  # later tries come last
        self._queue = [*carried, *downloads[:MAX_PAGES]]

    @property
    def listed_pages(self) -> frozenset[str]:
        """The page ids of the articles that the feed lists."""
        return frozenset(identity.page for identity in self._identities.values())

    @property
    def waiting(self) -> int:
        """The number of entries that are left for the next poll."""
        return len(self._identities.keys() - self.finished - self._earlier_keys)

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
            before = self.pages.get(self._page_of(entry))
            checked = check_page(page, entry, before) if isinstance(page, Page) else page
            if isinstance(checked, Page):
                self._add_page(entry, checked, now)
            else:
                self._add_failure(entry, checked, now)

    def finish_twins(self) -> None:
        """Finish the entries whose article was listed before them and has been downloaded now."""
        for entry in self._twins:
            if (memory := self.pages.get(self._page_of(entry))) and memory.content:
                self._finish(entry)

    def _sort(self, entry: FeedEntry) -> Sequence[FeedEntry]:
        """Return the entry if it may have to be downloaded; else finish it, or let it wait."""
        is_seen = entry.key in self._earlier_keys
        if not is_seen and not self._may_follow(entry):
            self.listed.append(entry.key)
            self._abandon(entry, "its host is not in the feed's `allow`")
            return ()
        identity = self._index.identify(entry, is_seen=is_seen)
        if is_seen and identity.decision is not EntryDecision.SAME:  # its id is used again
            entry = replace(entry, key=content_id("entry", entry.key, entry.url))
        self.listed.append(entry.key)
        self._identities[entry.key] = identity
        self.decisions[identity.reason] += not is_seen
        is_new = identity.decision is not EntryDecision.SAME
        if (is_new and entry.key not in self._earlier_keys) or self._is_edited(entry):
            return (entry,)
        if is_seen and may_come_later(self.pages.get(identity.page)):
            return (entry,)
        if is_seen or identity.page in self.pages:
            self._finish(entry)
        else:
            self._twins.append(entry)
        return ()

    def _is_ready(self, entry: FeedEntry, now: datetime) -> bool:
        if entry.document:
            return entry.not_before is None or entry.not_before <= now
        return may_download(self.pages.get(self._page_of(entry)), now)

    def _is_edited(self, entry: FeedEntry) -> bool:
        """Return whether the text that the feed carries has changed, whatever its date says."""
        memory = self.pages.get(self._page_of(entry))
        before = memory.entry.text if memory and memory.entry else ""
        return before != "" and text_mark(self._spec, entry) not in ("", before)

    def _describe(self, entry: FeedEntry, uri: str, memory: PageMemory) -> EntryMemory:
        listed = self._index.describe(entry, uri, self._page_of(entry), memory.entry)
        return replace(listed, text=text_mark(self._spec, entry))

    def _may_follow(self, entry: FeedEntry) -> bool:
        return bool(entry.document) or self._spec.allows(urlsplit(entry.url).hostname or "")

    def _page_of(self, entry: FeedEntry) -> str:
        return self._identities[entry.key].page

    def _add_page(self, entry: FeedEntry, page: Page, now: datetime) -> None:
        """Add a page: its article, unless that version of it was written before."""
        key = self._page_of(entry)
        article = build_article(
            self._spec, entry, page, now, uri=_uri_of(entry, self.pages.get(key))
        )
        if key not in self.pages and (twin := self._find_twin(entry, page, article.uri)):
            self._identities[entry.key] = replace(self._identities[entry.key], page=twin)
            self.decisions[IdentityReason.SAME_PAGE] += 1
            key = twin
            article = replace(article, uri=_uri_of(entry, self.pages[key]) or article.uri)
        before = self.pages.get(key)
        after = _remember(before, entry, page, now)
        listed = self._describe(entry, article.uri, after)
        self.pages[key] = replace(after, entry=listed)
        self._by_content[after.content] = self._by_uri[article.uri] = key
        if is_version(before, after):
            self._add_article(entry, article)
        else:
            self.unchanged += 1
        self._finish(entry)

    def _find_twin(self, entry: FeedEntry, page: Page, uri: str) -> str | None:
        """Return the remembered page that has the uri of a new page, or is the same page."""
        if (twin := self._by_uri.get(uri)) and self.pages[twin].content:
            return twin
        twin = self._by_content.get(_remember(None, entry, page, EPOCH).content)
        if twin and not entry.uri and self._index.is_same(entry, self.pages[twin]):
            return twin
        return None

    def _add_article(self, entry: FeedEntry, article: RawArticle) -> None:
        self.articles.append(article)
        if entry.published_at and not article.published_at:
            time = entry.published_at.isoformat()
            self.problems.append(f"{entry.url}: its time is in the future and ignored: {time}")

    def _add_failure(self, entry: FeedEntry, page: NoPage, now: datetime) -> None:
        key = self._page_of(entry)
        before = self.pages.get(key)
        if entry.key in self._earlier_keys and may_come_later(before):
            if page.is_attempt:
                self.pages[key] = remember_failure(before, now, is_final=page.is_final)
            return
        tries = self.tries.get(key, 0) + page.is_attempt
        if page.is_final or tries >= MAX_TRIES:
            is_final = page.is_final or page.kind is not None
            tried = f" (try {tries})" if tries else ""  # what robots.txt disallows is not requested
            self._abandon(entry, f"{page.reason}{tried}", page.kind)
            self.tries.pop(key, None)
            self.pages[key] = remember_failure(before, now, is_final=is_final)
        elif tries:
            self.tries[key] = tries

    def _abandon(self, entry: FeedEntry, reason: str, kind: NotArticle | None = None) -> None:
        self.abandoned.append(AbandonedEntry(url=entry.url, reason=reason, kind=kind))
        self.finished.add(entry.key)

    def _finish(self, entry: FeedEntry) -> None:
        """Finish an entry, and remember it as it is listed now."""
        if entry.key not in self._earlier_keys:
            self.finished.add(entry.key)
        key = self._page_of(entry)
        self.tries.pop(key, None)
        if memory := self.pages.get(key):
            uri = _uri_of(entry, memory) or ""
            listed = self._describe(entry, uri, memory)
            self.pages[key] = replace(memory, entry=listed)


def _remember(before: PageMemory | None, entry: FeedEntry, page: Page, now: datetime) -> PageMemory:
    return remember_download(
        before, page.content, entry.headline, now, content_type=page.content_type
    )


def _uri_of(entry: FeedEntry, memory: PageMemory | None) -> str | None:
    """Return the uri of a remembered article; None if there is none yet.

    Memories from before uris were kept are found by the entry's own address, which was the uri,
    but for a forwarder's.
    """
    if memory is None or not memory.content:
        return None
    if memory.entry is not None:
        return memory.entry.uri or None
    return None if urlsplit(entry.url).hostname in FORWARDERS else entry.url
