"""Articles of thirty stories for one destination, and the notifications of an order of arrival."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Final

from services.alerting.deliver.grouping.destination_queue import DestinationQueue
from services.alerting.deliver.grouping.destination_stories import DestinationStories
from services.alerting.deliver.grouping.group_timing import GroupDefaults
from services.alerting.deliver.grouping.queued_notification import QueuedNotification
from services.alerting.deliver.ledger.policy import GIVE_UP
from services.alerting.deliver.resume import build_waiting
from shared.messages.schemas import Dispatch, Severity
from tests.builders import invent_words
from tests.delivery_tools import dispatch

STORIES: Final = 30
BEGIN: Final = datetime(2026, 1, 1, tzinfo=UTC)
WAIT: Final = timedelta(seconds=GroupDefaults().wait_s)


def story_of(number: int) -> int:
    """Return the story of an article."""
    return number % STORIES


def article_dispatch(
    number: int, severity: Severity = Severity.LOW, destination: str = "slack:newsroom"
) -> Dispatch:
    """Return the dispatch of an article of a story: a reprint, one with news, or the first one."""
    story, place = story_of(number), number // STORIES
    base = dispatch(story, destination)
    assert base.article is not None
    words = invent_words(10_000 + number)
    news = f" {' '.join(words[:8])}." if place % 5 == 1 else ""
    article = replace(
        base.article.article,
        article_id=f"article-{number}",
        uri=f"https://wire.example/{number}",
        source=f"Wire {place % 7}",
        body=base.article.article.body + news,
        event_time=base.article.article.event_time + timedelta(minutes=place % 11),
    )
    alert = replace(
        base.alerts[0],
        alert_id=f"alert-{number}",
        rule_id=f"rule-{severity}",
        article_id=article.article_id,
        severity=severity,
        event_time=article.event_time,
    )
    return replace(
        base,
        dispatch_id=f"dispatch-{number}",
        severity=severity,
        alerts=(alert,),
        article=replace(base.article, article=article),
    )


def decide_all(dispatches: Sequence[Dispatch]) -> list[QueuedNotification]:
    """Return the notifications of dispatches that arrive in this order, evenly within the wait.

    The queue is asked as by a worker: after each arrival, and then whenever something is due.
    """
    defaults = GroupDefaults()
    queue = DestinationQueue(DestinationStories(), defaults)
    decided: list[QueuedNotification] = []
    now = BEGIN
    for offset, each in enumerate(dispatches):
        now = BEGIN + WAIT * offset / len(dispatches)
        record = SimpleNamespace(offset=offset, timestamp=int(now.timestamp() * 1000))
        queue.add(build_waiting(each, record, {}, defaults, now))
        assert not queue.has_older(now - GIVE_UP)
        decided += take_due(queue, now)
    while (seconds := queue.due_in(now, 0.0)) is not None:
        now += timedelta(seconds=max(0.0, seconds))
        decided += take_due(queue, now)
    return decided


def take_due(queue: DestinationQueue, now: datetime) -> list[QueuedNotification]:
    """Return what is due at a time, decided."""
    decided = []
    while (seconds := queue.due_in(now, 0.0)) is not None and seconds <= 0:
        queue.place_all(now)
        item = queue.take(now, 0.0)
        if item is not None:
            decided.append(item)
    return decided
