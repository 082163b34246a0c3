"""A call of the Web API: what its arguments name in the workspace. Pure."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from services.console.fake_slack.events import SlackEvent
from services.console.fake_slack.web_api.arguments import ApiArguments, ApiError
from services.console.fake_slack.workspace import SlackMessage, SlackWorkspace

Json = dict[str, Any]
TEAM: Final = "T0STANDIN"
TS: Final = re.compile(r"[0-9]{10}\.[0-9]{6}")


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiCall:
    """A call by the bot; ``url`` is the workspace's."""

    arguments: ApiArguments
    workspace: SlackWorkspace
    now_s: float
    url: str

    def channel(self, *, by_name: bool = False) -> str:
        """Return the name of the call's channel. ApiError if there is none."""
        name = self.workspace.resolve(self.arguments.text("channel"), by_name=by_name)
        if name is None:
            raise ApiError("channel_not_found")
        return name

    def joined_channel(self) -> str:
        """Return the name of the call's channel, of which the bot is a member. ApiError."""
        name = self.channel()
        if name in self.workspace.not_joined:
            raise ApiError("not_in_channel")
        return name

    def message(self, argument: str, error: str = "message_not_found") -> SlackMessage:
        """Return the message that channel and ``argument`` name. ApiError if there is none."""
        message = self.workspace.find(self.joined_channel(), self.arguments.text(argument))
        if message is None:
            raise ApiError(error)
        return message


Outcome = tuple[Json, SlackEvent | None]
"""What a method answers besides ``ok``, and what it changes."""
Method = Callable[[ApiCall], Outcome]
