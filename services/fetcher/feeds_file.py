"""seeds/feeds.yaml: which feeds are asked, how often, and what their articles are filed under. All mistakes are told at once."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from services.fetcher.canonical_url import canonical_url
from services.fetcher.manifest import LANGUAGE, SOURCE
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
    """One feed. ``allow``: the hosts (with their sub-domains) that its entries may point to; none named allows every public host."""

    url: str
    source: str
    interval_s: float
    language: str | None = None
    allow: tuple[str, ...] = ()

    def allows(self, host: str) -> bool:
        """Whether a page on this host may be downloaded for the feed."""
        return not self.allow or any(
            host == name or host.endswith(f".{name}") for name in self.allow
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _File:
    feeds: list[object]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Line:
    """An element of ``feeds`` as it is written."""

    url: str
    source: str
    interval: str = "5m"
    language: str | None = None
    allow: tuple[str, ...] = ()


def load(path: Path) -> tuple[FeedSpec, ...]:
    """The feeds of a file, in its order. Raises DocumentError with every mistake."""
    document = yaml_document.load(path)
    feeds = parse_feeds(document)
    yaml_document.raise_if_bad([document])
    return feeds


def parse_feeds(document: YamlDocument) -> tuple[FeedSpec, ...]:
    """The good feeds of a document; what is wrong with the others becomes its problems."""
    if document.problems or document.convert((), _File) is None:
        return ()
    feeds = dict[str, FeedSpec]()
    for path, line in document.items(("feeds",), _Line):
        feed = _feed(document, path, line)
        if feed.url in feeds:
            document.report((*path, "url"), "this feed is listed twice", code="duplicate")
        feeds[feed.url] = feed
    return tuple(feeds.values())


def _feed(document: YamlDocument, path: Steps, line: _Line) -> FeedSpec:
    if not SOURCE.fullmatch(line.source):
        hint = "write small letters, digits, '.', '_', '-'; at most 64"
        document.report(
            (*path, "source"),
            f"{line.source!r} is no source id",
            code="bad-source",
            suggestion=hint,
        )
    if line.language is not None and not LANGUAGE.fullmatch(line.language):
        document.report(
            (*path, "language"),
            f"{line.language!r} is no language code",
            code="bad-language",
            suggestion="write it like en or pt-BR",
        )
    for index, host in enumerate(line.allow):
        if not _HOST.fullmatch(host):
            document.report(
                (*path, "allow", index),
                f"{host!r} is no host name",
                code="bad-host",
                suggestion="write it like news.example, in small letters",
            )
    interval_s = _interval(document, path, line.interval)
    return FeedSpec(
        url=_url(document, path, line.url),
        source=line.source,
        interval_s=interval_s,
        language=line.language,
        allow=line.allow,
    )


def _interval(document: YamlDocument, path: Steps, text: str) -> float:
    match = _INTERVAL.fullmatch(text)
    seconds = int(match[1]) * _SECONDS[match[2]] if match else 0
    if not SHORTEST_S <= seconds <= LONGEST_S:
        document.report(
            (*path, "interval"),
            f"{text!r} is no interval",
            code="bad-interval",
            suggestion="write 1s to 24h, like 90s, 5m or 1h",
        )
    return float(seconds)


def _url(document: YamlDocument, path: Steps, url: str) -> str:
    """The URL as it is written, without a fragment: a feed's parameters are its own business."""
    try:
        canonical_url(url)
    except InvalidMessage as error:
        document.report((*path, "url"), str(error), code="bad-url")
    return url.strip().partition("#")[0]
