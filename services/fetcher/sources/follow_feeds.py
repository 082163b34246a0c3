"""The feeds file as a running fetcher has it: the last valid one, reloaded when it changes.

A secret file that a feed names counts as a part of it.
"""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Final

from services.fetcher.sources.feed_address import IsReachable
from services.fetcher.sources.feeds_file import FeedSpec, parse_feeds
from shared.base import metrics
from shared.base.log import get
from shared.files import yaml_document
from shared.files.file_watcher import WatchedFolders
from shared.files.last_good import LastGood, ReloadLoop
from shared.files.reload_report import Reloads
from shared.messages.ids import content_id

log = get(__name__)

Feeds = tuple[FeedSpec, ...]
REVISION_CHARACTERS: Final = 12


def follow_feeds_file(name: str, is_reachable: IsReachable | None = None) -> LastGood[Feeds]:
    """Load the feeds; without a file there are none. DocumentError lists every mistake."""
    reloads = Reloads("feeds", metrics.FEEDS_RELOADED, metrics.FEEDS_RELOADED_AT)
    if not name:
        return LastGood(WatchedFolders(), tuple, reloads)
    files = WatchedFolders(Path(name))

    def load() -> Feeds:
        document = yaml_document.load(Path(name))
        feeds = parse_feeds(document, is_reachable)
        if feeds:
            # Also if there are mistakes: one may be a secret file that is still to be written.
            files.watch_also(*(Path(file) for feed in feeds for file in feed.secret_files))
        yaml_document.raise_if_bad([document])
        for warning in document.problems:
            log.warning("feeds file has a flaw", because=str(warning))
        return feeds

    return LastGood(files, load, reloads, describe=revision_of)


def build_reload_loop(
    feeds: LastGood[Feeds], use_feeds: Callable[[Sequence[FeedSpec]], None]
) -> ReloadLoop[Feeds]:
    """Return the component that reloads the feeds; ``use_feeds`` is called with those to poll."""
    current = feeds.value
    _publish_revision(current)

    def switch(loaded: Feeds) -> None:
        nonlocal current
        if loaded != current:
            use_feeds(polled_feeds(loaded))
            _publish_revision(loaded)
            _log_change(current, loaded)
        current = loaded

    return ReloadLoop(feeds, switch)


def polled_feeds(feeds: Iterable[FeedSpec]) -> tuple[FeedSpec, ...]:
    """Return the feeds that are enabled."""
    return tuple(feed for feed in feeds if feed.enabled)


def revision_of(feeds: Feeds) -> str:
    """Return the hash of the feeds in any order, without the values of headers."""
    return content_id("feeds", *sorted(map(repr, feeds)))[:REVISION_CHARACTERS]


def _publish_revision(feeds: Feeds) -> None:
    metrics.FEEDS_REVISION.clear()
    metrics.FEEDS_REVISION.labels(revision_of(feeds)).set(1)


def _log_change(before: Feeds, after: Feeds) -> None:
    old, new = ({feed.url: feed for feed in polled_feeds(feeds)} for feeds in (before, after))
    log.info(
        "feeds reloaded",
        revision=revision_of(after),
        feeds=len(new),
        added=len(new.keys() - old.keys()),
        removed=len(old.keys() - new.keys()),
        changed=sum(old[url] != new[url] for url in old.keys() & new.keys()),
    )
