"""Alerts → the messages that people would have received: what count and deliver would decide. Pure.

Articles are taken by event time, which stands for the time of their arrival. Every destination
takes its messages at once, and thresholds and stories start with empty state.
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
from services.alerting.deliver.grouping.waiting import WaitingDispatch
from services.alerting.deliver.grouping.withholding import DeliveryPolicy
from services.alerting.match.dispatches import plan_dispatches
from services.alerting.routes.routes import Routes, route_alerts
from shared.messages.codec import decode
from shared.messages.schemas import Alert, Dispatch, Notification, TaggedArticle
from shared.stream.state_store import StateStore

_ROUNDING: Final = timedelta(milliseconds=1)
_END: Final = timedelta(days=10)
"""After the last article what still waits is taken: no interval and no digest is later."""


@dataclass(slots=True)
class _Desk:
    """The queues of all destinations, which take each message when it is due."""

    defaults: GroupDefaults
    policy: DeliveryPolicy
    queues: dict[str, DestinationQueue] = field(default_factory=dict)

    def add(self, dispatch: Dispatch, at: datetime) -> None:
        if dispatch.destination not in self.queues:
            stories = DestinationStories()
            self.queues[dispatch.destination] = DestinationQueue(
                stories, self.defaults, self.policy
            )
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

    def take_until(self, end: datetime) -> Iterator[Notification]:
        """Yield the notifications that are due up to a time, each at the time that it is due."""
        for queue in self.queues.values():
            while (due_in := queue.due_in(end, 0.0)) is not None and due_in <= 0:
                now = end + timedelta(seconds=due_in) + _ROUNDING
                queue.place_all(now)
                item = queue.take(now, 0.0)
                if item is not None:
                    yield item.notification


def collect_notifications(
    alerts: Iterable[Alert],
    articles: Mapping[tuple[str, str], bytes],
    defaults: GroupDefaults | None = None,
    routes: Routes | None = None,
) -> tuple[Notification, ...]:
    """Return the notifications of these alerts, which take the ``routes``.

    ``articles`` are theirs by id and revision, as examine.py keeps them.
    """
    ordered = sorted(alerts, key=lambda alert: (alert.event_time, alert.alert_id))
    counts, recipients = StateStore(), StateStore()
    ways = routes or Routes()
    desk = _Desk(defaults or GroupDefaults(), DeliveryPolicy(routes=lambda: ways))
    by_article: dict[tuple[str, str], list[Alert]] = {}
    for alert in route_alerts(ordered, ways):
        by_article.setdefault((alert.article_id, alert.article_revision), []).append(alert)
    notifications: list[Notification] = []
    now = None
    for key, article_alerts in by_article.items():
        article = decode(zlib.decompress(articles[key]), TaggedArticle)
        now = article.article.event_time
        notifications += desk.take_until(now)
        for dispatch in plan_dispatches(article, article_alerts, recipients):
            desk.add(dispatch, now)
        for alert in article_alerts:
            decision = count(alert, counts)
            notifications += decision.facts
            for dispatch in decision.dispatches:
                desk.add(dispatch, now)
    if now is not None:
        notifications += desk.take_until(now + _END)
    return tuple(notifications)
