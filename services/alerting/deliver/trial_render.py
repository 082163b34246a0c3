"""Render notifications in a child process first, after a deliverer ended uncleanly: one that ends
the child is posted by nobody."""

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
    records: Sequence[Any], desk: DeliveryContext
) -> dict[int, DeadLettered]:
    """By offset, those of the records that break their limits or end a process; any other fault is
    left to the delivery itself."""
    endings: list[Outcome] = []
    while len(endings) < len(records):
        endings += await _rehearsed(records[len(endings) :], desk)
    return {
        record.offset: end
        for record, end in zip(records, endings, strict=True)
        if isinstance(end, DeadLettered) and end.error == LimitExceeded.__name__
    }


async def _rehearsed(records: Sequence[Any], desk: DeliveryContext) -> list[Outcome]:
    """The endings of as many as there is time for: at least one."""

    def work_on(number: int, _ask: object) -> Outcome:
        return run_handler(lambda _value: desk.limits.call(_render, records[number], desk), None)

    endings = await run_careful_batch(len(records), work_on, StateStore(), desk.limits)
    return [end for end in endings if not isinstance(end, NotStarted)]


def _render(record: Any, desk: DeliveryContext) -> HandlerResult:
    """Read and render as a delivery does, and forget it."""
    notification = codec.decode(record.value, Notification)
    channel = desk.channels.get(notification.destination.partition(":")[0])
    if channel is not None:
        channel.render(
            Post(
                notification=notification,
                times=headers.latency_record(headers.decode_headers(record.headers)),
                marked=True,
            )
        )
    return []
