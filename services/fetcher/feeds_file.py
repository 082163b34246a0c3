"""Read seeds/feeds.yaml: the feeds, how often to poll them, and the source of their articles."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from services.fetcher.canonical_url import canonical_url
from services.fetcher.manifest import check_source
from shared.base.outcomes import InvalidMessage
from shared.files import yaml_document
from shared.files.yaml_document import Steps, YamlDocument

SHORTEST_S: Final = 1
"""For a feed of one's own; a public one wants a minute or more (the default is five)."""
LONGEST_S: Final = 24 * 3600
_INTERVAL: Final = re.compile(r"([1-9][0-9]{0,5})(s|m|h)")
_SECONDS: Final = {"s": 1, "m": 60, "h": 3600}
_HOST: Final = re.compile(r"[a-z0-9_-]+(\.[a-z0-9_-]+)*")


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedSpec:
    """A feed to poll.

    ``allow``: the hosts (with their sub-domains) that its entries may link to; empty means any
    public host.
    """

    url: str
    source: str
    interval_s: float
    language: str | None = None
    allow: tuple[str, ...] = ()

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
    interval: str = "5m"
    language: str | None = None
    allow: tuple[str, ...] = ()


def load(path: Path) -> tuple[FeedSpec, ...]:
    """Load the feeds of a file, in order; DocumentError lists every mistake in it."""
    document = yaml_document.load(path)
    feeds = parse_feeds(document)
    yaml_document.raise_if_bad([document])
    return feeds


def parse_feeds(document: YamlDocument) -> tuple[FeedSpec, ...]:
    """Return the valid feeds of a document, and report what is wrong with the others on it."""
    if document.problems or document.convert((), _FeedsFile) is None:
        return ()
    feeds = dict[str, FeedSpec]()
    for path, fields in document.items(("feeds",), _FeedFields):
        feed = _parse_feed(document, path, fields)
        if feed.url in feeds:
            document.report((*path, "url"), "this feed is listed twice", code="duplicate")
        feeds[feed.url] = feed
    return tuple(feeds.values())


def _parse_feed(document: YamlDocument, path: Steps, fields: _FeedFields) -> FeedSpec:
    check_source(document, path, fields.source, fields.language)
    for index, host in enumerate(fields.allow):
        if not _HOST.fullmatch(host):
            document.report(
                (*path, "allow", index),
                f"{host!r} is not a host name",
                code="bad-host",
                suggestion="write it like news.example, in lower case",
            )
    interval_s = _parse_interval(document, path, fields.interval)
    return FeedSpec(
        url=_parse_url(document, path, fields.url),
        source=fields.source,
        interval_s=interval_s,
        language=fields.language,
        allow=fields.allow,
    )


def _parse_interval(document: YamlDocument, path: Steps, text: str) -> float:
    match = _INTERVAL.fullmatch(text)
    seconds = int(match[1]) * _SECONDS[match[2]] if match else 0
    if not SHORTEST_S <= seconds <= LONGEST_S:
        document.report(
            (*path, "interval"),
            f"{text!r} is not an interval",
            code="bad-interval",
            suggestion="write 1s to 24h, like 90s, 5m or 1h",
        )
    return float(seconds)


def _parse_url(document: YamlDocument, path: Steps, url: str) -> str:
    """Return the URL as written, without a fragment: a feed may need all of its parameters."""
    try:
        canonical_url(url)
    except InvalidMessage as error:
        document.report((*path, "url"), str(error), code="bad-url")
    return url.strip().partition("#")[0]
