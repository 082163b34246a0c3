"""The fetcher's state of a feed."""

from dataclasses import dataclass, field
from typing import Literal

from shared.messages.schemas.values import UtcTime


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryMemory:
    """What is remembered of the entry of a page, to recognise it under another id or address.

    ``uri`` is the article's, "" if it is too long to be kept. Of the entry as it was last listed:
    short hashes of its id (``guid``) and of what it says of itself (``mark``), the set of its
    headline's ``words`` as 64 bits, and its time. ``addresses`` are hashes of the article's other
    addresses, newest last. ``text`` is a hash of the text that the feed carries of it, "" if the
    article is its page.
    """

    uri: str = ""
    guid: str = ""
    mark: str = ""
    words: str = ""
    published_at: UtcTime | None = None
    addresses: tuple[str, ...] = ()
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageMemory:
    """What is remembered of a page that a feed lists.

    Short hashes of its content and of its visible text, and when it was last requested.
    ``unchanged`` counts the downloads in a row with the same text: the more, the later the next.
    ``earlier`` are the contents before that, newest last.
    """

    content: str
    text: str
    asked_at: UtcTime
    unchanged: int = 0
    earlier: tuple[str, ...] = ()
    entry: EntryMemory | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedHints:
    """What a feed says about when to read it again.

    ``wait_s``: the longer of RSS ttl and the period of the sy: module, 0 without either.
    ``skip_hours`` are UTC hours from 0, ``skip_weekdays`` days from Monday, which is 0.
    """

    wait_s: float = 0.0
    skip_hours: tuple[int, ...] = ()
    skip_weekdays: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedRhythm:
    """When a feed published in the last four weeks, by slots of five minutes since the Unix epoch.

    ``slots`` is a bitmap, least significant bit first and from ``last_slot`` backwards, of those in
    which entries appeared, ``entries_per_moment`` on average. Nothing is known from before
    ``since_slot``. ``wait_s`` is how long to
    wait for the next poll, within the limits of the feeds file. ``usual_gap_s`` is how long the
    feed is usually quiet and ``longest_gap_s`` how long at most (shared/dates/usual_pause.py); None
    until three days have ended a pause. ``list_since`` is the time of the oldest entry in
    the list, if half of the list was new.
    """

    last_slot: int
    since_slot: int
    slots: bytes = b""
    entries_per_moment: float = 1.0
    wait_s: float | None = None
    usual_gap_s: int | None = None
    longest_gap_s: int | None = None
    list_since: UtcTime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedMove:
    """An address to which a feed has moved for good, by its server's own words.

    ``since`` is when it first said so and ``checked_at`` when it last did; ``polls`` is how many
    polls in a row have.
    """

    url: str
    since: UtcTime
    checked_at: UtcTime
    polls: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedState:
    """What the fetcher remembers of a feed between polls.

    ``seen`` are the entry ids of the last polls, newest last. ``tried`` counts the failed downloads
    of each pending page and ``pages`` is what is remembered of pages, both by page id. A ``gone``
    feed has answered 410 since ``gone_since`` and is polled daily. ``read_at`` is when the server
    last sent the whole feed. ``error_kind`` is that of the last error, None after a success
    (services/fetcher/feed_error.py), and ``succeeded_at`` the last success. ``next_at`` is when the
    next poll was due as of the last one. ``arrived_at`` is when the newest entry was first seen,
    ``entry_at`` the latest time that an entry states. ``source`` and ``name`` are those of the
    feeds file at the last poll.
    """

    url: str
    etag: str | None = None
    last_modified: str | None = None
    polled_at: UtcTime | None = None
    not_before: UtcTime | None = None
    failures: int = 0
    last_error: str | None = None
    seen: tuple[str, ...] = ()
    tried: dict[str, int] = field(default_factory=dict)
    gone: bool = False
    gone_since: UtcTime | None = None
    read_at: UtcTime | None = None
    pages: dict[str, PageMemory] = field(default_factory=dict)
    error_kind: str | None = None
    succeeded_at: UtcTime | None = None
    next_at: UtcTime | None = None
    arrived_at: UtcTime | None = None
    entry_at: UtcTime | None = None
    rhythm: FeedRhythm | None = None
    hints: FeedHints | None = None
    moved: FeedMove | None = None
    source: str | None = None
    name: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedRevival:
    """An operator's request to poll a feed at once and without any back-off; entries stay seen."""

    url: str
    asked_at: UtcTime


SubscriptionStatus = Literal["pending", "active", "renewing", "denied", "failed", "ending", "ended"]


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedSubscription:
    """A subscription to a feed at its hub (W3C WebSub).

    ``topic`` is the feed's address there. The hub pushes to the callback that ends with ``path``
    and signs with ``secret``; both are random. ``lease_until`` is when it stops to push; ``reason``
    is why it denied or failed.
    """

    feed: str
    hub: str
    topic: str
    path: str = field(repr=False)
    secret: str = field(repr=False)
    status: SubscriptionStatus
    asked_at: UtcTime
    verified_at: UtcTime | None = None
    lease_until: UtcTime | None = None
    failures: int = 0
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PushedFeed:
    """A document that a hub pushed for a feed; empty if it was too large: then the feed is polled.

    ``topic`` is the feed's address at the hub.
    """

    feed: str
    topic: str
    content_type: str
    content: bytes
    received_at: UtcTime
