"""Wiring: the topics → Live → the page; the services' probes → Live."""

import secrets

from services.board.cleanings import Cleanings
from services.board.desk import MEMORY_LIMIT_MB, TIME_LIMIT_S, Desk
from services.board.feed import Feed
from services.board.live import Live
from services.board.originals import Originals
from services.board.pages import routes
from services.board.poll import Poller
from services.board.settings import BoardSettings, services
from services.board.trials import Trials
from shared.isolation import Children
from shared.kafka import Cluster
from shared.watchdog import Progress
from shared.worker import Runs, Service

NAME = "board"
WARM = "services.board.warm"
"""What the child process has loaded; this process need not."""


def build(cluster: Cluster, progress: Progress, settings: BoardSettings) -> Service:
    """The board's process."""
    live = Live(alerts=settings.board_alerts, viewers=settings.board_viewers, epoch=secrets.token_hex(4), articles=settings.board_articles)
    feed = Feed(cluster, live, progress, look_s=settings.board_poll_s)
    poller = Poller(live, services(settings.board_services), every_s=settings.board_poll_s)
    children = Children(workers=1, time_limit_s=TIME_LIMIT_S, memory_limit_mb=MEMORY_LIMIT_MB, preload=WARM)
    desk = Desk(children.call)
    trials = Trials(live.board.recent, desk, (str(settings.actors_dir), str(settings.keywords_dir)))
    cleanings = Cleanings(live.board.recent, desk, Originals(cluster).find)
    runs: list[Runs] = [feed, poller, children]
    return Service(name=NAME, runs=runs, progress=progress, ready=lambda: feed.caught_up, routes=routes(live, trials, cleanings))
