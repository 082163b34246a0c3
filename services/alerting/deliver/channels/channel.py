"""What a channel does: render a notification, and send it once.

When to send it, and whether to retry, is decided elsewhere (destination_worker.py).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Protocol, runtime_checkable

from services.alerting.deliver.channels.answers import Answer
from shared.messages.schemas import Notification, Story, StoryThread

NOW: Final = "now"
"""The key of the sending time in ``Post.times``, beside the latency record's checkpoints."""
MARK_CHARACTERS: Final = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class PostingPace:
    """How often an address may be posted to: every ``spacing_s``, and ``burst`` posts at once."""

    spacing_s: float = 0.0
    burst: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """One message to send.

    ``times`` are Unix milliseconds by checkpoint, and under ``NOW``. ``is_possible_repeat``: the
    destination may have received this already. ``is_plain`` asks for the minimal form, after the
    full one was refused. ``action_links`` are label and address of what people may do about it.
    ``thread`` is the story's thread at the destination, if it has one.
    """

    notification: Notification
    times: Mapping[str, int] = field(default_factory=dict)
    is_replay: bool = False
    is_possible_repeat: bool = False
    is_plain: bool = False
    action_links: tuple[tuple[str, str], ...] = ()
    thread: StoryThread | None = None


class Channel(Protocol):
    """One way to reach people.

    The destination ``slack:newsroom`` is the channel ``slack`` and the name ``newsroom``.
    """

    @property
    def pace(self) -> PostingPace:
        """The pace of each address."""

    def rate_limit_key(self, name: str) -> str | None:
        """Return what the rate limit counts by: names with the same address share a key.

        None if no address is configured. The key is not a secret.
        """

    def render(self, post: Post) -> bytes:
        """Return the message's bytes; pure."""

    async def send(self, name: str, body: bytes, notification_id: str) -> Answer:
        """Send once and return the answer; a failure of the network is an answer, not an error."""


@runtime_checkable
class ThreadingChannel(Channel, Protocol):
    """A channel that shows a story as one thread, and its present state at the thread's top."""

    def show_state(self, name: str, story: Story) -> None:
        """Show what the story has come to by now; it returns at once, and may fail in silence."""


def repeat_mark(post: Post) -> str:
    """Return ``possible repeat · id ab12``, or nothing if the message is certainly new."""
    if not post.is_possible_repeat:
        return ""
    return f"possible repeat · id {post.notification.notification_id[:MARK_CHARACTERS]}"
