"""Why a notification was written: one enum for messages, metric labels, logs and tests. Pure."""

from enum import StrEnum


class NotificationReason(StrEnum):
    """Each value is the text that the message carries, with ``{fields}`` that ``text`` fills in."""

    EVERY_MATCH = "its rule notifies on every match"
    BELOW_THRESHOLD = "{counted} of {needed} {units} within {within}"
    THRESHOLD_MET = "{articles} articles{variety} within {within}"
    ALREADY_NOTIFIED = "belongs to what was told already, within {within}"
    WITHDRAWN = "taken back by its publisher: it does not count"
    ADDRESS_CLOSED = (
        "{destination} takes no messages any more ({answer}); "
        "its notifications are parked until its address is mended"
    )

    @property
    def label(self) -> str:
        """The name in lower case, for metric labels and logs."""
        return self.name.lower()

    def text(self, **fields: object) -> str:
        """Return the reason as the message says it. KeyError if a field is missing."""
        return self.value.format(**fields)
