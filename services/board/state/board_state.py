"""Records of the board's topics → the board's state: the last alerts, what became of each, the feeds, and counts. Pure.

Alerts, notifications and deliveries come from three topics in no common order; the state joins them when it is looked at, so any
order in which they come gives the same board.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final, TypeVar

from services.board.questions.explanation import Explanation, build_explanation
from services.board.state.cards import Card, DeliveryLine, build_card, build_delivery_line
from services.board.state.recent_articles import RecentArticles
from services.board.state.rolling_counts import HOUR_MS, MINUTE_MS, RollingCount
from shared.kafka.topics import ALERTS, ARTICLES_TAGGED, DELIVERIES, FEEDS, NOTIFICATIONS
from shared.messages.codec import check_version, decode
from shared.messages.headers import latency_record
from shared.messages.schemas import Alert, AlertOutcome, Delivery, FeedState, Notification

T = TypeVar("T")

MAX_NOTIFICATIONS_PER_ALERT: Final = 8
"""How many notifications are kept for each alert on the board; the oldest are forgotten first."""
MAX_FEEDS: Final = 500
REVIVAL: Final = "FeedRevival.v1"
"""The ``ce_type`` of an operator's request to the fetcher, which stands among the states of feeds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardRecord:
    """One record: the table's name of its topic, its value and headers, when it was written, and when it came here (None: it had waited)."""

    topic: str
    value: bytes | None
    headers: Mapping[str, str]
    recorded_ms: int
    here_ms: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NotificationSummary:
    """What the board keeps of a notification."""

    destination: str
    outcome: AlertOutcome
    reason: str
    alerts: tuple[str, ...]


@dataclass(slots=True, kw_only=True)
class BoardState:
    """The board's state; at most ``limit`` alerts, the latest matched, and ``keep`` articles, the last that came."""

    limit: int
    max_articles: int = 0
    articles: RollingCount = field(
        default_factory=lambda: RollingCount(bucket_ms=MINUTE_MS, buckets=60)
    )
    alerts: RollingCount = field(
        default_factory=lambda: RollingCount(bucket_ms=MINUTE_MS, buckets=60)
    )
    dead_letters: RollingCount = field(
        default_factory=lambda: RollingCount(bucket_ms=HOUR_MS, buckets=24)
    )
    feeds: dict[str, FeedState] = field(default_factory=dict)
    recent: RecentArticles = field(init=False)
    _reasons: dict[str, Explanation] = field(default_factory=dict)
    _named: dict[str, frozenset[str]] = field(default_factory=dict)
    _cards: dict[str, Card] = field(default_factory=dict)
    _notes: dict[str, NotificationSummary] = field(default_factory=dict)
    _deliveries: dict[str, Delivery] = field(default_factory=dict)
    _of_alert: dict[str, dict[str, None]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.recent = RecentArticles(limit=self.max_articles)

    def take(self, record: BoardRecord) -> tuple[str, ...]:
        """Fold one record in; the ids of the alerts on the board that now look different. InvalidMessage where it cannot be read."""
        if record.topic == ARTICLES_TAGGED.name:
            self.articles.add(record.recorded_ms)
            self.recent.take(record.value, latency_record(record.headers).get("t-fetched"))
            return ()
        if record.topic not in _READ:
            self.dead_letters.add(record.recorded_ms)
            return ()
        check_version(record.headers.get("schema-version"))
        return (
            _READ[record.topic](self, record) if record.value is not None else ()
        )  # a tombstone only tidies the log

    def cards(self) -> list[Card]:
        """The alerts on the board, the newest first."""
        return sorted(self._cards.values(), key=_order, reverse=True)

    def card(self, alert_id: str) -> Card:
        """One alert on the board; KeyError where it is not there."""
        return self._cards[alert_id]

    def cards_naming(self, actor: str) -> list[Card]:
        """The alerts on the board whose article names the actor, the newest first."""
        return [card for card in self.cards() if actor in self._named[card.id]]

    def explanation(self, alert_id: str) -> Explanation:
        """Why one alert on the board was raised; KeyError where it is not there."""
        return self._reasons[alert_id]

    def has_alert(self, alert_id: str) -> bool:
        """Whether an alert is on the board."""
        return alert_id in self._cards

    def lines(self, alert_id: str) -> tuple[DeliveryLine, ...]:
        """What became of an alert on the board, one line a destination: the rule's first, then others that were told instead."""
        latest = {
            self._notes[note_id].destination: note_id
            for note_id in self._of_alert.get(alert_id, ())
        }
        wanted = dict.fromkeys((*self._cards[alert_id].destinations, *sorted(latest)))
        return tuple(self._line(destination, latest.get(destination)) for destination in wanted)

    def _line(self, destination: str, note_id: str | None) -> DeliveryLine:
        if note_id is None:
            return build_delivery_line(destination, None, "", None)
        note = self._notes[note_id]
        return build_delivery_line(
            destination, note.outcome, note.reason, self._deliveries.get(note_id)
        )

    def _alert(self, record: BoardRecord) -> tuple[str, ...]:
        alert = decode(record.value, Alert)
        self.alerts.add(record.recorded_ms)
        if alert.alert_id in self._cards:  # a replay says again what is known
            return ()
        self._cards[alert.alert_id] = build_card(
            alert, record.headers, recorded_ms=record.recorded_ms, here_ms=record.here_ms
        )
        self._reasons[alert.alert_id] = build_explanation(alert)
        self._named[alert.alert_id] = frozenset(actor.actor for actor in alert.actors)
        if len(self._cards) > self.limit:
            oldest = min(self._cards.values(), key=_order).id
            del self._cards[oldest], self._reasons[oldest], self._named[oldest]
        return self._shown((alert.alert_id,))

    def _notification(self, record: BoardRecord) -> tuple[str, ...]:
        told = decode(record.value, Notification)
        alerts = tuple(alert.alert_id for alert in told.alerts)
        note = NotificationSummary(
            destination=told.destination, outcome=told.outcome, reason=told.reason, alerts=alerts
        )
        _keep(
            self._notes,
            told.notification_id,
            note,
            self.limit * MAX_NOTIFICATIONS_PER_ALERT,
            self._unlink,
        )
        for alert in alerts:
            self._of_alert.setdefault(alert, {})[told.notification_id] = None
        return self._shown(alerts)

    def _delivery(self, record: BoardRecord) -> tuple[str, ...]:
        delivery = decode(record.value, Delivery)
        _keep(
            self._deliveries,
            delivery.notification_id,
            delivery,
            self.limit * MAX_NOTIFICATIONS_PER_ALERT,
        )
        note = self._notes.get(delivery.notification_id)
        return self._shown(note.alerts) if note else ()

    def _feed(self, record: BoardRecord) -> tuple[str, ...]:
        if record.headers.get("ce_type") == REVIVAL:
            return ()
        feed = decode(record.value, FeedState)
        _keep(self.feeds, feed.url, feed, MAX_FEEDS)
        return ()

    def _shown(self, alerts: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(alert for alert in alerts if alert in self._cards)

    def _unlink(self, note_id: str, note: NotificationSummary) -> None:
        for alert in note.alerts:
            linked = self._of_alert.get(alert, {})
            linked.pop(note_id, None)
            if not linked:
                self._of_alert.pop(alert, None)


_READ: Final = {
    ALERTS.name: BoardState._alert,  # noqa: SLF001 - the table of this very class's methods
    NOTIFICATIONS.name: BoardState._notification,  # noqa: SLF001 - as above
    DELIVERIES.name: BoardState._delivery,  # noqa: SLF001 - as above
    FEEDS.name: BoardState._feed,  # noqa: SLF001 - as above
}


def _order(shown: Card) -> tuple[int, str]:
    return shown.order, shown.id


def _keep(
    values: dict[str, T],
    key: str,
    value: T,
    most: int,
    forgotten: Callable[[str, T], None] = lambda _key, _value: None,
) -> None:
    """Put a value in as the newest, and let the oldest go where there are more than ``most``."""
    values.pop(key, None)
    values[key] = value
    if len(values) > most:
        oldest = next(iter(values))
        forgotten(oldest, values.pop(oldest))
