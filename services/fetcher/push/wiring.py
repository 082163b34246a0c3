"""Wire the push server and its stage, for the fetcher's process."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

from services.fetcher.push.article_api import ArticleApi, PushLimits
from services.fetcher.push.receipt_reader import ReceiptReader
from services.fetcher.push.receipts import take_push
from services.fetcher.push.server import PushServer
from services.fetcher.push.tokens import PushToken, load
from services.fetcher.settings import FetcherSettings
from shared.base import metrics
from shared.base.port_check import check_port
from shared.files.file_watcher import WatchedFolders
from shared.files.last_good import LastGood, ReloadLoop
from shared.files.reload_report import Reloads
from shared.kafka.cluster import Cluster
from shared.kafka.topics import PUSHES, RECEIPTS
from shared.limits.record_limits import RecordLimits
from shared.service.worker import Component
from shared.stream.stage import Stage, StageSpec
from shared.stream.watchdog import Progress
from shared.stream.work import StatefulWork

NAME: Final = "fetcher/push"


@dataclass(frozen=True, slots=True)
class PushParts:
    """What a process that is pushed to runs, and its readiness checks."""

    components: Sequence[Component] = ()
    checks: tuple[tuple[str, Callable[[], str]], ...] = ()


def build_push(cluster: Cluster, progress: Progress, settings: FetcherSettings) -> PushParts:
    """Build server and stage; nothing without PUSH_TOKENS_FILE.

    DocumentError if that file is invalid, ConfigurationError if the port is taken.
    """
    if not settings.push_tokens_file:
        return PushParts()
    check_port(settings.push_host, settings.push_port, "PUSH_PORT", "choose another PUSH_PORT")
    tokens = build_token_source(settings.push_tokens_file)
    stage = build_push_stage(cluster, progress, settings)
    server = build_push_server(cluster, settings, lambda: tokens.value)
    reloading = ReloadLoop(tokens, lambda _tokens: None)
    checks = (*stage.checks.items(), ("push server", server.obstacle))
    return PushParts((stage, server, reloading), checks)


def build_token_source(file: str) -> LastGood[tuple[PushToken, ...]]:
    """Return the push tokens, reloaded when their file changes; DocumentError if it is invalid."""
    path = Path(file)
    return LastGood(
        WatchedFolders(path),
        partial(load, path),
        Reloads("push tokens", metrics.PUSH_TOKENS_RELOADED, metrics.PUSH_TOKENS_RELOADED_AT),
    )


def build_push_stage(cluster: Cluster, progress: Progress, settings: FetcherSettings) -> Stage:
    """Build the stage that puts pushed articles on articles.raw."""
    spec = StageSpec(
        name=NAME,
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
