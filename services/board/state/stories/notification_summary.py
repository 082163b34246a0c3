"""What the board keeps of a notification: bounded, whatever its record holds. Pure."""

from dataclasses import dataclass
from typing import Final

from services.board.state.cards import HEADLINE_CHARACTERS, NAME_CHARACTERS
from services.board.state.excerpt import shorten
from shared.messages.schemas import (
    AlertOutcome,
    FieldName,
    Notification,
    NotificationKind,
    TextChange,
)

SENTENCES: Final = 6
SENTENCE_CHARACTERS: Final = 320
CHANGES: Final = 6
SOURCES: Final = 20
ARTICLES: Final = 50
ALERTS: Final = 1_000
UNLINKED_KINDS: Final = frozenset(("burst", "digest", "notice"))
"""Notifications about articles of several stories: they make no one story of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CardChange:
    """A change of a text: the words before and after."""

    field: FieldName
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NotificationSummary:
    """A notification without its alerts' contents.

    ``recorded_ms`` is when it was decided, in Unix ms. ``articles`` are ids, ``headline`` that of
    the article to link first. ``story_id`` is empty where it is about several stories.
    """

    id: str
    destination: str
    outcome: AlertOutcome
    reason: str
    alerts: tuple[str, ...]
    recorded_ms: int
    kind: NotificationKind
    story_id: str = ""
    articles: tuple[str, ...] = ()
    headline: str = ""
    new_sentences: tuple[str, ...] = ()
    changes: tuple[CardChange, ...] = ()
    sources: tuple[str, ...] = ()
    folded: int = 0
    is_escalation: bool = False


def summarise_notification(notification: Notification, recorded_ms: int) -> NotificationSummary:
    """Return what the board keeps of a notification that was recorded at ``recorded_ms``."""
    is_linked = notification.kind not in UNLINKED_KINDS
    articles = notification.articles[:ARTICLES]
    return NotificationSummary(
        id=notification.notification_id,
        destination=notification.destination,
        outcome=notification.outcome,
        reason=notification.reason,
        alerts=tuple(alert.alert_id for alert in notification.alerts[:ALERTS]),
        recorded_ms=recorded_ms,
        kind=notification.kind,
        story_id=notification.story_id if is_linked else "",
        articles=tuple(dict.fromkeys(article.article_id for article in articles)),
        headline=shorten(articles[0].headline, HEADLINE_CHARACTERS) if articles else "",
        new_sentences=tuple(
            shorten(text, SENTENCE_CHARACTERS) for text in notification.new_sentences[:SENTENCES]
        ),
        changes=tuple(_shorten_change(change) for change in notification.changes[:CHANGES]),
        sources=tuple(shorten(name, NAME_CHARACTERS) for name in notification.sources[:SOURCES]),
        folded=notification.folded,
        is_escalation=notification.escalated_from is not None,
    )


def _shorten_change(change: TextChange) -> CardChange:
    return CardChange(
        field=change.field,
        before=shorten(change.before, SENTENCE_CHARACTERS),
        after=shorten(change.after, SENTENCE_CHARACTERS),
    )
