"""What happens in the stand-in's workspace, as JSON lines: posts, edits and reactions. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, Self

import orjson

Payload = Mapping[str, Any]
BOT: Final = "U0SUMMITWIRE"
"""The user of the bot token."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptedPost:
    """A message that was accepted, at ``at_s`` (Unix time), from a webhook or the bot.

    ``hook`` is the webhook's name, empty if the bot posted; ``channel`` a channel's name; ``ts``
    identifies the message in its channel; ``thread_ts`` its parent, if it is a reply.
    ``is_broadcast``: a reply that the channel shows, too.
    """

    hook: str
    payload: dict[str, Any]
    at_s: float
    channel: str = ""
    ts: str = ""
    thread_ts: str | None = None
    is_broadcast: bool = False

    @property
    def text(self) -> str:
        """The fallback text, with its markup."""
        return str(self.payload.get("text") or "")

    @property
    def time(self) -> str:
        """The time as RFC 3339."""
        return _format_time(self.at_s)

    def to_line(self) -> bytes:
        """Return the post as a JSON line."""
        line: dict[str, Any] = {"at": self.time, "hook": self.hook, "channel": self.channel}
        line |= {"ts": self.ts, "payload": self.payload}
        if self.thread_ts:
            line |= {"thread_ts": self.thread_ts, "is_broadcast": self.is_broadcast}
        return _encode(line)

    @classmethod
    def from_dict(cls, line: Payload) -> Self:
        """Build the post of a line; one of an older version has neither channel nor ts."""
        at_s = datetime.fromisoformat(line["at"]).timestamp()
        return cls(
            hook=line["hook"],
            payload=line["payload"],
            at_s=at_s,
            channel=line.get("channel") or line["hook"],
            ts=line.get("ts") or format_ts(round(at_s * 1_000_000)),
            thread_ts=line.get("thread_ts"),
            is_broadcast=line.get("is_broadcast", False),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageEdit:
    """The bot replaced a message: ``payload`` is all of its new content."""

    channel: str
    ts: str
    edited_ts: str
    payload: dict[str, Any]

    def to_line(self) -> bytes:
        """Return the edit as a JSON line."""
        edit = {"channel": self.channel, "ts": self.ts, "edited_ts": self.edited_ts}
        return _encode({"edit": edit, "payload": self.payload})

    @classmethod
    def from_dict(cls, line: Payload) -> Self:
        """Build the edit of a line."""
        return cls(**line["edit"], payload=line["payload"])


@dataclass(frozen=True, slots=True, kw_only=True)
class ReactionChange:
    """A user added a reaction to a message, or removed it. ``name`` has no colons."""

    channel: str
    ts: str
    name: str
    user: str
    is_added: bool

    def to_line(self) -> bytes:
        """Return the change as a JSON line."""
        change = {"channel": self.channel, "ts": self.ts, "name": self.name, "user": self.user}
        return _encode({"reaction": change | {"is_added": self.is_added}})

    @classmethod
    def from_dict(cls, line: Payload) -> Self:
        """Build the change of a line."""
        return cls(**line["reaction"])


SlackEvent = AcceptedPost | MessageEdit | ReactionChange


def parse_event(line: bytes) -> SlackEvent:
    """Parse a JSON line; the inverse of ``to_line``. ValueError if it is no event."""
    value = orjson.loads(line)
    try:
        if "reaction" in value:
            return ReactionChange.from_dict(value)
        return MessageEdit.from_dict(value) if "edit" in value else AcceptedPost.from_dict(value)
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"no event of Slack: {error}") from None


def format_ts(microseconds: int) -> str:
    """Format a Unix time as Slack identifies messages: ``1503435956.000247``."""
    return f"{microseconds // 1_000_000}.{microseconds % 1_000_000:06d}"


def _format_time(at_s: float) -> str:
    return datetime.fromtimestamp(at_s, UTC).isoformat(timespec="milliseconds")


def _encode(line: Payload) -> bytes:
    return orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE)
