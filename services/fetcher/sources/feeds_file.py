"""Read seeds/feeds.yaml: the feeds, how often to poll them, and the source of their articles."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Literal

from services.fetcher.full_text.selected_part import is_selector
from services.fetcher.seeds.manifest import check_source
from services.fetcher.sources.feed_address import IsReachable, feed_identity, parse_address
from services.fetcher.sources.header_fields import HEADER_VALUE, HeaderFromFile, read_headers
from shared.files import yaml_document
from shared.files.yaml_document import Steps, YamlDocument

SHORTEST_S: Final = 1
"""For a feed of one's own; a public one wants a minute or more."""
MIN_INTERVAL_S: Final = 60.0
MAX_INTERVAL_S: Final = 12 * 3600.0
"""The limits of a feed that sets none; its rhythm decides between them."""
MAX_USER_AGENT: Final = 300
LONGEST_S: Final = 24 * 3600
_INTERVAL: Final = re.compile(r"([1-9][0-9]{0,5})(s|m|h)")
_SECONDS: Final = {"s": 1, "m": 60, "h": 3600}
MAX_NAME: Final = 100
Reliability = Literal["high", "medium", "low"]
TextOrigin = Literal["auto", "page", "feed"]
"""Where an article's text comes from; auto: from the page, unless the feed carries all of it."""
_HOST: Final = re.compile(r"[a-z0-9_-]+(\.[a-z0-9_-]+)*")


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedSpec:
    """A feed to poll.

    ``interval_s`` is the shortest time between polls, ``longest_interval_s`` the longest: between
    them the feed's rhythm decides. None: always ``interval_s``.

    ``allow``: the hosts (with their sub-domains) that its entries may link to; empty means any
    public host. ``user_agent``: the client's name for the feed and its pages. ``headers``: sent to
    the feed's own host only, as they may be secret; ``secret_files`` are those that they were read
    from. ``ignore_robots``: the publisher permits what its robots.txt does not. ``name`` is for
    people, ``reliability`` a label of the alerts. ``text``: where the articles' text comes from.
    ``selector``: the element of a page that holds the article. Only ``enabled`` feeds are polled.
    """

    url: str
    source: str
    interval_s: float
    language: str | None = None
    allow: tuple[str, ...] = ()
    user_agent: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    ignore_robots: bool = False
    longest_interval_s: float | None = None
    name: str | None = None
    reliability: Reliability | None = None
    text: TextOrigin = "auto"
    selector: str | None = None
    secret_files: tuple[str, ...] = field(default=(), repr=False)
    enabled: bool = True

    def allows(self, host: str) -> bool:
        """Return whether pages on this host may be downloaded for the feed."""
        return not self.allow or any(
            host == name or host.endswith(f".{name}") for name in self.allow
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _FeedsFile:
    feeds: list[object]


@dataclass(frozen=True, slots=True, kw_only=True)
class _FeedFields:
    """An element of ``feeds`` as it is written."""

    url: str
    source: str
    interval: str | None = None
    min_interval: str | None = None
    max_interval: str | None = None
    language: str | None = None
    allow: tuple[str, ...] = ()
    user_agent: str | None = None
    headers: dict[str, str | HeaderFromFile] = field(default_factory=dict, repr=False)
    token_file: str | None = None
    ignore_robots: bool = False
    name: str | None = None
    reliability: Reliability | None = None
    text: TextOrigin = "auto"
    selector: str | None = None
    enabled: bool = True


def load(path: Path) -> tuple[FeedSpec, ...]:
    """Load the feeds of a file, in order; DocumentError lists every mistake in it."""
    document = yaml_document.load(path)
    feeds = parse_feeds(document)
    yaml_document.raise_if_bad([document])
    return feeds


def parse_feeds(
    document: YamlDocument, is_reachable: IsReachable | None = None
) -> tuple[FeedSpec, ...]:
    """Return the feeds of a document, and report every mistake on it.

    A feed with mistakes is returned with what is right of it. ``is_reachable``: by the settings;
    without it any port of any host is.
    """
    if document.problems or document.convert((), _FeedsFile) is None:
        return ()
    feeds, lines = dict[str, FeedSpec](), dict[str, int]()
    for path in document.places(("feeds",)):
        usable = document.convert_fields(path, _FeedFields)
        feed = _parse_feed(document, path, usable, is_reachable or _is_anything)
        if not feed.url:
            continue
        identity, place = feed_identity(feed.url), (*path, "url")
        if identity in lines:
            document.report(
                place,
                "this feed is listed twice"
                + ("" if feed.url in feeds else ", in another spelling"),
                code="duplicate",
                suggestion=f"remove it here or in line {lines[identity]}",
            )
        lines.setdefault(identity, document.position(place)[0])
        feeds[feed.url] = feed
    return tuple(feeds.values())


def _is_anything(_host: str, _port: int) -> bool:
    return True


def _parse_feed(
    document: YamlDocument, path: Steps, usable: dict[str, Any], is_reachable: IsReachable
) -> FeedSpec:
    fields = _FeedFields(**{"url": "", "source": "unknown", **usable})
    check_source(document, path, fields.source, fields.language)
    for index, host in enumerate(fields.allow):
        if not _HOST.fullmatch(host):
            document.report(
                (*path, "allow", index),
                f"{host!r} is not a host name",
                code="bad-host",
                suggestion="write it like news.example, in lower case",
            )
    shortest_s, longest_s = _parse_intervals(document, path, fields)
    _check_texts(document, path, fields)
    url = ""
    if "url" in usable:
        url = parse_address(document, (*path, "url"), fields.url, is_reachable)
    headers = read_headers(document, path, fields.headers, fields.token_file)
    return FeedSpec(
        url=url,
        source=fields.source,
        interval_s=shortest_s,
        longest_interval_s=longest_s,
        language=fields.language,
        allow=fields.allow,
        user_agent=fields.user_agent,
        headers=headers.values,
        ignore_robots=fields.ignore_robots,
        name=fields.name,
        reliability=fields.reliability,
        text=fields.text,
        selector=fields.selector,
        secret_files=headers.files,
        enabled=fields.enabled,
    )


def _check_texts(document: YamlDocument, path: Steps, fields: _FeedFields) -> None:
    """Report a name, a user agent or a selector that cannot be used."""
    if fields.user_agent is not None and not is_user_agent(fields.user_agent):
        document.report(
            (*path, "user_agent"),
            "not a user agent",
            code="bad-user-agent",
            suggestion="write one line of ASCII, like Mozilla/5.0 (compatible; desk@wire.example)",
        )
    if fields.name is not None and not (fields.name.isprintable() and _is_short(fields.name)):
        document.report(
            (*path, "name"),
            "not a name",
            code="bad-name",
            suggestion=f"write one line of at most {MAX_NAME} characters",
        )
    if fields.selector is None:
        return
    if not is_selector(fields.selector):
        document.report(
            (*path, "selector"),
            f"{fields.selector[:60]!r} is not a CSS selector",
            code="bad-selector",
            suggestion="write it like article or div.story-body",
        )
    elif fields.text == "feed":
        document.report(
            (*path, "selector"),
            "it has no effect with text: feed, because no page is downloaded",
            code="no-effect",
            suggestion="remove one of the two",
        )


def _is_short(name: str) -> bool:
    return len(name.strip()) > 0 and len(name) <= MAX_NAME


def is_user_agent(text: str) -> bool:
    """Return whether the text can be sent as the client's name."""
    return len(text) <= MAX_USER_AGENT and bool(HEADER_VALUE.fullmatch(text))


def _parse_intervals(
    document: YamlDocument, path: Steps, fields: _FeedFields
) -> tuple[float, float | None]:
    """Return the shortest and the longest time between polls; None if there is only one."""
    limits = (fields.min_interval, fields.max_interval)
    if fields.interval is not None:
        if limits != (None, None):
            document.report(
                (*path, "interval"),
                "a feed has either an interval or a range",
                code="two-intervals",
                suggestion="remove it, or min_interval and max_interval",
            )
        return _parse_interval(document, (*path, "interval"), fields.interval), None
    shortest_s, longest_s = (
        _parse_interval(document, (*path, name), text) if text is not None else None
        for name, text in zip(("min_interval", "max_interval"), limits, strict=True)
    )
    if shortest_s and longest_s and shortest_s > longest_s:
        document.report(
            (*path, "max_interval"),
            f"{fields.max_interval!r} is shorter than min_interval",
            code="bad-interval",
            suggestion="swap them",
        )
    shortest_s = shortest_s or min(MIN_INTERVAL_S, longest_s or MIN_INTERVAL_S)
    return shortest_s, max(longest_s or MAX_INTERVAL_S, shortest_s)


def _parse_interval(document: YamlDocument, path: Steps, text: str) -> float:
    match = _INTERVAL.fullmatch(text)
    seconds = int(match[1]) * _SECONDS[match[2]] if match else 0
    if not SHORTEST_S <= seconds <= LONGEST_S:
        document.report(
            path,
            f"{text!r} is not an interval",
            code="bad-interval",
            suggestion="write 1s to 24h, like 90s, 5m or 1h",
        )
    return float(seconds)
