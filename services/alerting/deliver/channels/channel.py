"""What a channel is: it renders a notification and sends it once. When to send, and whether again, is decided elsewhere."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Protocol

from services.alerting.deliver.channels.answers import Answer
from shared.messages.schemas import Notification

NOW: Final = "now"
"""The key in ``Post.times`` of the moment of sending, beside the stations of the latency ledger."""
MARK_CHARACTERS: Final = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """One message to send. ``times`` are Unix milliseconds by station, and ``now``.

    ``marked`` says that the destination may have had this already; ``plain`` asks for the least form, after the full one was refused.
    """

    notification: Notification
    times: Mapping[str, int] = field(default_factory=dict)
    replayed: bool = False
    marked: bool = False
    plain: bool = False


class Channel(Protocol):
    """One way to reach people. A destination ``slack:newsroom`` is the channel ``slack`` and the name ``newsroom``."""

    def rate_limit_key(self, name: str) -> str | None:
        """What paces this name: names with one address share one lane. None where no address is configured. Never a secret."""

    def render(self, post: Post) -> bytes:
        """The message's bytes; pure."""

    async def send(self, name: str, body: bytes, notification_id: str) -> Answer:
        """Send once and say what came of it; every failure of the network is an answer, not an error."""


def repeat_mark(post: Post) -> str:
    """``possible repeat · id ab12``, or nothing where the message is certainly new."""
    return (
        f"possible repeat · id {post.notification.notification_id[:MARK_CHARACTERS]}"
        if post.marked
        else ""
    )
