"""The board while it runs: its state, who watches it, and what they are told when it changes."""

import time
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from typing import Any, Final

import orjson

from services.board.questions.actor_directory import (
    MAX_RESULTS,
    ActorDirectory,
    empty_directory,
    profile,
    search,
    summary,
)
from services.board.questions.actor_mentions import recent_mentions
from services.board.questions.explanation import render_explanation
from services.board.sse import Hub
from services.board.state.board_state import BoardRecord, BoardState
from services.board.state.status import (
    ClusterState,
    ClusterStatus,
    ServiceStatus,
    Status,
    build_counts,
    build_feed_statuses,
)
from shared.base.log import get
from shared.base.outcomes import InvalidMessage

log = get(__name__)

CARDS_PER_EVENT: Final = 50
ALERTS_OF_AN_ACTOR: Final = 20
_OPTIONS: Final = orjson.OPT_UTC_Z


def now_ms() -> int:
    """This machine's clock, Unix ms."""
    return time.time_ns() // 1_000_000


class Live:
    """Joins the folded state to its viewers."""

    def __init__(
        self,
        *,
        alerts: int,
        viewers: int,
        epoch: str,
        articles: int = 0,
        clock_ms: Callable[[], int] = now_ms,
        directory: Callable[[], ActorDirectory] = empty_directory,
    ) -> None:
        self._directory = directory
        self.board = BoardState(limit=alerts, max_articles=articles)
        self.hub = Hub(epoch, self._greeting, viewers)
        self.services: tuple[ServiceStatus, ...] = ()
        self._clock_ms = clock_ms
        self._cluster = ClusterStatus(state="connecting", since_ms=clock_ms())
        self._unreadable = 0
        self._told = b""

    def take(self, records: Sequence[BoardRecord]) -> None:
        """Fold records in and tell the viewers which alerts changed."""
        changed: dict[str, None] = {}
        for record in records:
            try:
                changed |= dict.fromkeys(self.board.take(record))
            except InvalidMessage as error:
                self._unreadable += 1
                log.warning("record cannot be shown", topic=record.topic, error=str(error))
        ids = [alert for alert in changed if self.board.has_alert(alert)]
        for at in range(0, len(ids), CARDS_PER_EVENT):
            self.hub.publish(
                "alerts",
                self._encoded([self._shown(alert) for alert in ids[at : at + CARDS_PER_EVENT]]),
            )

    def update_cluster(
        self, state: ClusterState, detail: str = "", behind: int | None = None
    ) -> None:
        """Note how the board stands with Kafka, and say so."""
        since_ms = self._cluster.since_ms if state == self._cluster.state else self._clock_ms()
        self._cluster = ClusterStatus(state=state, since_ms=since_ms, detail=detail, behind=behind)
        self.publish_status()

    def publish_status(self) -> None:
        """Send the state panel to the viewers, if it changed."""
        told = self.status()
        if told != self._told:
            self._told = told
            self.hub.publish_transient("status", told)

    def status(self) -> bytes:
        """The state panel as JSON."""
        board = self.board
        status = Status(
            cluster=self._cluster,
            services=self.services,
            counts=build_counts(board, self._clock_ms()),
            feeds=build_feed_statuses(board.feeds.values()),
            unreadable=self._unreadable,
            limit=board.limit,
        )
        return self._encoded(status)

    def alerts(self, most: int) -> bytes:
        """The newest alerts as JSON, each with what became of it."""
        return self._encoded([self._shown(card.id) for card in self.board.cards()[:most]])

    def explanation(self, alert_id: str) -> bytes | None:
        """The explanation of an alert as JSON; None where it is not on the board."""
        board = self.board
        if not board.has_alert(alert_id):
            return None
        told = board.explanation(alert_id)
        return self._encoded(
            render_explanation(told, board.card(alert_id), board.recent.record(told.article_id))
        )

    def articles(self) -> bytes:
        """The recent articles as JSON, the last that came first."""
        listed = [
            {
                "id": one.id,
                "headline": one.headline,
                "source": one.source,
                "published": one.published,
            }
            for one in self.board.recent.newest_first()
        ]
        return self._encoded(listed)

    def actors(self, asked: str) -> bytes:
        """Those whose name has ``asked`` in it, as JSON; where nothing is asked, those whom most recent articles name."""
        among, today = self._directory(), self._today()
        if asked.strip():
            return self._encoded(search(asked, among, today))
        named = Counter(
            actor
            for kept in self.board.recent.newest_first()
            for actor in kept.actors
            if actor in among.names
        )
        often = sorted(named, key=lambda actor: (-named[actor], actor))[:MAX_RESULTS]
        return self._encoded(
            [summary(actor, among, today) | {"articles": named[actor]} for actor in often]
        )

    def actor(self, actor_id: str) -> bytes | None:
        """One actor's page as JSON: who, the terms on record, recent mentions and alerts; None where nobody has this id."""
        shown = profile(actor_id, self._directory(), self._today())
        if shown is None:
            return None
        alerts = self.board.cards_naming(actor_id)
        told = [self._shown(card.id) for card in alerts[:ALERTS_OF_AN_ACTOR]]
        return self._encoded(
            shown
            | {
                "mentions": recent_mentions(actor_id, self.board.recent.newest_first()),
                "alerts": told,
                "alerts_in_all": len(alerts),
            }
        )

    def _today(self) -> date:
        return datetime.fromtimestamp(self._clock_ms() / 1000, UTC).date()

    def _greeting(self) -> list[tuple[str, bytes]]:
        return [("snapshot", self.alerts(self.board.limit)), ("status", self.status())]

    def _shown(self, alert_id: str) -> dict[str, Any]:
        return {"card": self.board.card(alert_id), "lines": self.board.lines(alert_id)}

    @staticmethod
    def _encoded(value: object) -> bytes:
        return orjson.dumps(value, option=_OPTIONS)
