"""Corrections and kills: told at once, each on its own, also of what a burst counted."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from services.alerting.deliver.grouping.destination_queue import DestinationQueue
from services.alerting.deliver.grouping.destination_stories import DestinationStories
from services.alerting.deliver.grouping.group_timing import GroupDefaults
from services.alerting.deliver.grouping.waiting import WaitingDispatch
from shared.messages.schemas import (
    AlertOutcome,
    Change,
    Dispatch,
    DispatchKind,
    Notification,
    Severity,
)
from tests.builders import invent_words
from tests.delivery_tools import dispatch

NOW = datetime(2026, 3, 6, 22, 0, tzinfo=UTC)
WAIT_S = 30.0


def waiting(sent: Dispatch, at_s: float = 0.0) -> WaitingDispatch:
    """A dispatch of a medium rule, written so many seconds after NOW."""
    at = NOW + timedelta(seconds=at_s)
    return WaitingDispatch(
        dispatch=replace(sent, severity=Severity.MEDIUM),
        record=None,
        headers={},
        written_at=at,
        due=at + timedelta(seconds=WAIT_S),
        offset=0,
    )


def new_version(of: Dispatch, kind: DispatchKind, *, is_counted: bool = True) -> Dispatch:
    """A correction of the headline, or a kill, on which no rule fires.

    ``is_counted``: match knows only that the article was counted, not whether it was told.
    """
    assert of.article is not None
    clean = of.article.article
    article = replace(
        clean,
        version=2,
        revision="r2",
        headline=f"New {clean.headline}",
        changes=(Change(field="headline", start=0, end=3, removed="Old"),),
        pubstatus="canceled" if kind == "withdrawal" else "usable",
    )
    return replace(
        of,
        dispatch_id=f"{of.dispatch_id}-{kind}",
        kind=kind,
        alerts=(),
        article=replace(of.article, article=article),
        only_if_notified=is_counted,
    )


def burst_of(*counted: Dispatch) -> Dispatch:
    return replace(
        counted[0],
        dispatch_id="burst",
        kind="burst",
        article=None,
        reason=f"{len(counted)} articles",
        alerts=tuple(
            replace(alert, article_id=each.article.article.article_id)
            for each in counted
            if each.article
            for alert in each.alerts
        ),
    )


def messages(queue: DestinationQueue, seconds: int) -> Iterator[tuple[int, Notification]]:
    """Take what is due, second by second."""
    for second in range(seconds):
        now = NOW + timedelta(seconds=second)
        queue.place_all(now)
        while (item := queue.take(now, float(second))) is not None:
            yield second, item.notification


def new_queue(*members: WaitingDispatch) -> DestinationQueue:
    queue = DestinationQueue(DestinationStories(), GroupDefaults())
    for member in members:
        queue.add(member)
    return queue


def test_a_kill_that_comes_while_its_burst_waits_follows_the_burst() -> None:
    """The burst is told 30 s after it began; whoever saw it sees the kill, and at once."""
    first, second = dispatch(1), dispatch(2)
    burst = waiting(burst_of(first, second))
    kill = waiting(new_version(second, "withdrawal"), at_s=-25.0)
    queue = new_queue(burst, kill)
    assert queue.due_in(NOW, 0.0) == WAIT_S
    told = list(messages(queue, 90))
    assert [(second, each.kind, each.outcome) for second, each in told] == [
        (30, "burst", AlertOutcome.NOTIFIED),
        (31, "withdrawal", AlertOutcome.NOTIFIED),
    ]


def test_versions_of_different_articles_of_a_burst_are_messages_of_their_own() -> None:
    """A kill of one does not swallow the correction of the other."""
    first, second = dispatch(1), dispatch(2)
    queue = new_queue(waiting(burst_of(first, second)))
    assert len(list(messages(queue, 31))) == 1
    queue.add(waiting(new_version(first, "withdrawal"), at_s=40.0))
    queue.add(waiting(new_version(second, "revision"), at_s=40.0))
    told = list(messages(queue, 60))
    assert sorted((second, each.kind, len(each.articles)) for second, each in told) == [
        (40, "correction", 1),
        (40, "withdrawal", 1),
    ]
    assert {bool(each.changes) for _, each in told if each.kind == "correction"} == {True}


def test_a_correction_of_what_waits_is_part_of_the_first_message() -> None:
    """Nobody has seen what it corrects."""
    first = dispatch(1)
    correction = new_version(first, "revision", is_counted=False)
    queue = new_queue(waiting(first), waiting(correction, at_s=5.0))
    ((second, message),) = messages(queue, 120)
    assert (second, message.kind) == (30, "first")


def test_a_burst_that_is_never_told_leaves_nothing_to_correct() -> None:
    """A kill of an article that nobody was told of ends without a message."""
    kill = waiting(new_version(dispatch(3), "withdrawal"))
    ((_, message),) = messages(new_queue(kill), 60)
    assert message.outcome is AlertOutcome.WITHDRAWN


def test_an_update_that_waits_beside_a_correction_is_told_after_a_restart() -> None:
    """What the story is stored to have said has nothing that nobody was told of."""
    first = dispatch(1)
    queue = new_queue(waiting(first))
    assert len(list(messages(queue, 31))) == 1
    assert first.article is not None
    update = replace(
        first,
        dispatch_id="update",
        article=replace(
            first.article,
            article=replace(
                first.article.article,
                article_id="e" * 32,
                source="Wire 2",
                body=f"{first.article.article.body} {' '.join(invent_words(1_077)[:8])}.",
            ),
        ),
    )
    queue.add(waiting(new_version(first, "revision", is_counted=False), at_s=40.0))
    queue.add(waiting(update, at_s=35.0))
    now = NOW + timedelta(seconds=41)
    queue.place_all(now)
    item = queue.take(now, 41.0)
    assert item is not None
    assert item.notification.kind == "correction"
    restarted = DestinationQueue(DestinationStories(item.stories), GroupDefaults())
    restarted.add(waiting(update, at_s=35.0))
    told = [message for _, message in messages(restarted, 600)]
    assert [(each.kind, each.outcome) for each in told] == [("update", AlertOutcome.NOTIFIED)]
