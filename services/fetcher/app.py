"""Wiring: feeds → poll(), each feed parsed in a limited child process → articles.raw and feeds.v1."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from services.fetcher import feed, feeds_file
from services.fetcher.download import Downloads
from services.fetcher.poller import Poller, Tools
from services.fetcher.settings import FetcherSettings
from shared import metrics
from shared.http import fetch_client
from shared.isolation import Children
from shared.kafka import Cluster
from shared.settings import ConfigurationError
from shared.topics import FEEDS
from shared.watchdog import Progress
from shared.worker import Service

NAME = "fetcher"
SAME_PARTITIONS: Final = ((FEEDS, FEEDS),)


def build(cluster: Cluster, progress: Progress, settings: FetcherSettings) -> Service:
    """The fetcher's process: its children and its poller. DocumentError, ConfigurationError where it is told nonsense."""
    specs = feeds_file.load(Path(settings.feeds_file)) if settings.feeds_file else ()
    downloads = _downloads(settings)
    children = Children(
        workers=settings.workers,
        time_limit_s=settings.item_time_limit_s,
        memory_limit_mb=settings.item_memory_limit_mb,
        preload=feed.__name__,
        on_killed=lambda reason: metrics.CHILDREN_KILLED.labels(NAME, reason).inc(),
    )

    async def parse(body: bytes, content_type: str | None, url: str) -> feed.Feed:
        return await children.call(feed.parse, body, content_type, url)

    tools = Tools(web=downloads, parse=parse, at_once=settings.feeds_at_once)
    poller = Poller(NAME, cluster, specs, tools, progress)
    return Service(name=NAME, runs=[children, poller], progress=progress, checks={NAME: poller.ownership.obstacle})


def _downloads(settings: FetcherSettings) -> Downloads:
    try:
        client = fetch_client(allowed=settings.fetch_allow.split(","))
    except ValueError as error:
        raise ConfigurationError(f"FETCH_ALLOW: {error}; name networks, addresses or hosts, comma-separated") from None
    return Downloads(client, now=lambda: datetime.now(UTC), per_host=settings.pages_per_host, per_host_per_s=settings.pages_per_host_per_s)
