"""The signed links in messages by which people give feedback. Pure; the time is passed in.

A link says which message it is about and until when it holds, and nothing else: whoever has the
message may use it, and nobody can make one for another message.
"""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

import msgspec
from itsdangerous import BadData, URLSafeSerializer

from shared.messages.schemas import Notification

MIN_KEY_CHARACTERS: Final = 32
MAX_TOKEN: Final = 2_000
RULE_CHARACTERS: Final = 160
"""Rules that a link names, the most urgent, have so many characters together: links stay short."""
ACTIONS: Final = ("silence", "wrong", "acknowledge")
_OF_SEVERAL: Final = ("burst", "digest")
"""Messages about several stories."""
_SALT: Final = "summitwire: feedback about a message"


class LinkRefused(Exception):  # noqa: N818 - an answer to a person, not a fault of ours
    """A link that was not signed with one of our keys."""


class LinkExpired(LinkRefused):
    """A link that was ours, and holds no longer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageReference:
    """Which message a link is about: a notification of a story at a destination, and its rules.

    ``story_id`` is empty if it is about several stories.
    """

    notification_id: str
    destination: str
    story_id: str
    rules: tuple[str, ...] = ()


class _Payload(msgspec.Struct, array_like=True, frozen=True):
    """What is signed, as an array: the shortest form."""

    notification_id: str
    destination: str
    story_id: str
    rules: tuple[str, ...]
    expires: int


class MessageLinks:
    """Signs links with the first of its keys, and accepts those of all. KeyError without any."""

    def __init__(self, keys: Sequence[str], lifetime: timedelta, board_url: str = "") -> None:
        self._lifetime, self._board_url = lifetime, board_url.rstrip("/")
        self._serializer = URLSafeSerializer(
            list(reversed(keys)),  # the library signs with the last
            salt=_SALT,
            signer_kwargs={"key_derivation": "hmac", "digest_method": hashlib.sha256},
        )

    def address(self, action: str, token: str) -> str:
        """Return the address of an action's page."""
        return f"{self._board_url}/feedback/{action}/{token}"

    def sign(self, message: MessageReference, now: datetime) -> str:
        """Return the token of a message's links, which hold from ``now`` for the lifetime."""
        payload = _Payload(
            message.notification_id,
            message.destination,
            message.story_id,
            message.rules,
            int((now + self._lifetime).timestamp()),
        )
        return str(self._serializer.dumps(msgspec.to_builtins(payload)))

    def read(self, token: str, now: datetime) -> MessageReference:
        """Return which message a token is about. Raises LinkRefused or LinkExpired."""
        if len(token) > MAX_TOKEN:
            raise LinkRefused
        try:
            payload = msgspec.convert(self._serializer.loads(token), _Payload)
        except (BadData, msgspec.ValidationError, ValueError) as error:
            raise LinkRefused from error
        if now >= datetime.fromtimestamp(payload.expires, UTC):
            raise LinkExpired
        return MessageReference(
            notification_id=payload.notification_id,
            destination=payload.destination,
            story_id=payload.story_id,
            rules=payload.rules,
        )


def reference(notification: Notification) -> MessageReference:
    """Return what the links of a notification are about: of an escalation, the first message."""
    ids = dict.fromkeys(alert.rule_id for alert in notification.alerts) or dict.fromkeys(
        notification.earlier_rules
    )
    rules, room = [], RULE_CHARACTERS
    for rule_id in ids:
        room -= len(rule_id)
        if room < 0:
            break
        rules.append(rule_id)
    subject = notification.escalated_from or notification
    is_of_story = notification.kind not in _OF_SEVERAL
    return MessageReference(
        notification_id=subject.notification_id,
        destination=subject.destination,
        story_id=subject.story_id if is_of_story else "",
        rules=tuple(rules),
    )


def parse_keys(text: str) -> tuple[str, ...]:
    """Parse keys, the one to sign with first, separated by commas, spaces or lines.

    ValueError says what is wrong, without showing a key.
    """
    keys = tuple(filter(None, re.split(r"[\s,]+", text)))
    for number, key in enumerate(keys, 1):
        if len(key) < MIN_KEY_CHARACTERS:
            raise ValueError(
                f"key {number} has fewer than {MIN_KEY_CHARACTERS} characters: "
                "make one with `openssl rand -hex 32`"
            )
    if not keys:
        raise ValueError("it has no key: make one with `openssl rand -hex 32`")
    return keys
