"""The channel ``console``: a line per notification on standard output, to try it without Slack."""

import sys
from dataclasses import dataclass, field
from typing import Protocol

from services.alerting.deliver.channels import wording
from services.alerting.deliver.channels.answers import Answer, Verdict
from services.alerting.deliver.channels.channel import Post, repeat_mark
from services.alerting.deliver.channels.message.content import compose, summarise


class LineWriter(Protocol):
    """Where the lines go."""

    def write(self, text: str, /) -> object:
        """Write the text."""

    def flush(self) -> object:
        """Make it visible."""


def line(post: Post) -> str:
    """Return the notification in one line.

    Control characters are removed, so that a feed cannot control the terminal.
    """
    content = compose(post)
    parts = [repeat_mark(post), summarise(content), wording.latency(post), content.url or ""]
    text = " · ".join(filter(None, parts))
    return "".join(character if character.isprintable() else " " for character in text)


@dataclass(frozen=True, slots=True)
class ConsoleChannel:
    """Writes lines; all names are the same console."""

    out: LineWriter = field(default_factory=lambda: sys.stdout)

    def rate_limit_key(self, name: str) -> str | None:  # noqa: ARG002 - any name will do
        """Return one key for all."""
        return "console"

    def render(self, post: Post) -> bytes:
        """Return the line with its newline."""
        return (line(post) + "\n").encode("utf-8", "replace")

    async def send(self, name: str, body: bytes, notification_id: str) -> Answer:  # noqa: ARG002 - as above
        """Write the line."""
        self.out.write(body.decode())
        self.out.flush()
        return Answer(verdict=Verdict.ACCEPTED, detail="written")
