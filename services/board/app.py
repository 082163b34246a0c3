"""Wiring: the topics → Live → the page; the services' probes → Live."""

import secrets

from services.board.feed import Feed
from services.board.live import Live
from services.board.pages import routes
from services.board.poll import Poller
from services.board.questions.actor_directory import Directory, directory, nobody
from services.board.questions.clean_preview import Cleanings
from services.board.questions.gate import MEMORY_LIMIT_MB, TIME_LIMIT_S, Desk
from services.board.questions.originals import Originals
from services.board.questions.rule_preview_requests import Trials
from services.board.settings import BoardSettings, services
from services.tagger.data.entry_catalogue import load_catalogue
from shared.base import metrics
from shared.files.file_watcher import WatchedFolders
from shared.files.last_good import LastGood, ReloadLoop
from shared.files.reloads import Reloads
from shared.http.host_names import HostNames
from shared.http.request_policy import RequestPolicy
from shared.kafka.cluster import Cluster
from shared.limits.process_pool import ProcessPool
from shared.service.worker import Component, Service
from shared.stream.watchdog import Progress

NAME = "board"
WARM = "services.board.questions.warmup"
"""What the child process has loaded; this process need not."""


def build(cluster: Cluster, progress: Progress, settings: BoardSettings) -> Service:
    """The board's process."""
    good = known(settings)
    live = Live(
        alerts=settings.board_alerts,
        viewers=settings.board_viewers,
        epoch=secrets.token_hex(4),
        articles=settings.board_articles,
        directory=lambda: good.value,
    )
    feed = Feed(cluster, live, progress, look_s=settings.board_poll_s)
    poller = Poller(live, services(settings.board_services), every_s=settings.board_poll_s)
    children = ProcessPool(
        workers=1, time_limit_s=TIME_LIMIT_S, memory_limit_mb=MEMORY_LIMIT_MB, preload=WARM
    )
    desk, folders = Desk(children.call), (str(settings.actors_dir), str(settings.keywords_dir))
    trials = Trials(live.board.recent, desk, lambda: (*folders, str(good.version)))
    pages = routes(live, trials, Cleanings(live.board.recent, desk, Originals(cluster).find))
    following = ReloadLoop(good, lambda _directory: None)
    runs: list[Component] = [feed, poller, children, following]
    return Service(
        name=NAME,
        components=runs,
        progress=progress,
        checks={NAME: feed.obstacle},
        routes=pages,
        reload=following.request_reload,
        request_policy=build_request_policy(settings),
    )


def build_request_policy(settings: BoardSettings) -> RequestPolicy:
    """Return the names by which the board is asked; every other is refused, because a page of another site may stand behind it."""
    return RequestPolicy(
        HostNames.from_settings(settings.board_hosts, settings.http_host), "BOARD_HOSTS"
    )


def known(settings: BoardSettings) -> LastGood[Directory]:
    """Who the tagger knows; nobody until its files are good, because a board that shows alerts is needed most then."""
    folders = (settings.actors_dir, settings.keywords_dir)
    reloads = Reloads("actors", metrics.ACTORS_RELOADED, metrics.ACTORS_RELOADED_AT)
    return LastGood(
        WatchedFolders(*folders),
        lambda: directory(load_catalogue(*folders)),
        reloads,
        empty=nobody(),
    )
