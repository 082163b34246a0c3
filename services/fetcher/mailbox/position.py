"""Where in a mailbox to go on, and which mailbox it is. Pure.

RFC 3501, 2.3.1.1: a message's UID is larger than those before it while UIDVALIDITY is the same.
"""

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote, urlsplit

_MARK: Final = re.compile(r"(\d{1,10})/(\d{1,10})")
_PORTS: Final = {"imaps": 993, "imap": 143}
_LOOPBACK: Final = frozenset(("localhost", "127.0.0.1", "::1"))


@dataclass(frozen=True, slots=True)
class MailPosition:
    """The last message that was taken: its UID, and the UIDVALIDITY for which it counts."""

    validity: int
    uid: int

    def __str__(self) -> str:
        """Return the position as a state keeps it, in place of a feed's validator."""
        return f"{self.validity}/{self.uid}"


def parse_position(validator: str | None) -> MailPosition | None:
    """Return the position in a state; None if there is none yet."""
    match = _MARK.fullmatch(validator or "")
    return MailPosition(int(match[1]), int(match[2])) if match else None


def first_uid(position: MailPosition | None, validity: int, next_uid: int) -> int:
    """Return the UID from which on messages are new.

    At first only what arrives from now on is; after a change of UIDVALIDITY all messages are,
    because nobody can say which of them were taken.
    """
    if position is None:
        return next_uid
    return position.uid + 1 if position.validity == validity else 1


@dataclass(frozen=True, slots=True, kw_only=True)
class MailboxAddress:
    """A folder on an IMAP server. Only with a server on this machine it may be without TLS."""

    host: str
    port: int
    user: str
    folder: str
    is_encrypted: bool


def parse_mailbox(url: str) -> MailboxAddress:
    """Parse ``imaps://user@host:993/Folder``; ValueError says what is wrong, without naming it."""
    parts = urlsplit(url)
    if parts.scheme not in _PORTS or not parts.hostname or not parts.username:
        raise ValueError("write it like imaps://user@mail.example/INBOX, with %40 for an @ in user")
    if parts.password is not None:
        raise ValueError("the password belongs into MAILBOX_PASSWORD_FILE")
    if parts.scheme == "imap" and parts.hostname not in _LOOPBACK:
        raise ValueError("imap:// is for a server on this machine only: use imaps://")
    folder = unquote(parts.path.lstrip("/")) or "INBOX"
    if not folder.isascii() or not folder.isprintable() or '"' in folder or "\\" in folder:
        raise ValueError("the folder's name is not plain ASCII: write it in IMAP's modified UTF-7")
    return MailboxAddress(
        host=parts.hostname,
        port=parts.port or _PORTS[parts.scheme],
        user=unquote(parts.username),
        folder=folder,
        is_encrypted=parts.scheme == "imaps",
    )
