"""The keys of what deliver remembers in deliveries.v1, beside the ledger's entries.

An entry's key is its notification's id. A key's group is what stands before its last slash
(shared/stream/state_store.py), so that each destination's entries can be listed.
"""

from typing import Final

CONTENT: Final = b"notification"
WAITING: Final = b"waiting"
STORY: Final = b"story"
ESCALATION: Final = b"escalation"


def content_key(notification_id: str) -> bytes:
    """Return the key of a notification's content, kept until it is delivered."""
    return b"%s/%s" % (CONTENT, notification_id.encode())


def waiting_group(destination: str) -> bytes:
    """Return the group of a destination's dispatches that wait in the state."""
    return b"%s/%s" % (WAITING, destination.encode())


def story_group(destination: str) -> bytes:
    """Return the group of a destination's stories."""
    return b"%s/%s" % (STORY, destination.encode())


def waiting_key(destination: str, dispatch_id: str) -> bytes:
    """Return the key of a dispatch that waits in the state."""
    return b"%s/%s" % (waiting_group(destination), dispatch_id.encode())


def story_key(destination: str, story_id: str) -> bytes:
    """Return the key of a story of a destination."""
    return b"%s/%s" % (story_group(destination), story_id.encode())


def escalation_group(destination: str) -> bytes:
    """Return the group of a destination's escalations."""
    return b"%s/%s" % (ESCALATION, destination.encode())


def escalation_key(destination: str, story_id: str) -> bytes:
    """Return the key of the escalation of a story of a destination."""
    return b"%s/%s" % (escalation_group(destination), story_id.encode())


def is_entry(key: bytes) -> bool:
    """Return whether a key is that of a ledger's entry."""
    return b"/" not in key
