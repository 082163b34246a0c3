"""What measuring needs of a notification, decoded in a tenth of the time that all of it takes."""

from typing import Final

import msgspec

from shared.messages.schemas import AlertOutcome

_NULL: Final = msgspec.Raw(b"null")


class _MeasuredAlert(msgspec.Struct):
    rule_id: str


class MeasuredNotification(msgspec.Struct):
    """The rules of a notification, and whether it was sent as a message of its own."""

    outcome: AlertOutcome
    alerts: tuple[_MeasuredAlert, ...] = ()
    escalated_from: msgspec.Raw = _NULL

    @property
    def rules(self) -> frozenset[str]:
        """The rules that it was sent for; none if it was not sent, or repeats another."""
        is_sent = self.outcome is AlertOutcome.NOTIFIED and bytes(self.escalated_from) == b"null"
        return frozenset(alert.rule_id for alert in self.alerts) if is_sent else frozenset()


def decode_head(value: bytes) -> MeasuredNotification | None:
    """Return the head of a record of notifications.v1; None if it cannot be decoded."""
    try:
        return msgspec.json.decode(value, type=MeasuredNotification)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
