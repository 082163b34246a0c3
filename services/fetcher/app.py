"""Wiring: feeds → poll(), each feed parsed in a limited child process → articles.raw and feeds.v1."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from services.fetcher import feed_parser, feeds_file
from services.fetcher.download import Downloader
from services.fetcher.poll_loop import PollLoop, PollTools
from services.fetcher.settings import FetcherSettings
from shared.base import metrics
from shared.base.settings import ConfigurationError
from shared.http.clients import fetch_client
from shared.kafka.cluster import Cluster
from shared.kafka.topics import FEEDS
from shared.limits.process_pool import ProcessPool
from shared.service.worker import Service
from shared.stream.watchdog import Progress

NAME = "fetcher"
SAME_PARTITIONS: Final = ((FEEDS, FEEDS),)


def build(cluster: Cluster, progress: Progress, settings: FetcherSettings) -> Service:
    """The fetcher's process: its children and its poller. DocumentError, ConfigurationError where it is told nonsense."""
    specs = feeds_file.load(Path(settings.feeds_file)) if settings.feeds_file else ()
    downloads = _downloads(settings)
    children = ProcessPool(
        workers=settings.workers,
        time_limit_s=settings.item_time_limit_s,
        memory_limit_mb=settings.item_memory_limit_mb,
        preload=feed_parser.__name__,
        on_killed=lambda reason: metrics.CHILDREN_KILLED.labels(NAME, reason).inc(),
    )

    async def parse(body: bytes, content_type: str | None, url: str) -> feed_parser.ParsedFeed:
        return await children.call(feed_parser.parse, body, content_type, url)

    tools = PollTools(web=downloads, parse=parse, at_once=settings.feeds_at_once)
    poller = PollLoop(NAME, cluster, specs, tools, progress)
    return Service(
        name=NAME,
        components=[children, poller],
        progress=progress,
        checks={NAME: poller.assignment.obstacle},
    )


def _downloads(settings: FetcherSettings) -> Downloader:
    try:
        client = fetch_client(allowed=settings.fetch_allow.split(","))
    except ValueError as error:
        raise ConfigurationError(
            f"FETCH_ALLOW: {error}; name networks, addresses or hosts, comma-separated"
        ) from None
    return Downloader(
        client,
        now=lambda: datetime.now(UTC),
        per_host=settings.pages_per_host,
        per_host_per_s=settings.pages_per_host_per_s,
    )
