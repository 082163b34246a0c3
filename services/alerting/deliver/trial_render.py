"""Decide and render dispatches in a child process first, after a deliverer that ended uncleanly.

A dispatch that ends the child process becomes a dead letter instead of being delivered.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from services.alerting.deliver.channels.channel import Post
from services.alerting.deliver.context import DeliveryContext
from services.alerting.deliver.grouping.destination_queue import DestinationQueue
from services.alerting.deliver.grouping.destination_stories import DestinationStories
from services.alerting.deliver.resume import build_waiting
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

IsDecided = Callable[[Dispatch, Mapping[str, str]], bool]
"""Whether a dispatch with these headers needs no work."""


async def find_fatal_records(
    records: Sequence[Any], context: DeliveryContext, is_decided: IsDecided
) -> dict[int, DeadLettered]:
    """Return, by offset, the records that exceed their limits or end a process.

    Any other fault is left to the delivery itself. One that is decided, perhaps because it became a
    dead letter before, is not tried again.
    """
    outcomes: list[Outcome] = []
    while len(outcomes) < len(records):
        outcomes += await _render_batch(records[len(outcomes) :], context, is_decided)
    return {
        record.offset: outcome
        for record, outcome in zip(records, outcomes, strict=True)
        if isinstance(outcome, DeadLettered) and outcome.error == LimitExceeded.__name__
    }


async def _render_batch(
    records: Sequence[Any], context: DeliveryContext, is_decided: IsDecided
) -> list[Outcome]:
    """Render as many records as there is time for, at least one, and return their outcomes."""

    def work_on(number: int, _ask: object) -> Outcome:
        return run_handler(
            lambda _value: context.limits.call(_render, records[number], context, is_decided), None
        )

    outcomes = await run_careful_batch(len(records), work_on, StateStore(), context.limits)
    return [outcome for outcome in outcomes if not isinstance(outcome, NotStarted)]


def _render(record: Any, context: DeliveryContext, is_decided: IsDecided) -> HandlerResult:
    """Decode, decide and render a record as a delivery does, and discard the result."""
    dispatch = codec.decode(record.value, Dispatch)
    incoming = headers.decode_headers(record.headers)
    if is_decided(dispatch, incoming):
        return []
    channel = context.channels.get(dispatch.destination.partition(":")[0])
    queue = DestinationQueue(DestinationStories(), context.defaults)
    waiting = build_waiting(dispatch, record, incoming, context.defaults, context.clock.now())
    queue.add(waiting)
    queue.place_all(waiting.due)
    item = queue.take(waiting.due, 0.0)
    if channel is not None and item is not None:
        times = headers.latency_record(incoming)
        notification = item.notification
        channel.render(Post(notification=notification, times=times, is_possible_repeat=True))
    return []
