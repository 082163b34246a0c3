"""Wiring: feeds → poll_feed(), parsed in limited child processes → articles.raw and feeds.v1."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Final

from services.fetcher.download import Downloader
from services.fetcher.parsing import feed_parser
from services.fetcher.parsing.feed_entry import ParsedFeed
from services.fetcher.polling.poll_loop import PollLoop, PollTools
from services.fetcher.push.article_api import ArticleApi, PushLimits
from services.fetcher.push.receipt_reader import ReceiptReader
from services.fetcher.push.receipts import take_push
from services.fetcher.push.server import PushServer
from services.fetcher.push.tokens import PushToken
from services.fetcher.push.tokens import load as load_tokens
from services.fetcher.robots.robots_files import Apply
from services.fetcher.robots.rules import RobotsRules, apply_rules
from services.fetcher.settings import FetcherSettings
from services.fetcher.sources import feeds_file
from shared.base import metrics
from shared.base.exits import ConfigurationError
from shared.base.port_check import check_port
from shared.files.file_watcher import WatchedFolders
from shared.files.last_good import LastGood, ReloadLoop
from shared.files.reload_report import Reloads
from shared.http.clients import fetch_client
from shared.kafka.cluster import Cluster
from shared.kafka.topics import FEEDS, PUSHES, RECEIPTS
from shared.limits.process_pool import ProcessPool
from shared.limits.record_limits import RecordLimits
from shared.service.worker import Component, Service
from shared.stream.stage import Stage, StageSpec
from shared.stream.watchdog import Progress
from shared.stream.work import StatefulWork

NAME = "fetcher"
PUSH_NAME: Final = "fetcher/push"
SAME_PARTITIONS: Final = ((FEEDS, FEEDS), (PUSHES, RECEIPTS))


def build(cluster: Cluster, progress: Progress, settings: FetcherSettings) -> Service:
    """Build the fetcher's process: its child processes and its poll loop.

    DocumentError or ConfigurationError if the feeds file or the settings are invalid.
    """
    specs = feeds_file.load(Path(settings.feeds_file)) if settings.feeds_file else ()
    pool = ProcessPool(
        workers=settings.workers,
        time_limit_s=settings.item_time_limit_s,
        memory_limit_mb=settings.item_memory_limit_mb,
        preload="services.fetcher.parsing.warmup",
        on_killed=lambda reason: metrics.CHILDREN_KILLED.labels(NAME, reason).inc(),
    )

    async def apply(body: bytes, urls: Sequence[str], user_agent: str) -> RobotsRules:
        return await pool.call(apply_rules, body, urls, user_agent)

    async def parse(body: bytes, content_type: str | None, url: str) -> ParsedFeed:
        return await pool.call(feed_parser.parse, body, content_type, url)

    tools = PollTools(
        web=build_downloader(settings, apply), parse=parse, at_once=settings.feeds_at_once
    )
    poll_loop = PollLoop(NAME, cluster, specs, tools, progress)
    components: list[Component] = [pool, poll_loop]
    checks = {NAME: poll_loop.assignment.obstacle}
    if settings.push_tokens_file:
        check_port(settings.push_host, settings.push_port, "PUSH_PORT", "choose another PUSH_PORT")
        tokens = build_token_source(settings.push_tokens_file)
        stage = build_push_stage(cluster, progress, settings)
        server = build_push_server(cluster, settings, lambda: tokens.value)
        components += [stage, server, ReloadLoop(tokens, lambda _tokens: None)]
        checks |= {**stage.checks, PUSH_NAME: server.obstacle}
    return Service(name=NAME, components=components, progress=progress, checks=checks)


def build_token_source(file: str) -> LastGood[tuple[PushToken, ...]]:
    """Return the push tokens, reloaded when their file changes; DocumentError if it is invalid."""
    path = Path(file)
    return LastGood(
        WatchedFolders(path),
        partial(load_tokens, path),
        Reloads("push tokens", metrics.PUSH_TOKENS_RELOADED, metrics.PUSH_TOKENS_RELOADED_AT),
    )


def build_push_stage(cluster: Cluster, progress: Progress, settings: FetcherSettings) -> Stage:
    """Build the stage that puts pushed articles on articles.raw."""
    spec = StageSpec(
        name=PUSH_NAME,
        source=PUSHES,
        state=RECEIPTS,
        work=StatefulWork(take_push, RecordLimits.from_settings(settings)),
        checkpoint="t-fetched",
        max_records=settings.batch_max_records,
    )
    return Stage(spec, cluster, progress)


def build_push_server(
    cluster: Cluster, settings: FetcherSettings, tokens: Callable[[], Sequence[PushToken]]
) -> PushServer:
    """Build the server that articles are posted to."""
    receipts = ReceiptReader(cluster)
    limits = PushLimits(max_bytes=settings.push_max_kb * 1024, per_s=settings.push_per_s)
    api = ArticleApi(cluster, tokens, receipts, limits)
    return PushServer(settings.push_host, settings.push_port, api, receipts)


def build_downloader(settings: FetcherSettings, apply: Apply) -> Downloader:
    """Build the downloader of these settings; ``apply`` reads a robots.txt."""
    try:
        client = fetch_client(
            allowed=settings.fetch_allow.split(","),
            user_agent=settings.fetch_user_agent,
            contact=settings.fetch_contact,
        )
    except ValueError as error:
        raise ConfigurationError(
            f"FETCH_ALLOW: {error}; name networks, addresses or hosts, comma-separated"
        ) from None
    return Downloader(
        client,
        now=lambda: datetime.now(UTC),
        apply=apply,
        per_host=settings.pages_per_host,
        per_host_per_s=settings.pages_per_host_per_s,
    )
