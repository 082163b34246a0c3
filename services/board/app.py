"""Wiring: the topics → Live → the page; the services' probes → Live."""

import secrets

from services.board.feed import Feed
from services.board.live import Live
from services.board.pages import routes
from services.board.poll import Poller
from services.board.settings import BoardSettings, services
from shared.kafka import Cluster
from shared.watchdog import Progress
from shared.worker import Service

NAME = "board"


def build(cluster: Cluster, progress: Progress, settings: BoardSettings) -> Service:
    """The board's process."""
    live = Live(alerts=settings.board_alerts, viewers=settings.board_viewers, epoch=secrets.token_hex(4))
    feed = Feed(cluster, live, progress, look_s=settings.board_poll_s)
    poller = Poller(live, services(settings.board_services), every_s=settings.board_poll_s)
    return Service(name=NAME, runs=[feed, poller], progress=progress, ready=lambda: feed.caught_up, routes=routes(live))
