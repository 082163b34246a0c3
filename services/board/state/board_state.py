"""The board's state as a fold over its topics' records. Pure.

It holds the last alerts with their notifications and deliveries, the feeds, and counts. The three
topics have no common order; their records are joined when the state is read, so every order of
arrival gives the same board.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final, TypeVar

from services.board.questions.explanation import Explanation, build_explanation
from services.board.state.cards import Card, DeliveryLine, build_card, build_delivery_line
from services.board.state.deliveries.dispatch_head import DispatchHead
from services.board.state.deliveries.reconciliation import Reconciliation, RecordPlace
from services.board.state.deliveries.undelivered import Undelivered
from services.board.state.desk_decisions import DeskDecisions, DeskSubject
from services.board.state.recent_articles import RecentArticles
from services.board.state.rolling_counts import HOUR_MS, MINUTE_MS, RollingCount
from services.board.state.sources import Sources
from services.board.state.stories.grouping import StoryGroups, group_stories
from services.board.state.stories.notification_summary import (
    NotificationSummary,
    summarise_notification,
)
from services.board.state.stories.story_card import StoryCard, build_story
from shared.kafka.topics import (
    ALERTS,
    ARTICLES_TAGGED,
    DELIVERIES,
    DISPATCHES,
    FEEDBACK,
    FEEDS,
    NOTIFICATIONS,
    RULES,
    SILENCES,
    WATCH,
)
from shared.messages.codec import check_version, decode
from shared.messages.feed_revival import parse_request_key
from shared.messages.headers import latency_record
from shared.messages.schemas import Alert, Delivery, FeedState, Notification, Rule

T = TypeVar("T")

MAX_NOTIFICATIONS_PER_ALERT: Final = 8
"""How many notifications are kept per alert on the board; the oldest are dropped first."""
MAX_FEEDS: Final = 2_000
FEED_STATE: Final = "FeedState.v1"
"""The ``ce_type`` of feed states; their topic has other records, too."""
_WEB_ADDRESSES: Final = (b"http://", b"https://")

ACTIVE_RULE: Final = "Rule.v1"
"""The ``ce_type`` of active rules, beside the changes of the set."""
DELIVERY: Final = "Delivery.v1"
"""The ``ce_type`` of the ledger's entries, on a topic that holds stories and the like, too."""
CONTENT: Final = "Notification.v1"
ESCALATION: Final = "PendingEscalation.v1"
WAITING_DISPATCH: Final = "Dispatch.v1"
"""The ``ce_type`` of notifications that are not delivered, and of dispatches, also waiting ones."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardRecord:
    """One record of a topic, named as in the table of topics.

    ``recorded_ms`` is when it was written; ``here_ms`` when it arrived, None if it had been waiting
    in the log. ``partition`` and ``offset`` are where it is in its topic.
    """

    topic: str
    value: bytes | None
    headers: Mapping[str, str]
    recorded_ms: int
    here_ms: int | None = None
    key: bytes = b""
    partition: int = 0
    offset: int = 0

    @property
    def place(self) -> RecordPlace:
        """Where it is, and when it was written."""
        return RecordPlace(self.partition, self.offset, self.recorded_ms)


@dataclass(slots=True, kw_only=True)
class BoardState:
    """The state: at most ``limit`` alerts, the latest matched, and ``max_articles`` articles.

    Alerts that were written before ``since_ms`` are not reconciled with their outcomes.
    """

    limit: int
    max_articles: int = 0
    since_ms: int = 0
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
    feed_requests: set[str] = field(default_factory=set)
    recent: RecentArticles = field(init=False)
    undelivered: Undelivered = field(default_factory=Undelivered)
    sources: Sources = field(default_factory=Sources)
    reconciliation: Reconciliation = field(init=False)
    desk: DeskDecisions = field(default_factory=DeskDecisions)
    rule_titles: dict[str, str] = field(default_factory=dict)
    _reasons: dict[str, Explanation] = field(default_factory=dict)
    _actors_by_alert: dict[str, frozenset[str]] = field(default_factory=dict)
    _cards: dict[str, Card] = field(default_factory=dict)
    _notes: dict[str, NotificationSummary] = field(default_factory=dict)
    _deliveries: dict[str, Delivery] = field(default_factory=dict)
    _of_alert: dict[str, dict[str, None]] = field(default_factory=dict)
    _groups: StoryGroups | None = None

    def __post_init__(self) -> None:
        self.recent = RecentArticles(limit=self.max_articles)
        self.reconciliation = Reconciliation(since_ms=self.since_ms)

    def take(self, record: BoardRecord) -> tuple[str, ...]:
        """Apply one record, and return the ids of the alerts on the board that changed.

        Raises InvalidMessage if the record cannot be decoded.
        """
        if record.topic == ARTICLES_TAGGED.name:
            self.articles.add(record.recorded_ms)
            self.recent.take(record.value, latency_record(record.headers).get("t-fetched"))
            return ()
        if record.topic == WATCH.name:
            self.sources.take(record.key, record.value)
            return ()
        if record.topic not in _READ:
            self.dead_letters.add(record.recorded_ms)
            return ()
        if record.value is None:  # a tombstone; of a ledger's entry it only tidies the log
            if record.topic == DELIVERIES.name:
                self.undelivered.forget(record.key)
            self.desk.forget(record.topic, record.key)
            if record.topic == RULES.name:
                self.rule_titles.pop(record.key.decode("utf-8", "replace"), None)
            if record.topic == FEEDS.name:
                self.feed_requests.discard(parse_request_key(record.key) or "")
            return ()
        check_version(record.headers.get("schema-version"))
        return _READ[record.topic](self, record)

    def cards(self) -> list[Card]:
        """Return the alerts on the board, newest first."""
        return sorted(self._cards.values(), key=_order, reverse=True)

    def card(self, alert_id: str) -> Card:
        """Return one alert on the board. Raises KeyError if it is not there."""
        return self._cards[alert_id]

    def stories(self) -> list[StoryCard]:
        """Return the stories on the board, newest first."""
        stories = (self.story(story_id) for story_id in self._stories().alerts)
        return sorted(stories, key=lambda story: (story.order, story.id), reverse=True)

    def story(self, story_id: str) -> StoryCard:
        """Return one story. Raises KeyError if it is not on the board."""
        groups = self._stories()
        cards = [self._cards[alert] for alert in groups.alerts[story_id]]
        notes = groups.notifications.get(story_id, ())
        return build_story(story_id, cards, notes, self._deliveries, self.desk.about(notes))

    def notification(self, notification_id: str) -> NotificationSummary | None:
        """Return what the board keeps of a notification; None if it is not there."""
        return self._notes.get(notification_id)

    def story_of(self, alert_id: str) -> str:
        """Return the id of an alert's story. Raises KeyError if the alert is not there."""
        return self._stories().of_alert[alert_id]

    def _stories(self) -> StoryGroups:
        if self._groups is None:
            self._groups = group_stories(self._cards.values(), self._notes.values())
        return self._groups

    def cards_naming(self, actor: str) -> list[Card]:
        """Return the alerts on the board whose article names the actor, newest first."""
        return [card for card in self.cards() if actor in self._actors_by_alert[card.id]]

    def explanation(self, alert_id: str) -> Explanation:
        """Return why an alert on the board was raised. Raises KeyError if it is not there."""
        return self._reasons[alert_id]

    def has_alert(self, alert_id: str) -> bool:
        """Return whether an alert is on the board."""
        return alert_id in self._cards

    def lines(self, alert_id: str) -> tuple[DeliveryLine, ...]:
        """Return the state of an alert's deliveries, one line per destination.

        The rule's destinations come first, then others that were notified instead.
        """
        latest = {
            self._notes[note_id].destination: note_id
            for note_id in self._of_alert.get(alert_id, ())
        }
        destinations = dict.fromkeys((*self._cards[alert_id].destinations, *sorted(latest)))
        return tuple(
            self._line(destination, latest.get(destination)) for destination in destinations
        )

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
        self.reconciliation.take_alert(alert, record.headers, record.place)
        if alert.alert_id in self._cards:  # a replay repeats it
            return ()
        self._groups = None
        self._cards[alert.alert_id] = build_card(
            alert, record.headers, recorded_ms=record.recorded_ms, here_ms=record.here_ms
        )
        self._reasons[alert.alert_id] = build_explanation(alert)
        self._actors_by_alert[alert.alert_id] = frozenset(actor.actor for actor in alert.actors)
        if len(self._cards) > self.limit:
            oldest = min(self._cards.values(), key=_order).id
            del self._cards[oldest], self._reasons[oldest], self._actors_by_alert[oldest]
        return (alert.alert_id,) if alert.alert_id in self._cards else ()

    def _notification(self, record: BoardRecord) -> tuple[str, ...]:
        notification = decode(record.value, Notification)
        self.reconciliation.take_notification(notification)
        note = summarise_notification(notification, record.recorded_ms)
        self._groups = None
        _keep(self._notes, note.id, note, self.limit * MAX_NOTIFICATIONS_PER_ALERT, self._unlink)
        for alert in note.alerts:
            self._of_alert.setdefault(alert, {})[note.id] = None
        return self._on_board(note)

    def _delivery(self, record: BoardRecord) -> tuple[str, ...]:
        ce_type = record.headers.get("ce_type", DELIVERY)
        if ce_type == ESCALATION:
            return self._concerned(self.desk.take_pending(record.value or b""))
        if ce_type != DELIVERY:
            self._remember(record, ce_type)
            return ()
        delivery = decode(record.value, Delivery)
        self.undelivered.take_entry(delivery)
        self.reconciliation.take_entry(delivery)
        _keep(
            self._deliveries,
            delivery.notification_id,
            delivery,
            self.limit * MAX_NOTIFICATIONS_PER_ALERT,
        )
        note = self._notes.get(delivery.notification_id)
        return self._on_board(note) if note else ()

    def _remember(self, record: BoardRecord, ce_type: str) -> None:
        """Apply what deliver remembers beside the ledger's entries; stories are not needed here."""
        if ce_type == CONTENT:
            notification = decode(record.value, Notification)
            self.undelivered.take_content(notification, record.recorded_ms)
        elif ce_type == WAITING_DISPATCH:
            self.undelivered.take_waiting(decode(record.value, DispatchHead), record.recorded_ms)

    def _dispatch(self, record: BoardRecord) -> tuple[str, ...]:
        if record.headers.get("ce_type", WAITING_DISPATCH) == WAITING_DISPATCH:
            head = decode(record.value, DispatchHead)
            self.reconciliation.take_dispatch(head, record.place)
            self.undelivered.take_dispatch(head, record.place)
        return ()

    def _feed(self, record: BoardRecord) -> tuple[str, ...]:
        """Take a feed's state, or an operator's request; other records have other keys."""
        if url := parse_request_key(record.key):
            if len(self.feed_requests) < MAX_FEEDS:
                self.feed_requests.add(url)
        elif _is_polled(record):
            feed = decode(record.value, FeedState)
            _keep(self.feeds, feed.url, feed, MAX_FEEDS)
        return ()

    def _rule(self, record: BoardRecord) -> tuple[str, ...]:
        """Note an active rule; the records of changes have another type."""
        if record.headers.get("ce_type", ACTIVE_RULE) == ACTIVE_RULE:
            rule = decode(record.value, Rule)
            self.rule_titles[rule.rule_id] = rule.title
        return ()

    def _desk(self, record: BoardRecord) -> tuple[str, ...]:
        """Apply what a person decided, and return the alerts that it concerns."""
        return self._concerned(self.desk.take(record.topic, record.key, record.value))

    def _concerned(self, subject: DeskSubject) -> tuple[str, ...]:
        """Return the alerts on the board of the messages that a decision is about."""
        if subject.notification_id:
            note = self._notes.get(subject.notification_id)
            notes = [note] if note else []
        else:
            notes = list(self._notes.values()) if subject.story_id else []
        about = (note for note in notes if subject.is_about(note))
        return tuple(dict.fromkeys(alert for note in about for alert in self._on_board(note)))

    def _on_board(self, note: NotificationSummary) -> tuple[str, ...]:
        """Return the alerts on the board that a notification concerns.

        A correction or withdrawal on which no rule fires concerns those of its articles.
        """
        alerts = tuple(alert for alert in note.alerts if alert in self._cards)
        if alerts or not note.articles:
            return alerts
        return tuple(card.id for card in self._cards.values() if card.article in note.articles)

    def _unlink(self, note_id: str, note: NotificationSummary) -> None:
        for alert in note.alerts:
            notifications = self._of_alert.get(alert, {})
            notifications.pop(note_id, None)
            if not notifications:
                self._of_alert.pop(alert, None)


_READ: Final = {
    ALERTS.name: BoardState._alert,  # noqa: SLF001 - the table of this very class's methods
    NOTIFICATIONS.name: BoardState._notification,  # noqa: SLF001 - as above
    DELIVERIES.name: BoardState._delivery,  # noqa: SLF001 - as above
    DISPATCHES.name: BoardState._dispatch,  # noqa: SLF001 - as above
    FEEDS.name: BoardState._feed,  # noqa: SLF001 - as above
    FEEDBACK.name: BoardState._desk,  # noqa: SLF001 - as above
    SILENCES.name: BoardState._desk,  # noqa: SLF001 - as above
    RULES.name: BoardState._rule,  # noqa: SLF001 - as above
}


def _is_polled(record: BoardRecord) -> bool:
    """Return whether a record is the state of a feed, and not that of a drop box."""
    is_state = record.headers.get("ce_type", FEED_STATE) == FEED_STATE
    return is_state and record.key.startswith(_WEB_ADDRESSES)


def _order(card: Card) -> tuple[int, str]:
    return card.order, card.id


def _keep(
    values: dict[str, T],
    key: str,
    value: T,
    limit: int,
    on_drop: Callable[[str, T], None] = lambda _key, _value: None,
) -> None:
    """Insert a value as the newest, and drop the oldest beyond the limit."""
    values.pop(key, None)
    values[key] = value
    if len(values) > limit:
        oldest = next(iter(values))
        on_drop(oldest, values.pop(oldest))
