"""May a notification be posted, and what does an answer make of it? Pure: the ledger's entry, the time and the dice are passed in.

The promises this keeps (docs: delivery): at most one unmarked accepted post of an id; a mark only after a crash, an answer that nobody
heard, or where an earlier post may be forgotten (promise.py); nothing after DELIVERED; every notification ends delivered, parked or dead.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from services.alerting.deliver.channels.answers import Answer, Verdict
from shared.messages.schemas import Delivery, DeliveryState, Notification

GIVE_UP: Final = timedelta(hours=72)
"""After this long since its first attempt a notification is parked: a person can still redrive it, but it is no news any more."""
FINAL: Final = (DeliveryState.DELIVERED, DeliveryState.PARKED, DeliveryState.DEAD)


class Action(StrEnum):
    """What to do with a notification now."""

    SKIP = "skip"
    SEND = "send"
    PARK = "park"


@dataclass(frozen=True, slots=True)
class Decision:
    """An action and, for parking, why."""

    action: Action
    why: str = ""


def decide(
    entry: Delivery | None, *, now: datetime, obstacle: str = "", redriven: bool = False
) -> Decision:
    """What to do with a notification whose ledger entry this is.

    ``obstacle`` says why its destination takes nothing (circuit open, no address); ``redriven`` that a person asked for another try,
    which opens what was parked or dead, never what was delivered. Whether a post is marked is in ``intent``'s ``in_doubt``.
    """
    if (
        entry is not None
        and entry.state in FINAL
        and (entry.state is DeliveryState.DELIVERED or not redriven)
    ):
        return Decision(Action.SKIP)
    if obstacle:
        return Decision(Action.PARK, obstacle)
    if entry is not None and entry.state not in FINAL and now - entry.first_attempt_at >= GIVE_UP:
        return Decision(
            Action.PARK,
            f"given up after {GIVE_UP.total_seconds() / 3600:.0f} h; last answer: {entry.answer or 'none'}",
        )
    return Decision(Action.SEND)


def intent(
    entry: Delivery | None, notification: Notification, now: datetime, *, forgotten: bool = False
) -> Delivery:
    """The entry to commit before a post. An INTENT found in the ledger means a post whose answer nobody heard: one more in doubt.

    ``forgotten``: where there is no entry, an earlier post may have been forgotten; it counts as one in doubt.
    """
    if entry is None:
        return _entry(notification, DeliveryState.INTENT, now, attempts=1, in_doubt=int(forgotten))
    unheard = entry.state is DeliveryState.INTENT
    first = now if entry.state in FINAL else entry.first_attempt_at
    return replace(
        entry,
        state=DeliveryState.INTENT,
        attempts=entry.attempts + 1,
        in_doubt=entry.in_doubt + unheard,
        first_attempt_at=first,
        last_attempt_at=now,
    )


def is_marked(entry: Delivery) -> bool:
    """Whether the post that this INTENT announces must say "possible repeat"."""
    return entry.in_doubt > 0


def apply_answer(entry: Delivery, answer: Answer, *, plain: bool) -> Delivery:
    """The entry after the answer to the post that ``entry`` (an INTENT) announced; ``plain`` if it was the least form already."""
    state = {
        Verdict.ACCEPTED: DeliveryState.DELIVERED,
        Verdict.UNSENT: DeliveryState.RETRY,
        Verdict.IN_DOUBT: DeliveryState.RETRY,
        Verdict.MALFORMED: DeliveryState.DEAD if plain else DeliveryState.RETRY,
        Verdict.GONE: DeliveryState.PARKED,
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
    why: str,
    now: datetime,
    *,
    forgotten: bool = False,
) -> Delivery:
    """The entry of a notification that ends without a post: parked or dead, and why. A post nobody heard of stays in doubt."""
    if entry is None:
        return _entry(notification, state, now, attempts=0, in_doubt=int(forgotten), answer=why)
    return replace(
        entry,
        state=state,
        in_doubt=entry.in_doubt + (entry.state is DeliveryState.INTENT),
        last_attempt_at=now,
        answer=why,
    )


def _entry(
    notification: Notification,
    state: DeliveryState,
    now: datetime,
    *,
    attempts: int,
    in_doubt: int,
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
    )
