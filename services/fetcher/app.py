"""Wiring: feeds → poll_feed(), dropped files → DropBox, parsed in limited child processes.

Both write to articles.raw and feeds.v1. The feeds file is reloaded when it changes.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Final

from services.fetcher.download import Downloader
from services.fetcher.drop_box.wiring import build_drop_box
from services.fetcher.full_text.selected_part import select_part
from services.fetcher.mailbox.wiring import build_mailbox
from services.fetcher.parsing import feed_parser
from services.fetcher.parsing.feed_entry import ParsedFeed
from services.fetcher.polling.poll_loop import PollLoop, PollTools
from services.fetcher.push.websub.hub_notes import HubNotes
from services.fetcher.push.wiring import HubParts, build_push
from services.fetcher.robots.robots_files import Apply
from services.fetcher.robots.rules import RobotsRules, apply_rules
from services.fetcher.settings import FetcherSettings
from services.fetcher.source_writer import SourceWriter
from services.fetcher.sources.feed_address import reachable_by
from services.fetcher.sources.follow_feeds import (
    build_reload_loop,
    follow_feeds_file,
    polled_feeds,
)
from shared.base import metrics
from shared.base.exits import ConfigurationError
from shared.http.clients import Client, fetch_client
from shared.kafka.cluster import Cluster
from shared.kafka.topics import FEEDS, PUSHES, RECEIPTS
from shared.limits.process_pool import ProcessPool
from shared.limits.shortest_first import ShortestFirst
from shared.service.worker import Service
from shared.stream.watchdog import Progress

NAME = "fetcher"
SAME_PARTITIONS: Final = ((FEEDS, FEEDS), (PUSHES, RECEIPTS))


def build(cluster: Cluster, progress: Progress, settings: FetcherSettings) -> Service:
    """Build the fetcher's process: its child processes and its poll loop.

    DocumentError or ConfigurationError if the feeds file or the settings are invalid.
    """
    feeds = follow_feeds_file(
        settings.feeds_file, reachable_by(settings.allowed_hosts, settings.open_ports)
    )
    pool = build_pool(settings)
    turns = ShortestFirst(settings.workers)

    async def apply(body: bytes, urls: Sequence[str], user_agent: str) -> RobotsRules:
        async with turns.turn(len(body)):
            return await pool.call(apply_rules, body, urls, user_agent)

    async def parse(body: bytes, content_type: str | None, url: str) -> ParsedFeed:
        async with turns.turn(len(body)):
            return await pool.call(feed_parser.parse, body, content_type, url)

    async def select(content: bytes, content_type: str, selector: str) -> bytes | None:
        async with turns.turn(len(content)):
            return await pool.call(select_part, content, content_type, selector)

    downloader = build_downloader(settings, apply)
    notes = HubNotes(downloader)
    tools = PollTools(
        web=notes if settings.push_url else downloader,
        parse=parse,
        select=select,
        at_once=settings.feeds_at_once,
        per_host=settings.pages_per_host,
    )
    poll_loop = PollLoop(NAME, cluster, polled_feeds(feeds.value), tools, progress)
    reload_loop = build_reload_loop(feeds, poll_loop.use_feeds)
    writer = SourceWriter(NAME, cluster, poll_loop.assignment)
    drop_box = build_drop_box(settings, writer, pool, tools)
    mailbox = build_mailbox(settings, writer)
    hubs = HubParts(poll_loop, notes, partial(build_client, settings))
    push = build_push(cluster, progress, settings, hubs)
    return Service(
        name=NAME,
        components=[pool, reload_loop, poll_loop, *drop_box, *mailbox, *push.components],
        progress=progress,
        checks={NAME: poll_loop.assignment.obstacle, **dict(push.checks)},
        reload=reload_loop.request_reload,
    )


def build_pool(settings: FetcherSettings) -> ProcessPool:
    """Build the child processes that read what comes from the web, with their limits."""
    return ProcessPool(
        workers=settings.workers,
        time_limit_s=settings.item_time_limit_s,
        memory_limit_mb=settings.item_memory_limit_mb,
        preload="services.fetcher.parsing.warmup",
        on_killed=lambda reason: metrics.CHILDREN_KILLED.labels(NAME, reason).inc(),
    )


def build_client(settings: FetcherSettings) -> Client:
    """Build the HTTP client of these settings; ConfigurationError if they are invalid."""
    try:
        return fetch_client(
            allowed=settings.allowed_hosts,
            ports=settings.open_ports,
            user_agent=settings.fetch_user_agent,
            contact=settings.fetch_contact,
        )
    except ValueError as error:
        raise ConfigurationError(
            f"FETCH_ALLOW: {error}; name networks, addresses or hosts, comma-separated"
        ) from None


def build_downloader(settings: FetcherSettings, apply: Apply) -> Downloader:
    """Build the downloader of these settings; ``apply`` reads a robots.txt."""
    return Downloader(
        build_client(settings),
        now=lambda: datetime.now(UTC),
        apply=apply,
        per_host=settings.pages_per_host,
        per_host_per_s=settings.pages_per_host_per_s,
    )
