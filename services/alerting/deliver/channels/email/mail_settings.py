"""The SMTP server, the sender and the recipients of e-mail destinations. Pure.

No error or ``repr`` shows an address or a password.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import unquote, urlsplit

import yaml

from services.alerting.deliver.channels.addresses import AddressError, is_local
from shared.messages.ids import content_id

KEY_CHARACTERS: Final = 12
MAX_RECIPIENTS: Final = 50
_PORTS: Final = {"smtp": 587, "smtps": 465}
_MAILBOX: Final = re.compile(
    r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){0,9}"
)
"""Addresses without quotes and comments, as in HTML forms."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SmtpServer:
    """Where to hand in messages.

    ``is_tls``: TLS from the first byte; otherwise STARTTLS, but to a local server without a
    password.
    """

    host: str
    port: int
    is_tls: bool
    user: str = ""
    password: str = field(default="", repr=False)

    @property
    def needs_tls(self) -> bool:
        """Whether nothing but STARTTLS may be sent over the bare connection."""
        return not self.is_tls and (bool(self.user) or not is_local(self.host))


@dataclass(frozen=True, slots=True, kw_only=True)
class Mailboxes:
    """The recipients of each name, and the sender."""

    by_name: Mapping[str, tuple[str, ...]] = field(default_factory=dict, repr=False)
    sender: str = field(default="", repr=False)

    def rate_limit_key(self, name: str) -> str | None:
        """Return a short hash of the name's recipients; None if there are none."""
        recipients = self.by_name.get(name)
        return content_id("mailboxes", *recipients)[:KEY_CHARACTERS] if recipients else None


def parse_smtp_url(url: str) -> SmtpServer:
    """Parse ``smtps://user:password@host`` or ``smtp://host:25``.

    AddressError says what is wrong, and shows nothing of it.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise AddressError("SMTP_URL is not a URL; write smtps://user:password@host") from None
    if parts.scheme not in _PORTS or not parts.hostname or parts.path not in ("", "/"):
        raise AddressError("SMTP_URL is not an SMTP server; write smtps://user:password@host")
    if bool(parts.username) != bool(parts.password):
        raise AddressError("SMTP_URL has a user without a password, or the other way round")
    return SmtpServer(
        host=parts.hostname,
        port=port or _PORTS[parts.scheme],
        is_tls=parts.scheme == "smtps",
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
    )


def parse_mailboxes(document: str | None, sender: str) -> Mailboxes:
    """Parse a YAML or JSON mapping from names to an address or a list of addresses.

    AddressError lists every problem, and shows no address.
    """
    if document is None:
        return Mailboxes()
    try:
        data = yaml.safe_load(document)
    except yaml.YAMLError:
        raise AddressError("EMAIL_ADDRESSES: neither YAML nor JSON") from None
    if not isinstance(data, dict):
        raise AddressError("EMAIL_ADDRESSES: not a mapping; write one `name: address` per line")
    by_name = {str(name): _recipients(value) for name, value in data.items()}
    reasons = {name: _problem(recipients) for name, recipients in by_name.items()}
    problems = [f"EMAIL_ADDRESSES: {name}: {why}" for name, why in reasons.items() if why]
    if not _MAILBOX.fullmatch(sender):
        problems.append("EMAIL_FROM is not an address; write alerts@example.org")
    if problems:
        raise AddressError("\n".join(problems))
    return Mailboxes(by_name=by_name, sender=sender)


def _recipients(value: Any) -> tuple[str, ...]:
    values = value if isinstance(value, list) else [value]
    return tuple(each if isinstance(each, str) else "" for each in values)


def _problem(recipients: tuple[str, ...]) -> str:
    if not 1 <= len(recipients) <= MAX_RECIPIENTS:
        return f"needs 1 to {MAX_RECIPIENTS} addresses"
    if not all(_MAILBOX.fullmatch(each) for each in recipients):
        return "is not an address; write name@example.org"
    return ""
