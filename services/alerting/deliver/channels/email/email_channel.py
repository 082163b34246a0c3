"""The channel ``email``: a name has one or more recipients."""

import asyncio
from dataclasses import dataclass
from typing import ClassVar, Final

from services.alerting.deliver.channels.answers import Answer
from services.alerting.deliver.channels.channel import Post, PostingPace
from services.alerting.deliver.channels.email.mail_message import Envelope, render_email
from services.alerting.deliver.channels.email.mail_settings import Mailboxes, SmtpServer
from services.alerting.deliver.channels.email.smtp import TIMEOUT_S, hand_in
from services.alerting.deliver.channels.templates.macros import BUILT_IN, MessageTemplate
from shared.base.log import get

log = get(__name__)

PACE: Final = PostingPace(spacing_s=1.0, burst=10)
"""Servers refuse senders that hand in a lot at once, and none says how much."""


@dataclass(frozen=True, slots=True)
class EmailChannel:
    """Hands messages to one SMTP server; without a server no name has an address."""

    pace: ClassVar[PostingPace] = PACE
    server: SmtpServer | None
    mailboxes: Mailboxes
    board_url: str = ""
    template: MessageTemplate = BUILT_IN
    timeout_s: float = TIMEOUT_S

    def rate_limit_key(self, name: str) -> str | None:
        """Return one key per set of recipients: a full mailbox must not close others."""
        return self.mailboxes.rate_limit_key(name) if self.server else None

    def render(self, post: Post) -> bytes:
        """Render the whole message."""
        name = post.notification.destination.partition(":")[2]
        recipients = self.mailboxes.by_name.get(name, ())
        envelope = Envelope(self.mailboxes.sender, recipients)
        try:
            return render_email(post, envelope, self.board_url, self.template)
        except Exception as error:
            if self.template is BUILT_IN:
                raise
            log.error("a template failed", channel="email", error=str(error))  # noqa: TRY400 - the template's fault
            return render_email(post, envelope, self.board_url)

    async def send(self, name: str, body: bytes, notification_id: str) -> Answer:  # noqa: ARG002 - it is in the message
        """Hand the message to the server, in a thread."""
        if self.server is None:
            raise KeyError(name)
        return await asyncio.to_thread(
            hand_in,
            self.server,
            self.mailboxes.sender,
            self.mailboxes.by_name[name],
            body,
            self.timeout_s,
        )
