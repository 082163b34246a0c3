"""The channel ``console``: notifications on standard output, to try it without Slack."""

import sys
from dataclasses import dataclass, field
from typing import ClassVar, Protocol

from services.alerting.deliver.channels.answers import Answer, Verdict
from services.alerting.deliver.channels.channel import Post, PostingPace
from services.alerting.deliver.channels.message.content import compose
from services.alerting.deliver.channels.message.plain_text import render_sections

_INDENT = "\n    "


class LineWriter(Protocol):
    """Where the lines go."""

    def write(self, text: str, /) -> object:
        """Write the text."""

    def flush(self) -> object:
        """Make it visible."""


def render_text(post: Post, board_url: str = "") -> str:
    """Return the notification's lines; all but the first are indented.

    Control characters are removed, so that a feed cannot control the terminal.
    """
    sections = render_sections(compose(post, board_url))
    return _INDENT.join(line for section in sections for line in section)


@dataclass(frozen=True, slots=True)
class ConsoleChannel:
    """Writes lines; all names are the same console."""

    pace: ClassVar[PostingPace] = PostingPace()
    board_url: str = ""
    out: LineWriter = field(default_factory=lambda: sys.stdout)

    def rate_limit_key(self, name: str) -> str | None:  # noqa: ARG002 - any name will do
        """Return one key for all."""
        return "console"

    def render(self, post: Post) -> bytes:
        """Return the lines with their newlines."""
        return (render_text(post, self.board_url) + "\n").encode("utf-8", "replace")

    async def send(self, name: str, body: bytes, notification_id: str) -> Answer:  # noqa: ARG002 - as above
        """Write the lines."""
        self.out.write(body.decode())
        self.out.flush()
        return Answer(verdict=Verdict.ACCEPTED, detail="written")
