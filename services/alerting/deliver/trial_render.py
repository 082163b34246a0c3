"""Decide and render in a child process first, after a deliverer that ended uncleanly.

What ends the child process is not delivered: a dispatch becomes a dead letter, and a notification
that was decided before is parked.
"""

import random
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, Final

from services.alerting.deliver.channels.channel import Post
from services.alerting.deliver.context import DeliveryContext
from services.alerting.deliver.grouping.destination_queue import DestinationQueue
from services.alerting.deliver.grouping.destination_stories import DestinationStories
from services.alerting.deliver.grouping.queued_notification import QueuedNotification
from services.alerting.deliver.grouping.waiting import WaitingDispatch
from services.alerting.deliver.resume import build_waiting
from services.alerting.urgency import urgency
from shared.base.outcomes import LimitExceeded
from shared.messages import codec, headers
from shared.messages.schemas import Dispatch
from shared.stream.state_store import StateStore
from shared.stream.work import (
    DeadLettered,
    HandlerResult,
    NotStarted,
    Outcome,
    run_careful_batch,
    run_handler,
)

MAX_TRIED: Final = 200
"""So much of what is stored is tried at a start, a second of CPU: half of it is what would be
rendered first, half is chosen by chance, so that further starts try all the others."""

IsDecided = Callable[[Dispatch, Mapping[str, str]], bool]
"""Whether a dispatch with these headers needs no work."""


async def find_fatal_records(
    records: Sequence[Any], context: DeliveryContext, is_decided: IsDecided
) -> dict[int, DeadLettered]:
    """Return, by offset, the records that exceed their limits or end a process.

    Any other fault is left to the delivery itself. One that is decided, perhaps because it became a
    dead letter before, is not tried again.
    """
    trials = [partial(_render_record, record, context, is_decided) for record in records]
    fatal = await _find_fatal(trials, context)
    return {records[number].offset: reason for number, reason in fatal.items()}


async def find_fatal_stored(
    items: Sequence[QueuedNotification],
    waiting: Sequence[WaitingDispatch],
    context: DeliveryContext,
) -> dict[str, DeadLettered]:
    """Return, by id, the stored notifications and dispatches that end a process, as above."""
    urgent_first = sorted(waiting, key=lambda stored: -urgency(stored.dispatch.severity))
    trials = [
        *((i.notification.notification_id, partial(_render_again, i, context)) for i in items),
        *((w.dispatch.dispatch_id, partial(_render_waiting, w, context)) for w in urgent_first),
    ]
    first, others = trials[: MAX_TRIED // 2], trials[MAX_TRIED // 2 :]
    chosen = [*first, *random.sample(others, min(len(others), MAX_TRIED - len(first)))]
    fatal = await _find_fatal([trial for _, trial in chosen], context)
    return {chosen[number][0]: reason for number, reason in fatal.items()}


async def _find_fatal(
    trials: Sequence[Callable[[], HandlerResult]], context: DeliveryContext
) -> dict[int, DeadLettered]:
    """Return the trials, by number, that exceed their limits or end a process."""
    outcomes: list[Outcome] = []
    while len(outcomes) < len(trials):
        outcomes += await _run_batch(trials[len(outcomes) :], context)
    return {
        number: outcome
        for number, outcome in enumerate(outcomes)
        if isinstance(outcome, DeadLettered) and outcome.error == LimitExceeded.__name__
    }


async def _run_batch(
    trials: Sequence[Callable[[], HandlerResult]], context: DeliveryContext
) -> list[Outcome]:
    """Run as many trials as there is time for, at least one, and return their outcomes."""

    def work_on(number: int, _ask: object) -> Outcome:
        return run_handler(lambda _value: context.limits.call(trials[number]), None)

    outcomes = await run_careful_batch(len(trials), work_on, StateStore(), context.limits)
    return [outcome for outcome in outcomes if not isinstance(outcome, NotStarted)]


def _render_record(record: Any, context: DeliveryContext, is_decided: IsDecided) -> HandlerResult:
    """Decode, decide and render a record as a delivery does, and discard the result."""
    dispatch = codec.decode(record.value, Dispatch)
    incoming = headers.decode_headers(record.headers)
    if is_decided(dispatch, incoming):
        return []
    now = context.clock.now()
    return _render_waiting(
        build_waiting(dispatch, record, incoming, context.defaults, now), context
    )


def _render_waiting(waiting: WaitingDispatch, context: DeliveryContext) -> HandlerResult:
    """Decide and render a dispatch as if it were the first of its story."""
    queue = DestinationQueue(DestinationStories(), context.defaults)
    queue.add(waiting)
    queue.place_all(waiting.due)
    item = queue.take(waiting.due, 0.0)
    return [] if item is None else _render_again(item, context)


def _render_again(item: QueuedNotification, context: DeliveryContext) -> HandlerResult:
    """Render a notification in both forms."""
    channel = context.channels.get(item.notification.destination.partition(":")[0])
    if channel is None:
        return []
    times = headers.latency_record(item.headers)
    for is_plain in (False, True):
        channel.render(
            Post(
                notification=item.notification,
                times=times,
                is_possible_repeat=True,
                is_plain=is_plain,
            )
        )
    return []
