"""Alerts → the messages that people would have received: what count and deliver would decide. Pure.

The real grouping runs over event time: articles are taken in the order of their times, which stand
for the times of their arrival. Every destination takes its messages at once, and thresholds and
stories start with empty state. Backtests, ``rules diff``, budgets and the board's trial use it.
"""

import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from services.alerting.count.burst_dispatches import decide as count
from services.alerting.deliver.grouping.destination_queue import DestinationQueue
from services.alerting.deliver.grouping.destination_stories import DestinationStories
from services.alerting.deliver.grouping.group_timing import GroupDefaults, wait_s
from services.alerting.deliver.grouping.queued_notification import QueuedNotification
from services.alerting.deliver.grouping.waiting import WaitingDispatch
from services.alerting.deliver.grouping.withholding import DeliveryPolicy
from services.alerting.match.dispatches import plan_dispatches, slim_article
from services.alerting.routes.routes import Routes, route_alerts
from shared.messages.codec import decode, encode, to_utc
from shared.messages.schemas import Alert, AlertOutcome, Dispatch, Notification, TaggedArticle
from shared.stream.state_store import StateStore

_FAST: Final = 1
_ROUNDING: Final = timedelta(milliseconds=1)
_END: Final = timedelta(days=10)
"""After the last article what still waits is taken: no interval and no digest is later."""


FiringArticles = Mapping[tuple[str, str], bytes]
"""Articles with alerts, packed, by id and revision."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulatedMessage:
    """A notification, posted or not, and when it would have been decided, in UTC.

    ``stories`` are the ids of those that it is about: a digest has several.
    """

    at: datetime
    notification: Notification
    stories: tuple[str, ...] = ()

    @property
    def is_posted(self) -> bool:
        """Whether its destination would have received it."""
        return self.notification.outcome is AlertOutcome.NOTIFIED

    @property
    def day(self) -> str:
        """The day, in UTC, as ISO 8601."""
        return self.at.date().isoformat()


def pack_article(article: TaggedArticle) -> bytes:
    """Return what the simulation needs of an article, compressed."""
    return zlib.compress(encode(slim_article(article)), _FAST)


def simulate(
    alerts: Iterable[Alert],
    articles: FiringArticles,
    routes: Routes | None = None,
    defaults: GroupDefaults | None = None,
) -> tuple[SimulatedMessage, ...]:
    """Return the messages of these alerts, which take the ``routes``, in the order of decision."""
    ordered = sorted(alerts, key=lambda alert: (alert.event_time, alert.alert_id))
    counts, recipients = StateStore(), StateStore()
    ways = routes or Routes()
    desk = _Desk(defaults or GroupDefaults(), DeliveryPolicy(routes=lambda: ways))
    by_article: dict[tuple[str, str], list[Alert]] = {}
    for alert in route_alerts(ordered, ways):
        by_article.setdefault((alert.article_id, alert.article_revision), []).append(alert)
    messages: list[SimulatedMessage] = []
    now = None
    for key, article_alerts in by_article.items():
        article = decode(zlib.decompress(articles[key]), TaggedArticle)
        now = to_utc(article.article.event_time)
        messages += desk.take_until(now)
        for dispatch in plan_dispatches(article, article_alerts, recipients):
            desk.add(dispatch, now)
        for alert in article_alerts:
            decision = count(alert, counts)
            messages += (SimulatedMessage(at=now, notification=fact) for fact in decision.facts)
            for dispatch in decision.dispatches:
                desk.add(dispatch, now)
    if now is not None:
        messages += desk.take_until(now + _END)
    return tuple(sorted(messages, key=lambda message: message.at))


@dataclass(slots=True)
class _SimulatedQueue:
    """A destination's queue; nothing can be taken before ``due``."""

    queue: DestinationQueue
    due: datetime | None = None

    def add(self, waiting: WaitingDispatch) -> None:
        self.queue.add(waiting)
        self.due = waiting.due if self.due is None else min(self.due, waiting.due)

    def take_until(self, end: datetime) -> Iterator[SimulatedMessage]:
        """Yield what is due up to a time, decided at the time that it is due."""
        while self.due is not None and self.due <= end:
            now = self.due + _ROUNDING
            self.queue.place_all(now)
            item = self.queue.take(now, 0.0)
            due_in = self.queue.due_in(now, 0.0)
            self.due = None if due_in is None else now + timedelta(seconds=due_in)
            if item is not None:
                yield from _to_messages(item, now)


def _to_messages(item: QueuedNotification, now: datetime) -> Iterator[SimulatedMessage]:
    stories = tuple(dict.fromkeys(member.story_id for member in item.members))
    yield SimulatedMessage(at=now, notification=item.notification, stories=stories)
    for fact in item.facts:
        yield SimulatedMessage(at=now, notification=fact, stories=stories)


@dataclass(slots=True)
class _Desk:
    """The queues of all destinations, which take each message when it is due."""

    defaults: GroupDefaults
    policy: DeliveryPolicy
    queues: dict[str, _SimulatedQueue] = field(default_factory=dict)

    def add(self, dispatch: Dispatch, at: datetime) -> None:
        if dispatch.destination not in self.queues:
            queue = DestinationQueue(DestinationStories(), self.defaults, self.policy)
            self.queues[dispatch.destination] = _SimulatedQueue(queue)
        wait = timedelta(seconds=wait_s(dispatch, self.defaults))
        self.queues[dispatch.destination].add(
            WaitingDispatch(
                dispatch=dispatch,
                record=None,
                headers={},
                written_at=at,
                due=at + wait,
                offset=None,
            )
        )

    def take_until(self, end: datetime) -> Iterator[SimulatedMessage]:
        for queue in self.queues.values():
            yield from queue.take_until(end)
