"""Render notifications in a child process first, after a deliverer that did not end cleanly.

A notification that ends the child process becomes a dead letter instead of being delivered.
"""

from collections.abc import Sequence
from typing import Any

from services.alerting.deliver.channels.channel import Post
from services.alerting.deliver.context import DeliveryContext
from shared.base.outcomes import LimitExceeded
from shared.messages import codec, headers
from shared.messages.schemas import Notification
from shared.stream.state_store import StateStore
from shared.stream.work import (
    DeadLettered,
    HandlerResult,
    NotStarted,
    Outcome,
    run_careful_batch,
    run_handler,
)


async def find_fatal_records(
    records: Sequence[Any], context: DeliveryContext
) -> dict[int, DeadLettered]:
    """Return, by offset, the records that exceed their limits or end a process.

    Any other fault is left to the delivery itself.
    """
    outcomes: list[Outcome] = []
    while len(outcomes) < len(records):
        outcomes += await _render_batch(records[len(outcomes) :], context)
    return {
        record.offset: outcome
        for record, outcome in zip(records, outcomes, strict=True)
        if isinstance(outcome, DeadLettered) and outcome.error == LimitExceeded.__name__
    }


async def _render_batch(records: Sequence[Any], context: DeliveryContext) -> list[Outcome]:
    """Render as many records as there is time for, at least one, and return their outcomes."""

    def work_on(number: int, _ask: object) -> Outcome:
        return run_handler(
            lambda _value: context.limits.call(_render, records[number], context), None
        )

    outcomes = await run_careful_batch(len(records), work_on, StateStore(), context.limits)
    return [outcome for outcome in outcomes if not isinstance(outcome, NotStarted)]


def _render(record: Any, context: DeliveryContext) -> HandlerResult:
    """Decode and render a record as a delivery does, and discard the result."""
    notification = codec.decode(record.value, Notification)
    channel = context.channels.get(notification.destination.partition(":")[0])
    if channel is not None:
        times = headers.latency_record(headers.decode_headers(record.headers))
        channel.render(Post(notification=notification, times=times, is_possible_repeat=True))
    return []
