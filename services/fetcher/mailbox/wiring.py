"""Wiring of the mailbox, which is off by default."""

from collections.abc import Sequence
from pathlib import Path

from services.fetcher.mailbox.mail_loop import MailLoop
from services.fetcher.mailbox.position import parse_mailbox
from services.fetcher.settings import FetcherSettings
from services.fetcher.source_writer import SourceWriter
from shared.base.exits import ConfigurationError


def build_mailbox(settings: FetcherSettings, writer: SourceWriter) -> Sequence[MailLoop]:
    """Build the mailbox's loop, if one is set; ConfigurationError if what it needs is missing."""
    if not settings.mailbox:
        return ()
    try:
        address = parse_mailbox(settings.mailbox)
    except ValueError as error:
        raise ConfigurationError(f"MAILBOX: {error}") from None
    if not settings.drop_folder:
        raise ConfigurationError("MAILBOX needs DROP_FOLDER, into which messages are put")
    password_file = Path(settings.mailbox_password_file)
    if not settings.mailbox_password_file or not password_file.is_file():
        raise ConfigurationError("MAILBOX_PASSWORD_FILE: there is no such file")
    folder = Path(settings.drop_folder) / settings.mailbox_source
    interval_s = settings.mailbox_interval_s
    return (MailLoop(address, password_file, folder, writer, interval_s=interval_s),)
