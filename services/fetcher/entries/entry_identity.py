"""Decide which article an entry of a feed is: a new one, or one that is remembered. Pure.

Publishers rename ids, move addresses and dates, use an id again, and list an article twice. An
address identifies an article by itself, an id only with evidence beside it. To take two articles
for one may lose a report and to take one for two repeats it, so what is doubtful is new.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from services.fetcher.addresses.comparable_address import (
    comparable_address,
    numbers,
    telling_ending,
    telling_path,
)
from services.fetcher.entries.page_memory import page_id
from services.fetcher.pages.headline_words import similarity, word_set
from services.fetcher.parsing.feed_entry import FeedEntry
from shared.messages.schemas import EntryMemory, PageMemory

SIMILAR: Final = 0.5
"""Share of common words of two headlines, or of two addresses' last parts, in all their words."""
COMMON_TIME: Final = 3
"""A time that so many entries of a list have says nothing about any of them."""
FAR_APART: Final = timedelta(days=1)
MAX_URI: Final = 200
"""Longer ones are not kept, so that a feed's state stays small; most are about 80 characters."""
MAX_ADDRESSES: Final = 3


class EntryDecision(StrEnum):
    """What an entry is: a new article, a remembered one whose page may differ, or one as it was."""

    NEW = "new"
    CHANGED = "changed"
    SAME = "same"


class IdentityReason(StrEnum):
    """Why an entry is what it is, for tests, logs and the metric."""

    FIRST_LISTED = "first listed"
    ID_REUSED = "its id was another article's"
    AS_BEFORE = "as before"
    MARKED = "another date or headline"
    ID_RENAMED = "another id for its address"
    ADDRESS_RESPELLED = "another spelling of its address"
    ADDRESS_MOVED = "another address under its id"
    LISTED_TWICE = "another address with its headline and time"
    SAME_PAGE = "another address with its page"


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryIdentity:
    """The decision about an entry, and the page (its page id) under which its article is kept."""

    decision: EntryDecision
    reason: IdentityReason
    page: str


@dataclass(frozen=True, slots=True)
class _RememberedArticle:
    """A remembered article. ``is_listed``: of this list, and not downloaded yet."""

    page: str
    entry: EntryMemory
    has_content: bool
    is_listed: bool = False

    @property
    def address(self) -> str:
        return _address_of(self.entry.uri)


class ArticleIndex:
    """The remembered articles of a feed, to look entries up in. ``entries`` are those listed now.

    Each entry that is identified as new is remembered for the entries after it.
    """

    def __init__(self, pages: Mapping[str, PageMemory], entries: Sequence[FeedEntry]) -> None:
        self._pages = pages
        times = Counter(entry.published_at for entry in entries if entry.published_at)
        self._common_times = {time for time, count in times.items() if count >= COMMON_TIME}
        ids = Counter(
            guid for guid, _ in {(e.guid, comparable_address(e.url)) for e in entries if e.guid}
        )
        self._shared_ids = {guid for guid, count in ids.items() if count > 1}
        self._by_page = dict[str, _RememberedArticle]()
        self._by_address = dict[str, str]()
        self._by_guid = dict[str, str]()
        self._by_path = dict[str, str]()
        self._by_headline = dict[tuple[str, datetime], str]()
        for page in sorted(pages, key=lambda key: (pages[key].asked_at, key)):
            memory = pages[page]
            entry = memory.entry or EntryMemory()
            self._add(_RememberedArticle(page, entry, bool(memory.content)))

    def identify(self, entry: FeedEntry, *, is_seen: bool) -> EntryIdentity:
        """Return which article an entry is. ``is_seen``: it was processed exactly as it is.

        A wire's item says itself which article it is.
        """
        article = self._by_page.get(self._page_at(entry))
        if article is not None:
            return self._compare(entry, article, is_seen)
        finders = () if entry.uri else (self._find_moved, self._find_by_path, self._find_twin)
        for find in finders:
            if (identity := find(entry)) is not None:
                return _as_before(identity.page) if is_seen else identity
        if is_seen and (entry.published_at or entry.guid not in self._by_guid):
            return _as_before(page_id(entry.url))
        return self._add_new(entry)

    def describe(
        self, entry: FeedEntry, uri: str, page: str, before: EntryMemory | None
    ) -> EntryMemory:
        """Return what to remember of an entry whose article is kept under ``page``."""
        is_exact = entry.published_precision == "moment"
        is_telling = is_exact and entry.published_at not in self._common_times
        address, addresses = comparable_address(entry.url), before.addresses if before else ()
        is_own = page_id(entry.url) == page or address == _address_of(uri)
        if not is_own and page_id(address) not in addresses:
            addresses = (*addresses, page_id(address))[-MAX_ADDRESSES:]
        return EntryMemory(
            uri=uri if len(uri) <= MAX_URI else "",
            guid=entry.guid,
            mark=entry.mark,
            words=word_set(entry.headline),
            published_at=entry.published_at if is_telling else None,
            addresses=addresses,
        )

    def is_same(self, entry: FeedEntry, memory: PageMemory) -> bool:
        """Return whether an entry with an equal page says that it is the same article."""
        article = _RememberedArticle("", memory.entry or EntryMemory(), has_content=True)
        if are_far_apart(entry.published_at, article.entry.published_at):
            return False
        return self._has_headline_of(entry, article)

    def _page_at(self, entry: FeedEntry) -> str:
        address = comparable_address(entry.url)
        ways = (page_id(entry.url), address, page_id(address))
        return next((self._by_address[way] for way in ways if way in self._by_address), ways[0])

    def _compare(
        self, entry: FeedEntry, article: _RememberedArticle, is_seen: bool
    ) -> EntryIdentity:
        """Return what an entry at a remembered address is."""
        if article.is_listed:
            return _identity(EntryDecision.SAME, IdentityReason.ADDRESS_RESPELLED, article.page)
        if is_seen:
            return _as_before(article.page)
        if not article.has_content or not _is_marked_alike(entry, article):
            return _identity(EntryDecision.CHANGED, IdentityReason.MARKED, article.page)
        is_renamed = article.entry.guid != entry.guid
        reason = IdentityReason.ID_RENAMED if is_renamed else IdentityReason.ADDRESS_RESPELLED
        return _identity(EntryDecision.SAME, reason, article.page)

    def _find_moved(self, entry: FeedEntry) -> EntryIdentity | None:
        """Find the article whose id an entry at another address has."""
        article = self._by_page.get(self._by_guid.get(entry.guid, ""))
        if article is None or not entry.guid or not self._has_moved(entry, article):
            return None
        is_equal = _is_marked_alike(entry, article) and self._has_time_of(entry, article)
        return self._again(article, IdentityReason.ADDRESS_MOVED, is_equal=is_equal)

    def _find_by_path(self, entry: FeedEntry) -> EntryIdentity | None:
        """Find the article whose path and headline an entry has; unknown parameters differ."""
        path = telling_path(comparable_address(entry.url))
        article = self._by_page.get(self._by_path.get(path, "")) if path else None
        if article is None or not self._has_headline_of(entry, article):
            return None
        if are_far_apart(entry.published_at, article.entry.published_at):
            return None
        is_equal = _is_marked_alike(entry, article)
        return self._again(article, IdentityReason.ADDRESS_RESPELLED, is_equal=is_equal)

    def _find_twin(self, entry: FeedEntry) -> EntryIdentity | None:
        """Find the article whose headline, time and end of the address an entry has."""
        time, ending = entry.published_at, telling_ending(comparable_address(entry.url))
        if time is None or time in self._common_times or not ending:
            return None
        page = self._by_headline.get((word_set(entry.headline), time), "")
        article = self._by_page.get(page)
        if article is None or not self._has_headline_of(entry, article):
            return None
        if telling_ending(article.address) != ending:
            return None
        return self._again(article, IdentityReason.LISTED_TWICE, is_equal=True)

    def _again(
        self, article: _RememberedArticle, reason: IdentityReason, *, is_equal: bool
    ) -> EntryIdentity | None:
        """Return that an entry is a remembered article; None if nothing was downloaded of it."""
        if article.is_listed:
            return _identity(EntryDecision.SAME, reason, article.page)
        if not article.has_content:
            return None
        decision = EntryDecision.SAME if is_equal else EntryDecision.CHANGED
        return _identity(decision, reason, article.page)

    def _has_moved(self, entry: FeedEntry, article: _RememberedArticle) -> bool:
        """Return whether an entry with a known id is the article that had it before."""
        if self._has_time_of(entry, article):
            return entry.guid not in self._shared_ids or self._has_headline_of(entry, article)
        before, now = article.address, comparable_address(entry.url)
        if entry.guid in self._shared_ids or not before or numbers(before) != numbers(now):
            return False
        if are_far_apart(entry.published_at, article.entry.published_at):
            return False
        of_headlines = similarity(article.entry.words, word_set(entry.headline))
        of_endings = similarity(word_set(telling_ending(before)), word_set(telling_ending(now)))
        return max(of_headlines, of_endings) >= SIMILAR

    def _has_time_of(self, entry: FeedEntry, article: _RememberedArticle) -> bool:
        time = entry.published_at
        if time is None or entry.published_precision != "moment" or time in self._common_times:
            return False
        return time == article.entry.published_at

    def _has_headline_of(self, entry: FeedEntry, article: _RememberedArticle) -> bool:
        words = word_set(entry.headline)
        return words == article.entry.words and similarity(words, words) == 1.0

    def _add_new(self, entry: FeedEntry) -> EntryIdentity:
        is_reused = bool(entry.guid) and entry.guid in self._by_guid
        page = page_id(entry.url)
        memory = self.describe(entry, entry.url, page, None)
        self._add(_RememberedArticle(page, memory, has_content=False, is_listed=True))
        reason = IdentityReason.ID_REUSED if is_reused else IdentityReason.FIRST_LISTED
        return _identity(EntryDecision.NEW, reason, page)

    def _add(self, article: _RememberedArticle) -> None:
        """Add an article; a later one replaces an earlier one in the lists."""
        page, entry = article.page, article.entry
        self._by_page[page] = article
        for address in (page, *entry.addresses, article.address):
            if address:
                self._by_address[address] = page
        if entry.guid:
            self._by_guid[entry.guid] = page
        if path := telling_path(article.address):
            self._by_path[path] = page
        if entry.published_at and entry.words:
            self._by_headline[entry.words, entry.published_at] = page


def _address_of(uri: str) -> str:
    """Return the comparable address of an article; "" if its uri is none."""
    return comparable_address(uri) if uri.startswith(("https://", "http://")) else ""


def _is_marked_alike(entry: FeedEntry, article: _RememberedArticle) -> bool:
    return bool(entry.mark) and entry.mark == article.entry.mark


def are_far_apart(first: datetime | None, second: datetime | None) -> bool:
    """Return whether two times are stated and more than a day apart."""
    return first is not None and second is not None and abs(first - second) > FAR_APART


def _as_before(page: str) -> EntryIdentity:
    return _identity(EntryDecision.SAME, IdentityReason.AS_BEFORE, page)


def _identity(decision: EntryDecision, reason: IdentityReason, page: str) -> EntryIdentity:
    return EntryIdentity(decision=decision, reason=reason, page=page)
