"""The stand-in's workspace: its channels, and their messages with edits, threads and reactions.

Pure.
"""

import base64
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Final

from services.console.fake_slack.events import (
    AcceptedPost,
    MessageEdit,
    ReactionChange,
    SlackEvent,
    format_ts,
)

MAX_MESSAGES: Final = 5_000
"""The oldest are dropped first."""
CHANNEL_NAME: Final = re.compile(r"[^\s#@<>&,.:/\\A-Z]{1,80}")
"""Slack's names of channels: lower case, without blanks and most punctuation."""


@dataclass(slots=True)
class SlackMessage:
    """A message as it is now: its last content, when it was edited, and who reacted how."""

    post: AcceptedPost
    edited_ts: str | None = None
    reactions: dict[str, list[str]] = field(default_factory=dict)


@dataclass(slots=True)
class SlackWorkspace:
    """Channels by name, and their messages by ``ts``, in order.

    ``names`` are the channels that exist; None: any does that a name can be given to. The bot is no
    member of those in ``not_joined``.
    """

    names: set[str] | None = None
    archived: set[str] = field(default_factory=set)
    not_joined: set[str] = field(default_factory=set)
    channels: dict[str, dict[str, SlackMessage]] = field(default_factory=dict)
    revision: int = 0
    _last_us: int = 0
    _order: dict[tuple[str, str], None] = field(default_factory=dict)
    _names_by_id: dict[str, str] = field(default_factory=dict)

    def next_ts(self, now_s: float) -> str:
        """Return an identifier for a message of now, later than every earlier one."""
        self._last_us = max(int(now_s * 1_000_000), self._last_us + 1)
        return format_ts(self._last_us)

    def apply(self, event: SlackEvent) -> None:
        """Change the workspace; an edit or reaction to a message that was dropped does nothing."""
        self.revision += 1
        if isinstance(event, AcceptedPost):
            self._add(event)
        elif message := self.find(event.channel, event.ts):
            if isinstance(event, MessageEdit):
                message.post = replace(message.post, payload=event.payload)
                message.edited_ts = event.edited_ts
            else:
                _react(message, event)

    def find(self, channel: str, ts: str) -> SlackMessage | None:
        """Return a message, None if there is none."""
        return self.channels.get(channel, {}).get(ts)

    def exists(self, name: str) -> bool:
        """Return whether there is such a channel."""
        return name in self.channels or (
            CHANNEL_NAME.fullmatch(name) is not None if self.names is None else name in self.names
        )

    def resolve(self, channel: str, *, by_name: bool = False) -> str | None:
        """Return the name of the channel with this id or, if ``by_name``, name; None without one.

        A channel has an id once it is listed or was named.
        """
        name = channel.removeprefix("#")
        if by_name and self.exists(name):
            self._names_by_id[channel_id(name)] = name
            return name
        if channel not in self._names_by_id:
            listed = {*self.channels, *(self.names or ())}
            self._names_by_id.update({channel_id(each): each for each in listed})
        return self._names_by_id.get(channel)

    def parents(self, channel: str) -> list[SlackMessage]:
        """Return a channel's messages that are no replies, oldest first."""
        messages = self.channels.get(channel, {}).values()
        return [each for each in messages if each.post.thread_ts is None]

    def history(self, channel: str) -> list[SlackMessage]:
        """Return what a channel shows, oldest first: parents, and replies that are broadcast."""
        messages = self.channels.get(channel, {}).values()
        return [each for each in messages if each.post.thread_ts is None or each.post.is_broadcast]

    def replies(self, channel: str) -> dict[str, list[SlackMessage]]:
        """Return a channel's replies by the ``ts`` of their parent, oldest first."""
        threads: dict[str, list[SlackMessage]] = {}
        for message in self.channels.get(channel, {}).values():
            if message.post.thread_ts is not None:
                threads.setdefault(message.post.thread_ts, []).append(message)
        return threads

    def newest_first(self) -> Iterator[SlackMessage]:
        """Yield the messages of all channels, the newest first."""
        for channel, ts in reversed(self._order):
            yield self.channels[channel][ts]

    def _add(self, post: AcceptedPost) -> None:
        seconds, _, microseconds = post.ts.partition(".")
        self._last_us = max(self._last_us, int(seconds) * 1_000_000 + int(microseconds))
        self.channels.setdefault(post.channel, {})[post.ts] = SlackMessage(post)
        self._order[post.channel, post.ts] = None
        if len(self._order) > MAX_MESSAGES:
            channel, ts = next(iter(self._order))
            del self._order[channel, ts], self.channels[channel][ts]


def channel_id(name: str) -> str:
    """Return a channel's id, as Slack forms them: ``C`` and ten letters or digits."""
    return "C" + base64.b32encode(hashlib.sha256(name.encode()).digest())[:10].decode()


def _react(message: SlackMessage, change: ReactionChange) -> None:
    users = message.reactions.setdefault(change.name, [])
    if change.is_added and change.user not in users:
        users.append(change.user)
    elif not change.is_added and change.user in users:
        users.remove(change.user)
    if not users:
        del message.reactions[change.name]
