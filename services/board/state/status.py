"""The page's state panel: the cluster, the services, the counts and the feeds. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from services.board.state.board_state import BoardState
from services.board.state.excerpt import shorten
from services.board.state.feed_rows import address_without_query
from services.board.state.service_metrics import StageMetrics
from shared.messages.schemas import FeedState

MAX_FEEDS: Final = 40
DETAIL_CHARACTERS: Final = 200

ClusterState = Literal["connecting", "connected", "lost"]
Health = Literal["up", "not ready", "down"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterStatus:
    """The connection to Kafka.

    Since when (Unix ms), why, and how many records are still to read, if known.
    """

    state: ClusterState
    since_ms: int
    detail: str = ""
    behind: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceStatus:
    """One service according to its own probes."""

    name: str
    state: Health
    detail: str = ""
    stages: tuple[StageMetrics, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedStatus:
    """One feed: its address without a query, its last poll, and the error since its last success.

    ``gone`` is since when its server has answered that the feed no longer exists.
    """

    feed: str
    polled: datetime | None
    failures: int
    error: str
    gone: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """Records by the time they were written.

    Articles and alerts per minute of the last hour, dead letters per hour of the last day.
    """

    articles: tuple[int, ...]
    alerts: tuple[int, ...]
    dead_letters: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryCounts:
    """Messages and dispatches that are not delivered, and alerts that wait or are lost.

    ``undecided`` and ``difference`` are those of the last comparison.
    """

    undecided: int = 0
    waiting: int = 0
    retrying: int = 0
    parked: int = 0
    difference: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """The state panel.

    ``unreadable`` counts records that the board could not decode; ``limit`` is how many alerts it
    keeps.
    """

    cluster: ClusterStatus
    services: tuple[ServiceStatus, ...]
    counts: Counts
    feeds: tuple[FeedStatus, ...]
    deliveries: DeliveryCounts
    unreadable: int
    limit: int


def build_counts(board: BoardState, now_ms: int) -> Counts:
    """Return the counts of the windows that end now."""
    return Counts(
        articles=board.articles.series(now_ms),
        alerts=board.alerts.series(now_ms),
        dead_letters=board.dead_letters.series(now_ms),
    )


def build_feed_statuses(states: Iterable[FeedState]) -> tuple[FeedStatus, ...]:
    """Return the feeds, failing ones first, then by address."""
    statuses = (
        FeedStatus(
            feed=address_without_query(state.url),
            polled=state.polled_at,
            failures=state.failures,
            error=shorten(state.last_error or "", DETAIL_CHARACTERS),
            gone=(state.gone_since or state.polled_at) if state.gone else None,
        )
        for state in states
    )
    return tuple(sorted(statuses, key=lambda feed: (feed.gone is None, -feed.failures, feed.feed)))[
        :MAX_FEEDS
    ]
