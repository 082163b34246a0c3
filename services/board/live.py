"""The running board: its state, its viewers, and what they are sent when it changes."""

import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
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
from services.board.reconciliation_report import (
    ReconciliationReport,
    report_balances,
    summarise_balances,
)
from services.board.sse import Hub
from services.board.state.board_state import BoardRecord, BoardState
from services.board.state.deliveries.reconciliation import CommittedOffsets
from services.board.state.feed_rows import summarise_feeds
from services.board.state.start_offsets import RECONCILED_MS
from services.board.state.status import (
    ClusterState,
    ClusterStatus,
    DeliveryCounts,
    ServiceStatus,
    Status,
    build_counts,
    build_feed_statuses,
)
from services.board.state.stories.story_card import StoryCard
from shared.base.log import get
from shared.base.outcomes import InvalidMessage
from shared.feedback.feedback_book import WRONG_REASONS
from shared.feedback.rule_measures import RuleActivity, RuleMeasure

log = get(__name__)

CARDS_PER_EVENT: Final = 50
"""Alerts in one event; a story with more has an event of its own."""
ALERTS_OF_AN_ACTOR: Final = 20
_OPTIONS: Final = orjson.OPT_UTC_Z


def now_ms() -> int:
    """Return this machine's clock in Unix ms."""
    return time.time_ns() // 1_000_000


class Live:
    """Connects the board's state to its viewers.

    Everything that was written before ``read_until_ms`` (Unix ms) has been taken.
    """

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
        self.board = BoardState(
            limit=alerts, max_articles=articles, since_ms=clock_ms() - RECONCILED_MS
        )
        self.reconciled = ReconciliationReport()
        self.activity = RuleActivity()
        self.read_until_ms = 0
        self.hub = Hub(epoch, self._greeting, viewers)
        self.services: tuple[ServiceStatus, ...] = ()
        self._clock_ms = clock_ms
        self._cluster = ClusterStatus(state="connecting", since_ms=clock_ms())
        self._unreadable = 0
        self._last_status = b""

    def take(self, records: Sequence[BoardRecord]) -> None:
        """Apply records to the state, and send the viewers the alerts that changed."""
        changed: dict[str, None] = {}
        for record in records:
            try:
                changed |= dict.fromkeys(self.board.take(record))
            except InvalidMessage as error:
                self._unreadable += 1
                log.warning("record cannot be shown", topic=record.topic, error=str(error))
        ids = [alert for alert in changed if self.board.has_alert(alert)]
        stories = dict.fromkeys(self.board.story_of(alert) for alert in ids)
        for views in _in_parts([self._story_view(self.board.story(each)) for each in stories]):
            self.hub.publish("stories", self._encode(views))

    def reconcile(self, committed: CommittedOffsets) -> None:
        """Compare the alerts with their outcomes.

        ``committed`` must be what was committed at ``read_until_ms`` or before.
        """
        board, now = self.board, self._clock_ms()
        board.undelivered.take_committed(committed.dispatches)
        balances = board.reconciliation.balances(now, committed, board.undelivered.is_waiting)
        self.reconciled = report_balances(self.reconciled, balances, now)
        self.publish_status()

    def deliveries(self) -> bytes:
        """Return what is not delivered, and the balances of rules and destinations, as JSON."""
        undelivered = self.board.undelivered
        return self._encode(
            {
                "destinations": undelivered.by_destination(),
                "left_out": undelivered.left_out,
                "is_read": self.read_until_ms > 0 and self._cluster.state == "connected",
                "reconciliation": summarise_balances(
                    self.reconciled, forgotten=self.board.reconciliation.forgotten
                ),
            }
        )

    def measure_rules(self) -> list[RuleMeasure]:
        """Return what is measured of each active rule."""
        feedback = self.board.desk.feedback.feedback
        return self.activity.measure(self.board.rule_titles, feedback, self._clock_ms())

    def rules(self) -> bytes:
        """Return the same as JSON."""
        return self._encode(self.measure_rules())

    def count_feedback(self) -> dict[str, int]:
        """Return how often people said what of messages: acknowledged, or why one is wrong."""
        counts = dict.fromkeys(("acknowledged", *WRONG_REASONS), 0)
        for each in self.board.desk.feedback.feedback:
            if each.withdrawn_at is None:
                counts[each.wrong_reason or each.kind] += 1
        return counts

    def sources(self) -> bytes:
        """Return which sources are quiet, when each was read last, and daily lines, as JSON."""
        return self._encode(self.board.sources.summary(self._now()))

    def feeds(self) -> bytes:
        """Return the feeds with their health and rhythm as JSON."""
        board = self.board
        feeds = summarise_feeds(board.feeds.values(), board.feed_requests, self._now())
        return self._encode(feeds)

    def update_cluster(
        self, state: ClusterState, detail: str = "", behind: int | None = None
    ) -> None:
        """Record the state of the connection to Kafka, and publish it."""
        since_ms = self._cluster.since_ms if state == self._cluster.state else self._clock_ms()
        self._cluster = ClusterStatus(state=state, since_ms=since_ms, detail=detail, behind=behind)
        self.publish_status()

    def publish_status(self) -> None:
        """Send the state panel to the viewers if it changed."""
        status = self.status()
        if status != self._last_status:
            self._last_status = status
            self.hub.publish_transient("status", status)

    def status(self) -> bytes:
        """Return the state panel as JSON."""
        board = self.board
        status = Status(
            cluster=self._cluster,
            services=self.services,
            counts=build_counts(board, self._clock_ms()),
            feeds=build_feed_statuses(board.feeds.values()),
            deliveries=DeliveryCounts(
                **board.undelivered.totals(),
                undecided=self.reconciled.waiting,
                difference=self.reconciled.difference,
            ),
            unreadable=self._unreadable,
            limit=board.limit,
        )
        return self._encode(status)

    def alerts(self, limit: int) -> bytes:
        """Return the newest alerts as JSON, each with the state of its deliveries."""
        return self._encode([self._alert_view(card.id) for card in self.board.cards()[:limit]])

    def stories(self) -> bytes:
        """Return the stories on the board as JSON, newest first, each with its alerts."""
        return self._encode([self._story_view(story) for story in self.board.stories()])

    def explanation(self, alert_id: str) -> bytes | None:
        """Return the explanation of an alert as JSON; None if it is not on the board."""
        board = self.board
        if not board.has_alert(alert_id):
            return None
        explanation = board.explanation(alert_id)
        return self._encode(
            render_explanation(
                explanation, board.card(alert_id), board.recent.record(explanation.article_id)
            )
        )

    def articles(self) -> bytes:
        """Return the recent articles as JSON, newest arrival first."""
        listed = [
            {
                "id": article.id,
                "headline": article.headline,
                "source": article.source,
                "published": article.published,
                "published_precision": article.published_precision,
            }
            for article in self.board.recent.newest_first()
        ]
        return self._encode(listed)

    def actors(self, query: str) -> bytes:
        """Return the actors whose name contains the query, as JSON.

        Without a query: those that most of the recent articles name.
        """
        directory, today = self._directory(), self._today()
        if query.strip():
            return self._encode(search(query, directory, today))
        mentions_by_actor = Counter(
            actor
            for article in self.board.recent.newest_first()
            for actor in article.actors
            if actor in directory.names
        )
        most_mentioned = sorted(
            mentions_by_actor, key=lambda actor: (-mentions_by_actor[actor], actor)
        )[:MAX_RESULTS]
        return self._encode(
            [
                summary(actor, directory, today) | {"articles": mentions_by_actor[actor]}
                for actor in most_mentioned
            ]
        )

    def actor(self, actor_id: str) -> bytes | None:
        """Return an actor's page as JSON; None if the id is unknown.

        It holds the names, every term on record, recent mentions and alerts.
        """
        page = profile(actor_id, self._directory(), self._today())
        if page is None:
            return None
        alerts = self.board.cards_naming(actor_id)
        recent_alerts = [self._alert_view(card.id) for card in alerts[:ALERTS_OF_AN_ACTOR]]
        return self._encode(
            page
            | {
                "mentions": recent_mentions(actor_id, self.board.recent.newest_first()),
                "alerts": recent_alerts,
                "alerts_in_all": len(alerts),
            }
        )

    def _now(self) -> datetime:
        return datetime.fromtimestamp(self._clock_ms() / 1000, UTC)

    def _today(self) -> date:
        return self._now().date()

    def _greeting(self) -> list[tuple[str, bytes]]:
        return [("snapshot", self.stories()), ("status", self.status())]

    def _story_view(self, story: StoryCard) -> dict[str, Any]:
        return {"story": story, "alerts": [self._alert_view(alert) for alert in story.alerts]}

    def _alert_view(self, alert_id: str) -> dict[str, Any]:
        return {"card": self.board.card(alert_id), "lines": self.board.lines(alert_id)}

    @staticmethod
    def _encode(value: object) -> bytes:
        return orjson.dumps(value, option=_OPTIONS)


def _in_parts(views: Sequence[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    """Yield the stories in parts of at most CARDS_PER_EVENT alerts each."""
    part: list[dict[str, Any]] = []
    size = 0
    for view in views:
        if part and size + len(view["alerts"]) > CARDS_PER_EVENT:
            yield part
            part, size = [], 0
        part.append(view)
        size += len(view["alerts"])
    if part:
        yield part
