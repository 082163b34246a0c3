"""How a dispatch ends that cannot be handled: a dead letter, with an entry and a fact. Pure.

Without them its alerts would have no outcome: the board, the console and the reconciliation read
entries and facts, not dead letters.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

import msgspec

from services.alerting.deliver.ledger.policy import end_without_post
from services.alerting.match.dispatches import fit_alerts
from shared.messages.ids import notification_id
from shared.messages.schemas import AlertOutcome, Delivery, DeliveryState, Dispatch, Notification

REASON_CHARACTERS: Final = 200


class DispatchName(msgspec.Struct, frozen=True):
    """The little of a dispatch that is needed to end it, where the whole cannot be read."""

    dispatch_id: str
    destination: str


@dataclass(frozen=True, slots=True)
class UnhandledDispatch:
    """The entry of a dispatch that is a dead letter, and the fact: its alerts are parked."""

    entry: Delivery
    fact: Notification


def read_name(value: bytes | None) -> DispatchName | None:
    """Read which dispatch a record is; None if that cannot be read either."""
    try:
        return msgspec.json.decode(value or b"", type=DispatchName)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


def end_unhandled(
    destination: str,
    dispatch_id: str,
    dispatch: Dispatch | None,
    because: str,
    now: datetime,
    entry: Delivery | None = None,
) -> UnhandledDispatch:
    """Return how it ends. ``entry`` is the one of an earlier try, if any.

    ``dispatch`` is None if it cannot be decoded: the fact then names no alert, and the entry says
    that the dispatch is decided.
    """
    alerts, omitted = fit_alerts((), dispatch.alerts) if dispatch else ((), 0)
    fact = Notification(
        notification_id=notification_id(destination, dispatch_id),
        destination=destination,
        outcome=AlertOutcome.PARKED,
        reason=because[:REASON_CHARACTERS],
        alerts=alerts,
        story_id=dispatch_id,
        severity=dispatch.severity if dispatch else None,
        omitted=omitted + (dispatch.omitted if dispatch else 0),
    )
    ended = end_without_post(
        entry,
        fact,
        DeliveryState.DEAD,
        fact.reason,
        now,
        may_be_forgotten=dispatch is not None and dispatch.possible_repeat,
        dispatch_ids=(dispatch_id,),
    )
    return UnhandledDispatch(ended, fact)
