"""Fetch new messages from an IMAP server, read-only, with the standard library. Blocking."""

import imaplib
import re
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Final

from services.fetcher.mailbox.position import MailboxAddress, MailPosition, first_uid

TIMEOUT_S: Final = 30.0
MAX_MESSAGES: Final = 20
_SIZE: Final = re.compile(rb"RFC822\.SIZE (\d{1,12})")


class MailError(Exception):
    """The server cannot be reached, or refuses; the text says which, without credentials."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewMail:
    """New messages by UID, the UIDs of those that are too large, and where to go on."""

    messages: dict[int, bytes]
    too_large: tuple[int, ...]
    position: MailPosition


def fetch_new_mail(
    address: MailboxAddress, password: str, position: MailPosition | None, max_bytes: int
) -> NewMail:
    """Return the messages after a position, at most MAX_MESSAGES; MailError if it is impossible."""
    try:
        with _open(address, password) as server:
            return _fetch_after(server, position, max_bytes)
    except imaplib.IMAP4.error as error:
        refusal = str(error).replace(password, "…")[:200] if password else str(error)[:200]
        raise MailError(f"the server refuses: {refusal}") from None
    except (OSError, ValueError) as error:
        raise MailError(f"{type(error).__name__}: {error}"[:200]) from None


@contextmanager
def _open(address: MailboxAddress, password: str) -> Iterator[imaplib.IMAP4]:
    """Log in and open the folder with EXAMINE, which changes nothing, not even what was seen."""
    server: imaplib.IMAP4
    if address.is_encrypted:
        context = ssl.create_default_context()
        server = imaplib.IMAP4_SSL(
            address.host, address.port, ssl_context=context, timeout=TIMEOUT_S
        )
    else:
        server = imaplib.IMAP4(address.host, address.port, timeout=TIMEOUT_S)
    try:
        server.login(address.user, password)
        answer, data = server.select(f'"{address.folder}"', readonly=True)
        if answer != "OK":
            raise imaplib.IMAP4.error(f"no folder {address.folder!r}: {data!r}")
        yield server
    finally:
        with suppress(imaplib.IMAP4.error, OSError):
            server.logout()


def _fetch_after(server: imaplib.IMAP4, position: MailPosition | None, max_bytes: int) -> NewMail:
    validity = _read_number(server, "UIDVALIDITY")
    if position is None:
        start = first_uid(None, validity, _read_number(server, "UIDNEXT"))
        return NewMail(messages={}, too_large=(), position=MailPosition(validity, start - 1))
    start = first_uid(position, validity, 0)
    _, found = server.uid("SEARCH", f"UID {start}:*")
    # "n:*" names the last message even if it is before n.
    listed = b" ".join(part for part in found if isinstance(part, bytes)).split()
    uids = sorted(uid for uid in map(int, listed) if uid >= start)[:MAX_MESSAGES]
    messages, too_large = dict[int, bytes](), list[int]()
    for uid in uids:
        if _read_size(server, uid) > max_bytes:
            too_large.append(uid)
        elif (message := _read_message(server, uid)) is not None:
            messages[uid] = message
    last = uids[-1] if uids else start - 1
    return NewMail(
        messages=messages, too_large=tuple(too_large), position=MailPosition(validity, last)
    )


def _read_number(server: imaplib.IMAP4, name: str) -> int:
    _, values = server.response(name)
    value = values[-1] if values else None
    if not isinstance(value, bytes) or not value.isdigit():
        raise imaplib.IMAP4.error(f"it does not state {name}")
    return int(value)


def _read_size(server: imaplib.IMAP4, uid: int) -> int:
    _, data = server.uid("FETCH", str(uid), "(RFC822.SIZE)")
    match = _SIZE.search(b" ".join(part for part in data if isinstance(part, bytes)))
    return int(match[1]) if match else 0


def _read_message(server: imaplib.IMAP4, uid: int) -> bytes | None:
    """Return a message; None if it has been deleted."""
    _, data = server.uid("FETCH", str(uid), "(BODY.PEEK[])")
    parts = (part[1] for part in data if isinstance(part, tuple) and len(part) == 2)
    return next((part for part in parts if isinstance(part, bytes)), None)
