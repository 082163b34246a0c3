"""Within the wait, the order of arrival changes nothing: the same notifications, byte for byte."""

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Final

import pytest

from services.alerting.deliver.grouping.destination_queue import DestinationQueue
from services.alerting.deliver.grouping.destination_stories import DestinationStories
from services.alerting.deliver.grouping.group_timing import GroupDefaults
from services.alerting.deliver.ledger.policy import GIVE_UP
from services.alerting.deliver.resume import build_waiting
from shared.messages import codec
from shared.messages.schemas import Dispatch, Severity
from tests.builders import invent_words
from tests.delivery_tools import dispatch
from tests.hypothesis_profiles import PERCENT, load_profile

STORIES: Final = 30
ORDERS: Final = max(10, 50 * PERCENT[load_profile()] // 100)
BEGIN: Final = datetime(2026, 1, 1, tzinfo=UTC)
WAIT: Final = timedelta(seconds=GroupDefaults().wait_s)


def article_dispatch(number: int) -> Dispatch:
    """Return the dispatch of an article of a story: a reprint, one with news, or the first one."""
    story, place = number % STORIES, number // STORIES
    base = dispatch(story)
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
        article_id=article.article_id,
        severity=Severity.LOW,
        event_time=article.event_time,
    )
    return replace(
        base,
        dispatch_id=f"dispatch-{number}",
        severity=Severity.LOW,
        alerts=(alert,),
        article=replace(base.article, article=article),
    )


def notify(numbers: Sequence[int]) -> set[bytes]:
    """Return the notifications of articles that arrive in this order, evenly within the wait.

    Between two arrivals the queue is asked what it is asked by a worker that wakes up.
    """
    defaults = GroupDefaults()
    queue = DestinationQueue(DestinationStories(), defaults)
    now = BEGIN
    for place, number in enumerate(numbers):
        now = BEGIN + WAIT * place / len(numbers)
        record = SimpleNamespace(offset=place, timestamp=int(now.timestamp() * 1000))
        queue.add(build_waiting(article_dispatch(number), record, {}, defaults, now))
        assert not queue.has_older(now - GIVE_UP)
        queue.place_all(now)
        assert (queue.due_in(now, 0.0) or 0.0) > 0
    notifications = set()
    while (seconds := queue.due_in(now, 0.0)) is not None:
        now += timedelta(seconds=max(0.0, seconds))
        queue.place_all(now)
        item = queue.take(now, 0.0)
        if item is not None:
            notifications.add(codec.encode(item.notification))
    return notifications


@pytest.mark.parametrize(("articles", "orders"), [(90, ORDERS), (1_000, 1)])
def test_the_order_of_arrival_changes_nothing(articles: int, orders: int) -> None:
    """Articles of thirty stories give the same thirty messages."""
    order, dice = list(range(articles)), random.Random(18)
    as_sent = notify(order)
    assert len(as_sent) == STORIES
    for _ in range(orders):
        dice.shuffle(order)
        assert notify(order) == as_sent
