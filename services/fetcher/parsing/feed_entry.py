"""Entries of a feed in any format, and which of a long list are read. Pure."""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Final, TypeVar
from urllib.parse import urljoin

from services.fetcher.addresses.canonical_url import canonical_url
from services.fetcher.addresses.comparable_address import comparable_address
from services.fetcher.addresses.wrapped_url import unwrap
from services.fetcher.full_text.entry_content import EntryContent
from shared.base.outcomes import InvalidMessage
from shared.dates.stated_time import StatedTime, parse_stated_time
from shared.messages.ids import content_id
from shared.messages.schemas import FeedHints, TimePrecision

T = TypeVar("T")

MAX_ENTRIES: Final = 500
HASH_CHARACTERS: Final = 16
"""Enough to tell the entries of one feed apart."""
_ABSOLUTE: Final = re.compile(
    r"https?://[\w.-]+(?:/[\w/.~%+:@=-]*)?(?:\?[\w/.~%+:@=&-]+)?", re.ASCII
)
"""An address that remains as it is when it is joined with another, as most are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryDocument:
    """An article that is its entry, like the item of a wire: no page is downloaded."""

    data: bytes = field(repr=False)
    content_type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedEntry:
    """An entry of a feed.

    ``key`` changes when the publisher marks the entry as changed: its page is then fetched again.
    ``guid`` is a hash of the id that the publisher gives it, "" if there is none; ``mark`` one of
    what the entry says of itself: its last change and its headline.
    ``uri``: the article's identity if that is not ``url``, as wires have it; ``url`` is then the
    same if there is no page. ``document``: the article, if it is the entry itself.
    ``not_before``: the end of an embargo. ``content``: the text that the feed carries of it.
    """

    key: str
    url: str
    guid: str = ""
    mark: str = ""
    headline: str | None = None
    byline: str | None = None
    language: str | None = None
    published_at: datetime | None = None
    published_precision: TimePrecision = "moment"
    uri: str | None = None
    document: EntryDocument | None = None
    not_before: datetime | None = None
    content: EntryContent | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedFeed:
    """The valid entries of a feed in its order, each key and URL once, and its problems.

    ``parts`` are the addresses of further lists, newest first: the sitemaps of an index.
    ``format_name`` is for people, ``hints`` are the feed's own words about when to read it again.
    """

    entries: tuple[FeedEntry, ...]
    problems: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()
    format_name: str = ""
    hints: FeedHints = field(default_factory=FeedHints)


def read_entries(
    raw_entries: Sequence[T],
    build: Callable[[T], FeedEntry],
    times_of: Callable[[T], Sequence[str]],
    problems: list[str],
) -> Iterator[FeedEntry]:
    """Yield the valid entries, each key and URL once; what is wrong with others is a problem.

    ``build`` raises InvalidMessage for an entry without an address; ``times_of`` returns the times
    that an entry states, the time of publication first.
    """
    if len(raw_entries) > MAX_ENTRIES:
        problems.append(f"only the newest {MAX_ENTRIES} of {len(raw_entries)} entries are read")
    keys, urls = set[str](), set[str]()
    for number, raw_entry in _newest(raw_entries, times_of):
        try:
            entry = build(raw_entry)
        except InvalidMessage as error:
            problems.append(f"entry {number}: {error}")
            continue
        if entry.published_at is None and (times := times_of(raw_entry)):
            problems.append(f"entry {number}: its time is not understood: {times[0][:60]!r}")
        if entry.url in urls:
            continue
        if entry.key in keys:  # an id that is used for several articles
            entry = replace(entry, key=content_id("entry", entry.key, entry.url))
        yield entry
        keys.add(entry.key)
        urls.add(entry.url)


def build_entry(
    *,
    entry_id: str,
    url: str,
    changed: str,
    times: Sequence[str],
    headline: str | None = None,
    byline: str | None = None,
    language: str | None = None,
    content: EntryContent | None = None,
) -> FeedEntry:
    """Build an entry: its key is of its id (or else its URL), its last change and its headline."""
    stated = stated_time(times)
    return FeedEntry(
        key=content_id("entry", entry_id or url, changed, headline or ""),
        url=url,
        guid=_hash_guid(entry_id),
        mark=content_id("mark", changed, headline or "")[:HASH_CHARACTERS],
        headline=headline,
        byline=byline,
        language=language,
        published_at=stated.moment.astimezone(UTC) if stated else None,
        published_precision=stated.precision if stated else "moment",
        content=content,
    )


def _hash_guid(entry_id: str) -> str:
    """Return the hash of an id; one that is an address counts without its mere spelling."""
    entry_id = entry_id.strip()
    if not entry_id:
        return ""
    with suppress(InvalidMessage):  # most ids are no addresses
        entry_id = comparable_address(canonical_url(entry_id))
    return content_id("guid", entry_id)[:HASH_CHARACTERS]


def stated_time(times: Sequence[str]) -> StatedTime | None:
    """Return the first exact one of some times, else the first that is understood."""
    stated = [time for text in times if (time := parse_stated_time(text))]
    return next((time for time in stated if time.precision == "moment"), next(iter(stated), None))


def seconds_of(times: Sequence[str]) -> float:
    """Return the stated time as Unix seconds, to sort by; without one it is before all others."""
    stated = stated_time(times)
    return stated.moment.timestamp() if stated else float("-inf")


def article_url(base: str, link: str) -> str:
    """Return the canonical address of a link in a document at ``base``.

    Raises InvalidMessage if it is no web address.
    """
    return canonical_url(unwrap(_join(base, link.strip())))


def _join(base: str, link: str) -> str:
    if _ABSOLUTE.fullmatch(link):
        return link
    try:
        return urljoin(base, link)
    except ValueError:
        raise InvalidMessage("its link is not a URL") from None


def _newest(entries: Sequence[T], times_of: Callable[[T], Sequence[str]]) -> list[tuple[int, T]]:
    """Return the newest entries, numbered from 1 and in the feed's order.

    Some feeds list the oldest first. Among entries with equal or no times the first ones count.
    """
    numbered = list(enumerate(entries, 1))
    if len(entries) <= MAX_ENTRIES:
        return numbered

    newest = sorted(numbered, key=lambda pair: seconds_of(times_of(pair[1])), reverse=True)
    return sorted(newest[:MAX_ENTRIES], key=lambda pair: pair[0])
