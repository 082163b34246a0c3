"""What an earlier owner of a partition left to do: read it from the state."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from services.alerting.deliver.context import DeliveryContext
from services.alerting.deliver.grouping.destination_stories import DestinationStories
from services.alerting.deliver.grouping.escalations import StoryEscalations
from services.alerting.deliver.grouping.group_timing import GroupDefaults, wait_s
from services.alerting.deliver.grouping.queued_notification import QueuedNotification
from services.alerting.deliver.grouping.waiting import WaitingDispatch
from services.alerting.deliver.ledger.ledger import Ledger
from services.alerting.deliver.ledger.policy import end_without_post
from shared.base.log import get
from shared.base.outcomes import InvalidMessage
from shared.messages import codec
from shared.messages.delivery_keys import (
    CONTENT,
    WAITING,
    escalation_group,
    story_group,
    waiting_group,
)
from shared.messages.schemas import (
    Delivery,
    DeliveryState,
    Dispatch,
    Notification,
    PendingEscalation,
    RedriveRequest,
    Story,
)
from shared.stream.work import DeadLettered

log = get(__name__)


@dataclass(frozen=True, slots=True)
class StoredRecord:
    """A dispatch that was kept in the state, as the record that its dead letter is made of."""

    key: bytes
    value: bytes
    offset: int = -1
    partition: int = -1
    headers: tuple[tuple[str, bytes], ...] = ()


@dataclass(frozen=True, slots=True)
class UnreadableDispatch:
    """A dispatch of the state that cannot be decoded; its key says which it is, and for whom."""

    key: bytes
    value: bytes
    because: InvalidMessage

    @property
    def dispatch_id(self) -> str:
        """Its id."""
        return self.key.rpartition(b"/")[2].decode("utf-8", "replace")

    @property
    def destination(self) -> str:
        """Its destination."""
        group = self.key.rpartition(b"/")[0]
        return group.removeprefix(WAITING + b"/").decode("utf-8", "replace")

    @property
    def record(self) -> StoredRecord:
        """The record that its dead letter is made of."""
        return StoredRecord(self.destination.encode(), self.value)


def build_waiting(
    dispatch: Dispatch,
    record: Any,
    headers: Mapping[str, str],
    defaults: GroupDefaults,
    now: datetime,
) -> WaitingDispatch:
    """Build what waits from a record of dispatches.v1; its wait begins when it was written."""
    written_at = _written_at(record.timestamp, now)
    wait = timedelta(seconds=wait_s(dispatch, defaults))
    return WaitingDispatch(
        dispatch=dispatch,
        record=record,
        headers=headers,
        written_at=written_at,
        due=written_at + wait,
        offset=record.offset,
    )


def _written_at(timestamp_ms: int, now: datetime) -> datetime:
    """Return when a record was written; ``now`` where its time makes no sense or lies ahead."""
    if not 0 < timestamp_ms <= now.timestamp() * 1000:
        return now
    return datetime.fromtimestamp(timestamp_ms / 1000, UTC)


def reopen(ledger: Ledger, item: QueuedNotification, now: datetime) -> Delivery:
    """Return the ledger's entry by which a parked notification is to be posted again."""
    entry = ledger.get(item.notification.notification_id)
    assert entry is not None  # noqa: S101 - it is parked
    return replace(entry, state=DeliveryState.RETRY, first_attempt_at=now)


def resume_notifications(
    ledger: Ledger, now: datetime, *, parked_of: RedriveRequest | None = None
) -> Iterator[QueuedNotification]:
    """Yield the notifications that were decided and are not delivered, without the parked ones.

    With ``parked_of`` yield only the parked ones that it asks for.
    """
    for notification in _decode(ledger, CONTENT, Notification):
        entry = _entry(ledger, notification)
        is_parked = entry is not None and entry.state is DeliveryState.PARKED
        if parked_of is None:
            is_asked_for = not is_parked
        else:
            ids = parked_of.notification_ids
            is_asked_for = (
                is_parked
                and notification.destination == parked_of.destination
                and (not ids or notification.notification_id in ids)
            )
        if is_asked_for:
            yield QueuedNotification(
                notification=notification,
                headers={},
                written_at=entry.first_attempt_at if entry else now,
                is_written=True,
                has_content=True,
            )


async def park_fatal(
    ledger: Ledger, item: QueuedNotification, reason: DeadLettered, now: datetime
) -> None:
    """Park a stored notification that ends a process; a person may have it posted all the same."""
    notification, entry = item.notification, _entry(ledger, item.notification)
    ids = entry.dispatch_ids if entry else ()
    text = reason.message[:200]
    parked = end_without_post(
        entry, notification, DeliveryState.PARKED, text, now, dispatch_ids=ids
    )
    await ledger.write(parked, now_ms=int(now.timestamp() * 1000))
    log.warning(
        "notification parked",
        destination=notification.destination,
        notification=notification.notification_id,
        because=text,
    )


def _entry(ledger: Ledger, notification: Notification) -> Delivery | None:
    """Return a notification's entry; None if it cannot be read, which its worker then reports."""
    try:
        return ledger.get(notification.notification_id)
    except InvalidMessage:
        return None


def resume_waiting(
    ledger: Ledger, context: DeliveryContext
) -> tuple[list[WaitingDispatch], list[UnreadableDispatch]]:
    """Return the dispatches that wait in the state, and those that cannot be decoded.

    One that was decided nevertheless waits because a person asked for it again.
    """
    now = context.clock.now()
    readable: list[WaitingDispatch] = []
    unreadable: list[UnreadableDispatch] = []
    for destination in sorted(ledger.destinations(WAITING)):
        for key, value in ledger.stored(waiting_group(destination)):
            try:
                dispatch = codec.decode(value, Dispatch)
            except InvalidMessage as error:
                unreadable.append(UnreadableDispatch(key, value, error))
                continue
            waiting = WaitingDispatch(
                dispatch=dispatch,
                record=StoredRecord(dispatch.destination.encode(), codec.encode(dispatch)),
                headers={},
                written_at=dispatch.waits_since or now,
                due=now,
                offset=None,
                is_redriven=ledger.has_dispatch(dispatch.dispatch_id),
            )
            readable.append(waiting)
    return readable, unreadable


def resume_stories(ledger: Ledger, destination: str) -> DestinationStories:
    """Return what is remembered of a destination's stories."""
    return DestinationStories(_decode(ledger, story_group(destination), Story))


def resume_escalations(ledger: Ledger, destination: str) -> StoryEscalations:
    """Return what is to be escalated from a destination."""
    return StoryEscalations(_decode(ledger, escalation_group(destination), PendingEscalation))


def _decode(ledger: Ledger, group: bytes, message: type[Any]) -> Iterator[Any]:
    """Yield the messages of a group; one that cannot be decoded is logged and left alone."""
    for key, value in ledger.stored(group):
        try:
            yield codec.decode(value, message)
        except InvalidMessage as error:
            log.warning("an entry of the state cannot be read", key=str(key), because=str(error))
