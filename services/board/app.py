"""Wiring: the topics → Live → the page; the services' probes → Live."""

import secrets
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

from services.alerting.routes.parse_routes import load_routes
from services.alerting.routes.routes import Routes
from services.board.feed import TopicReader
from services.board.feedback.pages import FeedbackPages
from services.board.live import Live
from services.board.measure import MeasuresLoop
from services.board.pages import build_routes
from services.board.poll import ServicePoller
from services.board.questions.actor_directory import (
    ActorDirectory,
    build_directory,
    empty_directory,
)
from services.board.questions.clean_preview import CleanPreviews
from services.board.questions.gate import MEMORY_LIMIT_MB, TIME_LIMIT_S, RequestGate
from services.board.questions.originals import Originals
from services.board.questions.question_pool import QuestionPool
from services.board.questions.rule_preview_requests import RulePreviews
from services.board.reconcile import ReconciliationLoop
from services.board.requests.feed_polls import build_feed_polls
from services.board.requests.redrive import build_redrives
from services.board.requests.silences import Silences
from services.board.requests.writer import build_send
from services.board.settings import BoardSettings, parse_services
from services.tagger.data.entry_catalogue import load_catalogue
from shared.base import metrics
from shared.files.file_watcher import WatchedFolders
from shared.files.last_good import LastGood, ReloadLoop
from shared.files.reload_report import Reloads
from shared.http.host_names import HostNames
from shared.http.request_policy import RequestPolicy
from shared.kafka.cluster import Cluster
from shared.kafka.topics import FEEDBACK, SILENCES
from shared.limits.process_pool import ProcessPool
from shared.service.web_server import Route
from shared.service.worker import Component, Service
from shared.stream.watchdog import Progress

NAME = "board"
PRELOAD = "services.board.questions.warmup"
"""What the child process has loaded; this process need not."""
ASKING_PAGES = frozenset(("/try", "/clean"))
"""Pages whose questions the child process answers: opening one begins to start it."""


def build(cluster: Cluster, progress: Progress, settings: BoardSettings) -> Service:
    """Build the board's service."""
    good = build_directory_source(settings)
    live = Live(
        alerts=settings.board_alerts,
        viewers=settings.board_viewers,
        epoch=secrets.token_hex(4),
        articles=settings.board_articles,
        directory=lambda: good.value,
    )
    feed = TopicReader(cluster, live, progress, look_s=settings.board_poll_s)
    poller = ServicePoller(
        live, parse_services(settings.board_services), every_s=settings.board_poll_s
    )
    pool = build_pool()
    routing = build_routes_source(settings)
    routes = build_route_table(cluster, live, settings, pool, good, routing)
    following = ReloadLoop(good, lambda _directory: None)
    components: list[Component] = [
        feed,
        poller,
        pool,
        following,
        ReloadLoop(routing, lambda _routes: None),
        ReconciliationLoop(cluster, live, operators=settings.delivery_fallback),
        MeasuresLoop(cluster, live),
    ]
    return Service(
        name=NAME,
        components=components,
        progress=progress,
        checks={NAME: feed.obstacle},
        routes=routes,
        reload=following.request_reload,
        request_policy=build_request_policy(settings),
    )


def build_route_table(
    cluster: Cluster,
    live: Live,
    settings: BoardSettings,
    pool: QuestionPool,
    good: LastGood[ActorDirectory],
    routing: LastGood[Routes],
) -> list[Route]:
    """Return all that the board serves, with those who answer what people ask."""
    gate = RequestGate(pool.call)
    folders = (str(settings.actors_dir), str(settings.keywords_dir))
    rule_previews = RulePreviews(
        live.board.recent,
        gate,
        lambda: (*folders, str(good.version)),
        routes=lambda: routing.value,
    )
    clean_previews = CleanPreviews(live.board.recent, gate, Originals(cluster).find)
    routes: list[Route] = [
        (path, pool.opening(handler) if path in ASKING_PAGES else handler)
        for path, handler in build_routes(
            live,
            rule_previews,
            clean_previews,
            build_redrives(cluster, live.board.undelivered),
            build_silences(cluster, live),
            build_feed_polls(cluster, live.board),
        )
    ]
    return [*routes, *build_feedback_pages(cluster, live, settings).routes()]


def build_pool() -> QuestionPool:
    """Return the child process that answers what people ask, with its limits."""
    return QuestionPool(
        ProcessPool(
            workers=1, time_limit_s=TIME_LIMIT_S, memory_limit_mb=MEMORY_LIMIT_MB, preload=PRELOAD
        )
    )


def build_request_policy(settings: BoardSettings) -> RequestPolicy:
    """Return the check of the host names under which the board may be requested.

    Any other name is refused: a page of another site may have pointed it at this machine. The host
    of BOARD_URL is one of them, and pages of that address may request it through a proxy.
    """
    public_host = urlsplit(settings.board_url).hostname or ""
    hosts = ",".join(filter(None, (settings.board_hosts, public_host)))
    return RequestPolicy(
        HostNames.from_settings(hosts, settings.http_host), "BOARD_HOSTS", settings.board_url
    )


def build_silences(cluster: Cluster, live: Live) -> Silences:
    """Return the answers about silences."""
    return Silences(live.board.desk, cluster.name(SILENCES.name), build_send(cluster))


def build_feedback_pages(cluster: Cluster, live: Live, settings: BoardSettings) -> FeedbackPages:
    """Return the pages behind the links in messages."""
    topics = (cluster.name(FEEDBACK.name), cluster.name(SILENCES.name))
    return FeedbackPages(settings.message_links(), live.board, topics, build_send(cluster))


def build_routes_source(settings: BoardSettings) -> LastGood[Routes]:
    """Return the routes by which previews count messages, reloaded when their file changes.

    Without a valid file there are none: alerting refuses to start with a bad one.
    """
    file = settings.routes_file
    return LastGood(
        WatchedFolders(Path(file)) if file else WatchedFolders(),
        partial(load_routes, Path(file)) if file else Routes,
        Reloads("routes", metrics.ROUTES_RELOADED, metrics.ROUTES_RELOADED_AT),
        empty=Routes(),
    )


def build_directory_source(settings: BoardSettings) -> LastGood[ActorDirectory]:
    """Return the directory of actors, reloaded when its files change.

    It is empty until its files are valid: a board that shows alerts is needed most when files are
    broken.
    """
    folders = (settings.actors_dir, settings.keywords_dir)
    reloads = Reloads("actors", metrics.ACTORS_RELOADED, metrics.ACTORS_RELOADED_AT)
    return LastGood(
        WatchedFolders(*folders),
        lambda: build_directory(load_catalogue(*folders)),
        reloads,
        empty=empty_directory(),
    )
