"""The channel ``console``: one line a notification on standard output, for a laptop without Slack."""

import sys
from dataclasses import dataclass, field
from typing import Protocol

from services.alerting.deliver.channels import wording
from services.alerting.deliver.channels.answers import Answer, Verdict
from services.alerting.deliver.channels.channel import Post, repeat_mark


class Writes(Protocol):
    """What the lines go to."""

    def write(self, text: str, /) -> object:
        """Take the text."""

    def flush(self) -> object:
        """Let it be seen."""


def line(post: Post) -> str:
    """The notification in one line, without control characters, so that a feed cannot steer the terminal."""
    alerts = post.notification.alerts
    parts = [
        repeat_mark(post),
        wording.summary(post),
        wording.latency(post),
        (alerts[0].url or "") if alerts else "",
    ]
    return "".join(
        character if character.isprintable() else " "
        for character in " · ".join(filter(None, parts))
    )


@dataclass(frozen=True, slots=True)
class ConsoleChannel:
    """Writes lines; every name is the same console."""

    out: Writes = field(default_factory=lambda: sys.stdout)

    def rate_limit_key(self, name: str) -> str | None:  # noqa: ARG002 - any name will do
        """One lane for all."""
        return "console"

    def render(self, post: Post) -> bytes:
        """The line and its end."""
        return (line(post) + "\n").encode("utf-8", "replace")

    async def send(self, name: str, body: bytes, notification_id: str) -> Answer:  # noqa: ARG002 - as above
        """Write the line."""
        self.out.write(body.decode())
        self.out.flush()
        return Answer(verdict=Verdict.ACCEPTED, detail="written")
