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
    NEWS = "says something that its story did not say"
    MORE_URGENT = "a more urgent rule fires on its story"
    CHANGED = "a version that was sent has changed"
    TAKEN_BACK = "its publisher has taken it back"
    CORROBORATED = "told by {sources} independent sources by now"
    NOTHING_NEW = "says nothing that its story did not say"
    NEVER_SENT = "taken back before it was sent"
    NOT_RECEIVED = "a later version of what was not sent"
    UNCORROBORATED = "{sources} of {needed} independent sources within {within}"
    SILENCED = "silenced by {author}: {comment}"
    MUTED = "muted: {mute_time}"
    INHIBITED = "less urgent than the critical message of its story"
    DIGEST = "digest: {name}"
    ESCALATED = "not acknowledged at {destination} within {after}"
    BACKLOG = "waited while the address took no messages"
    ADDRESS_CLOSED = (
        "{destination} takes no messages ({answer}); "
        "what waits for it goes out once its address takes them again"
    )
    NOTHING_READ = (
        "no article was read for {span}, since {since}, which is longer than usual: "
        "look at the feeds and the fetcher"
    )
    READ_AGAIN = "articles are read again; none was read for {span}, since {since}"
    STAGE_LAGS = (
        "alerts are late: {stage} has not read what was written {span} ago, at {since}; "
        "look at its log and at /readyz"
    )
    STAGE_KEEPS_UP = "{stage} keeps up again; it lagged for {span}, since {since}"


class ParkingReason(Reason):
    """Why a notification was parked: ``Delivery.answer``."""

    NO_ADDRESS = "no address is configured for it"
    REFUSED = "{answer}"
    GIVEN_UP = "given up after {hours:.0f} h; last answer: {answer}"
