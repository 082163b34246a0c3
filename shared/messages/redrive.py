"""Operators' requests to post parked notifications after all: records of dispatches.v1. Pure."""

from collections.abc import Sequence
from datetime import datetime

from shared.kafka.transaction import Write
from shared.messages.own_record import build_record
from shared.messages.schemas import RedriveRequest


def build_redrive(
    topic: str,
    destination: str,
    notification_ids: Sequence[str] = (),
    *,
    ce_source: str,
    now: datetime,
) -> Write:
    """Build the record that requests these notifications; without ids, all that are parked.

    ``topic`` is the cluster's name of dispatches.v1, ``ce_source`` who requests it.
    """
    request = RedriveRequest(
        destination=destination, asked_at=now, notification_ids=tuple(notification_ids)
    )
    now_ms = int(now.timestamp() * 1000)
    return build_record(topic, destination.encode(), request, ce_source=ce_source, now_ms=now_ms)
