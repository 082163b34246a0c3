"""Whether a notification may be posted now, and what an answer means for it.

Pure: the ledger's entry and the time are passed in. The promises that this keeps: at most one
accepted post of an id without a mark; a mark only after a crash, after a lost answer, or where an
earlier post may be forgotten (retention.py); nothing after DELIVERED; every notification ends
delivered, parked or dead.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from services.alerting.deliver.channels.answers import Answer, Verdict
from services.alerting.reasons import ParkingReason
from shared.messages.schemas import Delivery, DeliveryState, Notification

GIVE_UP: Final = timedelta(hours=72)
"""So long after its first attempt a notification is parked.

It can still be redriven, but it is no news any more.
"""
FINAL: Final = (
    DeliveryState.DELIVERED,
    DeliveryState.PARKED,
    DeliveryState.DEAD,
    DeliveryState.CLOSED,
)


class Action(StrEnum):
    """What to do with a notification now."""

    SKIP = "skip"
    SEND = "send"
    PARK = "park"


@dataclass(frozen=True, slots=True)
class Decision:
    """An action; if it is to park, with the reason and its text for the ledger."""

    action: Action
    reason: ParkingReason | None = None
    text: str = ""


def decide(
    entry: Delivery | None,
    *,
    now: datetime,
    waiting_since: datetime,
    obstacle: ParkingReason | None = None,
    is_redriven: bool = False,
) -> Decision:
    """Decide what to do with a notification that has this ledger entry.

    It is parked only once it has waited ``GIVE_UP`` since ``waiting_since``; ``obstacle`` is why
    its destination can take nothing. ``is_redriven``: a person asked for another try, which reopens
    what was parked or dead, never what was delivered. Whether the post is marked follows from
    ``intent``.
    """
    is_ended = entry is not None and entry.state in (DeliveryState.DELIVERED, DeliveryState.CLOSED)
    if is_ended or (entry is not None and entry.state in FINAL and not is_redriven):
        return Decision(Action.SKIP)
    if not is_redriven and now - waiting_since >= GIVE_UP:
        if obstacle is not None:
            return Decision(Action.PARK, obstacle, obstacle.text())
        hours = GIVE_UP.total_seconds() / 3600
        answer = (entry.answer if entry else "") or "none"
        reason = ParkingReason.GIVEN_UP
        return Decision(Action.PARK, reason, reason.text(hours=hours, answer=answer))
    return Decision(Action.SEND)


def intent(
    entry: Delivery | None,
    notification: Notification,
    now: datetime,
    *,
    may_be_forgotten: bool = False,
    dispatch_ids: tuple[str, ...] = (),
) -> Delivery:
    """Return the entry to commit before a post.

    An INTENT in the ledger is a post whose answer was lost: one more in doubt.
    ``may_be_forgotten``: without an entry, an earlier post may be forgotten; it counts as one in
    doubt.
    """
    if entry is None:
        doubts = int(may_be_forgotten)
        return _entry(
            notification,
            DeliveryState.INTENT,
            now,
            attempts=1,
            in_doubt=doubts,
            dispatch_ids=dispatch_ids,
        )
    return replace(
        entry,
        state=DeliveryState.INTENT,
        attempts=entry.attempts + 1,
        in_doubt=entry.in_doubt + (entry.state is DeliveryState.INTENT),
        first_attempt_at=now if entry.state in FINAL else entry.first_attempt_at,
        last_attempt_at=now,
    )


def is_marked(entry: Delivery) -> bool:
    """Return whether the post that this INTENT announces must say "possible repeat"."""
    return entry.in_doubt > 0


def apply_answer(entry: Delivery, answer: Answer, *, is_plain: bool) -> Delivery:
    """Return the entry after the answer to the post that ``entry`` (an INTENT) announced.

    ``is_plain``: the post had the plain form already, so a refusal is final.
    """
    state = {
        Verdict.ACCEPTED: DeliveryState.DELIVERED,
        Verdict.UNSENT: DeliveryState.RETRY,
        Verdict.IN_DOUBT: DeliveryState.RETRY,
        Verdict.MALFORMED: DeliveryState.DEAD if is_plain else DeliveryState.RETRY,
        Verdict.GONE: DeliveryState.RETRY,
    }[answer.verdict]
    return replace(
        entry,
        state=state,
        in_doubt=entry.in_doubt + (answer.verdict is Verdict.IN_DOUBT),
        answer=answer.detail,
    )


def end_without_post(
    entry: Delivery | None,
    notification: Notification,
    state: DeliveryState,
    answer: str,
    now: datetime,
    *,
    may_be_forgotten: bool = False,
    dispatch_ids: tuple[str, ...] = (),
) -> Delivery:
    """Return the entry of a notification that ends without a post, and why.

    A post whose answer was lost stays in doubt.
    """
    if entry is None:
        doubts = int(may_be_forgotten)
        return _entry(
            notification,
            state,
            now,
            attempts=0,
            in_doubt=doubts,
            answer=answer,
            dispatch_ids=dispatch_ids,
        )
    return replace(
        entry,
        state=state,
        in_doubt=entry.in_doubt + (entry.state is DeliveryState.INTENT),
        last_attempt_at=now,
        answer=answer,
        dispatch_ids=dispatch_ids,
    )


def _entry(
    notification: Notification,
    state: DeliveryState,
    now: datetime,
    *,
    attempts: int,
    in_doubt: int,
    dispatch_ids: tuple[str, ...],
    answer: str = "",
) -> Delivery:
    return Delivery(
        notification_id=notification.notification_id,
        destination=notification.destination,
        state=state,
        attempts=attempts,
        in_doubt=in_doubt,
        first_attempt_at=now,
        last_attempt_at=now,
        answer=answer,
        dispatch_ids=dispatch_ids,
    )
