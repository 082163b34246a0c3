"""Why a notification was written or parked, for messages, metrics, logs and tests. Pure."""

from enum import StrEnum


class Reason(StrEnum):
    """A reason whose value is the text that messages carry, with ``{fields}`` to fill in."""

    @property
    def label(self) -> str:
        """The name in lower case, for metric labels and logs."""
        return self.name.lower()

    def text(self, **fields: object) -> str:
        """Return the reason as messages say it. KeyError if a field is missing."""
        return self.value.format(**fields)


class NotificationReason(Reason):
    """Why a notification was written: ``Notification.reason``."""

    EVERY_MATCH = "its rule notifies on every match"
    BELOW_THRESHOLD = "{counted} of {needed} {units} within {within}"
    THRESHOLD_MET = "{articles} articles{variety} within {within}"
    ALREADY_NOTIFIED = "belongs to what was told already, within {within}"
    WITHDRAWN = "taken back by its publisher: it does not count"
    ADDRESS_CLOSED = (
        "{destination} takes no messages any more ({answer}); "
        "its notifications are parked until its address is mended"
    )


class ParkingReason(Reason):
    """Why a notification was parked: ``Delivery.answer``."""

    NO_ADDRESS = "no address is configured for it"
    ADDRESS_GONE = "{answer}"
    CIRCUIT_OPEN = "its address refuses everything"
    QUEUE_FULL = "its address fails and too many wait for it"
    GIVEN_UP = "given up after {hours:.0f} h; last answer: {answer}"
