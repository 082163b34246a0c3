"""What a destination is to be told of one article version, and who was told of it."""

from dataclasses import dataclass
from typing import Literal

from shared.messages.schemas.alerts import Alert
from shared.messages.schemas.daily import DailyFigures
from shared.messages.schemas.notifications import Notification
from shared.messages.schemas.tags import TaggedArticle
from shared.messages.schemas.values import Severity, UtcTime

DispatchKind = Literal["article", "revision", "withdrawal", "burst", "notice"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispatch:
    """One version of an article for one destination, with all its alerts, most urgent first.

    A ``revision`` replaces a version that the destination has received, a ``withdrawal`` takes it
    back; they may have no alerts. A ``burst`` has the alerts of the articles that met a rule's
    threshold and no ``article``; a ``notice`` has only its ``reason``, the text, and a daily line
    its figures, too. ``article`` is
    without what only the cleaner and the tagger need, and its body is bounded. ``severity`` is that
    of the most urgent alert, here or in the version that was received. ``omitted`` alerts did not
    fit. ``only_if_notified``: nobody knows whether the destination has received the article, so
    its deliverer decides. ``possible_repeat``: an alert may have been notified so long ago that it
    is not remembered. ``waits_since`` is only set while deliver keeps it in its state, and so is
    ``waits_because``, if it waits for something that does not come by itself. A notice
    with ``escalated`` repeats that message, which nobody has answered at its own destination; the
    message's alerts are the notice's.
    """

    dispatch_id: str
    destination: str
    kind: DispatchKind
    severity: Severity
    alerts: tuple[Alert, ...] = ()
    article: TaggedArticle | None = None
    reason: str = ""
    omitted: int = 0
    only_if_notified: bool = False
    possible_repeat: bool = False
    waits_since: UtcTime | None = None
    waits_because: str = ""
    escalated: "Notification | None" = None
    daily: DailyFigures | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """A destination that was notified of an article, and of which ``revisions``.

    ``severity`` is the highest so far. ``counted``: it may not have been notified, because only
    rules with a threshold have fired, or only on a version that takes the article back.
    """

    destination: str
    revisions: tuple[str, ...]
    severity: Severity
    counted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipients:
    """Who was notified of an article; ``version`` is the highest version that was matched."""

    article_id: str
    version: int
    recipients: tuple[Recipient, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RedriveRequest:
    """An operator's request to post parked notifications of a destination after all.

    Without ``notification_ids`` it means all that are parked.
    """

    destination: str
    asked_at: UtcTime
    notification_ids: tuple[str, ...] = ()
