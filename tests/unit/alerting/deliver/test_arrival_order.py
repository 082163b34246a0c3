"""Within the wait, the order of arrival changes nothing: the same notifications, byte for byte."""

import random
from collections.abc import Iterable
from itertools import chain
from typing import Final

import pytest

from services.alerting.deliver.grouping.queued_notification import QueuedNotification
from shared.messages import codec
from shared.messages.schemas import Dispatch, Severity
from tests.arrival_orders import STORIES, article_dispatch, decide_all, story_of
from tests.hypothesis_profiles import PERCENT, load_profile

ORDERS: Final = max(10, 50 * PERCENT[load_profile()] // 100)
URGENT_STORIES: Final = range(0, STORIES, 3)
"""The stories of which some articles are urgent, and so do not wait."""


def encode_all(decided: Iterable[QueuedNotification]) -> set[bytes]:
    return {codec.encode(item.notification) for item in decided}


def without_urgent(decided: Iterable[QueuedNotification]) -> set[bytes]:
    """Return the notifications about stories without any urgent article."""
    return encode_all(item for item in decided if not stories_in(item) & set(URGENT_STORIES))


def stories_in(item: QueuedNotification) -> set[int]:
    ids = (alert.article_id for member in item.members for alert in member.dispatch.alerts)
    return {story_of(int(article_id.removeprefix("article-"))) for article_id in ids}


def mixed_dispatch(number: int) -> Dispatch:
    """Return an article's dispatch: two of three in an urgent story are critical, high or low."""
    if story_of(number) not in URGENT_STORIES:
        return article_dispatch(number)
    severities = (Severity.LOW, Severity.HIGH, Severity.CRITICAL)
    return article_dispatch(number, severities[number // STORIES % 3])


@pytest.mark.parametrize(("articles", "orders"), [(90, ORDERS), (1_000, 1)])
def test_the_order_of_arrival_changes_nothing(articles: int, orders: int) -> None:
    """Articles of thirty stories give the same thirty messages."""
    dispatches, dice = [article_dispatch(number) for number in range(articles)], random.Random(18)
    as_sent = encode_all(decide_all(dispatches))
    assert len(as_sent) == STORIES
    for _ in range(orders):
        dice.shuffle(dispatches)
        assert encode_all(decide_all(dispatches)) == as_sent


@pytest.mark.parametrize(("articles", "orders"), [(60, ORDERS // 2)])
def test_urgent_articles_change_nothing_for_other_stories(articles: int, orders: int) -> None:
    """Stories without urgent articles are told as if there were no urgent ones, in any order."""
    dispatches, dice = [mixed_dispatch(number) for number in range(articles)], random.Random(19)
    waiting = [each for each in dispatches if each.severity is Severity.LOW]
    alone = without_urgent(decide_all(waiting))
    assert len(alone) == STORIES - len(URGENT_STORIES)
    for _ in range(orders):
        dice.shuffle(dispatches)
        decided = decide_all(dispatches)
        assert without_urgent(decided) == alone
        ids = [member.dispatch.dispatch_id for item in decided for member in item.members]
        assert sorted(ids) == sorted(each.dispatch_id for each in dispatches), "each has one end"


@pytest.mark.parametrize(("articles", "orders"), [(60, ORDERS // 2)])
def test_order_matters_at_urgent_articles_alone(articles: int, orders: int) -> None:
    """What arrives between two urgent articles may do so in any order."""
    dice = random.Random(20)
    dispatches = [mixed_dispatch(number) for number in range(articles)]
    dice.shuffle(dispatches)
    urgent = [each for each in dispatches if each.severity is not Severity.LOW]
    between: list[list[Dispatch]] = [[] for _ in (*urgent, None)]
    for each in dispatches:
        if each.severity is Severity.LOW:
            dice.choice(between).append(each)
    first = None
    for _ in range(orders):
        for group in between:
            dice.shuffle(group)
        pairs = zip(between, [*([each] for each in urgent), []], strict=True)
        decided = encode_all(decide_all(list(chain.from_iterable([*a, *b] for a, b in pairs))))
        first = first or decided
        assert decided == first


def test_an_urgent_article_brings_its_story_forward() -> None:
    """What waits of its story is in its message; what comes later is folded, for it says no more."""
    before, after = STORIES * 2, STORIES * 3
    dispatches = [
        article_dispatch(before),
        article_dispatch(1),
        article_dispatch(0, Severity.CRITICAL),
        article_dispatch(after),
    ]
    told = [
        (str(item.notification.outcome), {m.dispatch.dispatch_id for m in item.members})
        for item in decide_all(dispatches)
    ]
    assert told == [
        ("notified", {f"dispatch-{before}", "dispatch-0"}),
        ("notified", {"dispatch-1"}),
        ("folded", {f"dispatch-{after}"}),
    ]
