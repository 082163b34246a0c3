"""The fetcher's state of a feed."""

from dataclasses import dataclass, field

from shared.messages.schemas.values import UtcTime


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryMemory:
    """What is remembered of the entry of a page, to recognise it under another id or address.

    ``uri`` is the article's, "" if it is too long to be kept. Of the entry as it was last listed:
    short hashes of its id (``guid``) and of what it says of itself (``mark``), the set of its
    headline's ``words`` as 64 bits, and its time. ``addresses`` are hashes of the article's other
    addresses, newest last.
    """

    uri: str = ""
    guid: str = ""
    mark: str = ""
    words: str = ""
    published_at: UtcTime | None = None
    addresses: tuple[str, ...] = ()


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
class FeedState:
    """What the fetcher remembers of a feed between polls.

    ``seen`` are the entry ids of the last polls, newest last. ``tried`` counts the failed downloads
    of each pending page and ``pages`` is what is remembered of pages, both by page id. A ``gone``
    feed has answered 410 since ``gone_since`` and is polled daily. ``read_at`` is when the server
    last sent the whole feed.
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


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedRevival:
    """An operator's request to poll a feed at once and without any back-off; entries stay seen."""

    url: str
    asked_at: UtcTime
