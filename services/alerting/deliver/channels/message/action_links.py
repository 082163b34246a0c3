"""The links of a message by which people silence, correct or acknowledge it. Pure."""

from datetime import datetime
from typing import Final

from shared.feedback.message_links import MessageLinks, reference
from shared.messages.schemas import Notification

_LABELS: Final = {"silence": "Silence", "wrong": "Wrong", "acknowledge": "Acknowledge"}
_UNANSWERED: Final = ("notice",)
_OF_SEVERAL: Final = {"burst": ("wrong", "acknowledge"), "digest": ("acknowledge",)}
"""What is about several stories silences none of them, and one rule's mistake is not all of it."""


def build_action_links(
    notification: Notification, links: MessageLinks | None, now: datetime
) -> tuple[tuple[str, str], ...]:
    """Return label and address of each link; none if ``links`` is None: no key is configured."""
    if links is None or notification.kind in _UNANSWERED:
        return ()
    token = links.sign(reference(notification), now)
    actions = _OF_SEVERAL.get(notification.kind, tuple(_LABELS))
    return tuple((_LABELS[action], links.address(action, token)) for action in actions)
