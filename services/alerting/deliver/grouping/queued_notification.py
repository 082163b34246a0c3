"""A notification that is to be posted, with what belongs to it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from services.alerting.deliver.grouping.waiting import WaitingDispatch
from services.alerting.reasons import NotificationReason
from shared.messages.schemas import Notification, PendingEscalation, Story


@dataclass(slots=True)
class QueuedNotification:
    """A notification that is to be posted, and the dispatches that it is about.

    ``written_at`` is the time of the oldest of their records, ``waiting_since`` that of the latest.
    ``members`` is empty after a restart: the notification's content was kept. ``stories`` are what
    to remember once it is decided, and ``reasons`` why it was decided so, one for each story;
    ``facts`` are what is recorded of alerts that are not told besides, ``escalations`` what is to
    be stored of those that its stories begin.
    ``is_redriven``: a person asked for another try. ``is_written``: the ledger has the decision,
    ``has_content``: and the notification itself. ``is_refused``: nobody will receive it, so its
    stories are written once more. ``tries`` counts the failed ones in this process;
    ``is_plain`` is set once the full form was refused as malformed.
    """

    notification: Notification
    headers: Mapping[str, str]
    written_at: datetime
    waiting_since: datetime | None = None
    members: Sequence[WaitingDispatch] = ()
    stories: Sequence[Story] = ()
    reasons: Sequence[NotificationReason] = ()
    facts: Sequence[Notification] = ()
    escalations: Sequence[PendingEscalation] = ()
    is_redriven: bool = False
    is_written: bool = False
    has_content: bool = False
    is_refused: bool = False
    tries: int = 0
    is_plain: bool = False

    @property
    def offsets(self) -> tuple[int, ...]:
        """The source records that are finished once the notification is decided."""
        return tuple(member.offset for member in self.members if member.offset is not None)
