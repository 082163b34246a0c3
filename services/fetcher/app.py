"""Wiring: feeds → poll_feed(), parsed in limited child processes → articles.raw and feeds.v1."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from services.fetcher import feeds_file
from services.fetcher.download import Downloader
from services.fetcher.parsing import feed_parser
from services.fetcher.poll_loop import PollLoop, PollTools
from services.fetcher.settings import FetcherSettings
from shared.base import metrics
from shared.base.exits import ConfigurationError
from shared.http.clients import fetch_client
from shared.kafka.cluster import Cluster
from shared.kafka.topics import FEEDS
from shared.limits.process_pool import ProcessPool
from shared.service.worker import Service
from shared.stream.watchdog import Progress

NAME = "fetcher"
SAME_PARTITIONS: Final = ((FEEDS, FEEDS),)


def build(cluster: Cluster, progress: Progress, settings: FetcherSettings) -> Service:
    """Build the fetcher's process: its child processes and its poll loop.

    DocumentError or ConfigurationError if the feeds file or the settings are invalid.
    """
    specs = feeds_file.load(Path(settings.feeds_file)) if settings.feeds_file else ()
    downloader = _build_downloader(settings)
    pool = ProcessPool(
        workers=settings.workers,
        time_limit_s=settings.item_time_limit_s,
        memory_limit_mb=settings.item_memory_limit_mb,
        preload=feed_parser.LIBRARY,
        on_killed=lambda reason: metrics.CHILDREN_KILLED.labels(NAME, reason).inc(),
    )

    async def parse(body: bytes, content_type: str | None, url: str) -> feed_parser.ParsedFeed:
        return await pool.call(feed_parser.parse, body, content_type, url)

    tools = PollTools(web=downloader, parse=parse, at_once=settings.feeds_at_once)
    poll_loop = PollLoop(NAME, cluster, specs, tools, progress)
    return Service(
        name=NAME,
        components=[pool, poll_loop],
        progress=progress,
        checks={NAME: poll_loop.assignment.obstacle},
    )


def _build_downloader(settings: FetcherSettings) -> Downloader:
    try:
        client = fetch_client(
            allowed=settings.fetch_allow.split(","), user_agent=settings.fetch_user_agent
        )
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
