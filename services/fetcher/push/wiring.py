"""Wire the push server and its stage, for the fetcher's process."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

from services.fetcher.polling.poll_loop import PollLoop
from services.fetcher.push.article_api import ArticleApi, PushLimits
from services.fetcher.push.receipt_reader import ReceiptReader
from services.fetcher.push.receipts import take_push
from services.fetcher.push.server import PushServer, ServerPart
from services.fetcher.push.tokens import PushToken, load
from services.fetcher.push.websub.callback_api import CallbackApi, HubRecords
from services.fetcher.push.websub.hub_notes import HubNotes
from services.fetcher.push.websub.subscriber import Subscriber
from services.fetcher.push.websub.subscription_book import SubscriptionBook
from services.fetcher.settings import FetcherSettings
from shared.base import metrics
from shared.base.port_check import check_port
from shared.files.file_watcher import WatchedFolders
from shared.files.last_good import LastGood, ReloadLoop
from shared.files.reload_report import Reloads
from shared.http.clients import Client
from shared.kafka.cluster import Cluster
from shared.kafka.topics import PUSHES, RECEIPTS, SUBSCRIPTIONS
from shared.limits.record_limits import RecordLimits
from shared.service.worker import Component
from shared.stream.followed_topic import FollowedTopic
from shared.stream.stage import Stage, StageSpec
from shared.stream.watchdog import Progress
from shared.stream.work import StatefulWork

NAME: Final = "fetcher/push"


@dataclass(frozen=True, slots=True)
class HubParts:
    """What subscribing to hubs needs of the rest of the process."""

    poll_loop: PollLoop
    notes: HubNotes
    client: Callable[[], Client]


@dataclass(frozen=True, slots=True)
class PushParts:
    """What a process that is pushed to runs, and its readiness checks."""

    components: Sequence[Component] = ()
    checks: tuple[tuple[str, Callable[[], str]], ...] = ()


def build_push(
    cluster: Cluster, progress: Progress, settings: FetcherSettings, hubs: HubParts
) -> PushParts:
    """Build the server, with the stage of posted articles and the subscriber of hubs.

    Nothing without PUSH_TOKENS_FILE and PUSH_URL. DocumentError if that file is invalid,
    ConfigurationError if the port is taken.
    """
    components, parts = list[Component](), list[ServerPart]()
    checks = list[tuple[str, Callable[[], str]]]()
    if settings.push_tokens_file:
        tokens = build_token_source(settings.push_tokens_file)
        stage = build_push_stage(cluster, progress, settings)
        components += [stage, ReloadLoop(tokens, lambda _tokens: None)]
        parts.append(build_article_api(cluster, settings, lambda: tokens.value))
        checks += stage.checks.items()
    if settings.push_url:
        subscriber, callbacks = build_subscriber(cluster, settings, hubs)
        components.append(subscriber)
        parts.append(callbacks)
    if not parts:
        return PushParts()
    check_port(settings.push_host, settings.push_port, "PUSH_PORT", "choose another PUSH_PORT")
    server = PushServer(settings.push_host, settings.push_port, parts)
    return PushParts((*components, server), (*checks, ("push server", server.obstacle)))


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


def build_article_api(
    cluster: Cluster, settings: FetcherSettings, tokens: Callable[[], Sequence[PushToken]]
) -> ArticleApi:
    """Build what answers POST /articles."""
    limits = PushLimits(max_bytes=settings.push_max_kb * 1024, per_s=settings.push_per_s)
    return ArticleApi(cluster, tokens, ReceiptReader(cluster), limits)


def build_subscriber(
    cluster: Cluster, settings: FetcherSettings, hubs: HubParts
) -> tuple[Subscriber, CallbackApi]:
    """Build what asks hubs, and what answers them."""
    book, poll_loop = SubscriptionBook(), hubs.poll_loop
    followed = FollowedTopic(cluster, SUBSCRIPTIONS.name, book.apply)
    topic, address = cluster.name(SUBSCRIPTIONS.name), settings.push_url
    subscriber = Subscriber(topic, followed, poll_loop, hubs.notes, hubs.client(), address, book)
    callbacks = CallbackApi(
        HubRecords(cluster),
        book,
        max_bytes=settings.push_max_kb * 1024,
        polls=lambda url: any(spec.url == url for spec in poll_loop.feeds),
        on_push=poll_loop.wake,
    )
    return subscriber, callbacks
