"""``reactions.get``, ``reactions.add`` and ``reactions.remove``. Pure."""

import re
from typing import Final

from services.console.fake_slack.events import BOT, ReactionChange
from services.console.fake_slack.web_api.arguments import ApiError
from services.console.fake_slack.web_api.call import TS, ApiCall, Outcome
from services.console.fake_slack.web_api.descriptions import describe_message, permalink
from services.console.fake_slack.workspace import SlackMessage, channel_id

REACTIONS_OF_A_MESSAGE: Final = 50
"""How many different ones a message may have; Slack's documentation gives no figure."""
_NAME: Final = re.compile(r"[\w+'-]{1,100}(?:::skin-tone-[2-6])?")


def get_reactions(call: ApiCall) -> Outcome:
    """Return a message with its reactions; ApiError says why not."""
    message = _reacted_message(call)
    described = describe_message(message, ()) | {"permalink": permalink(call.url, message)}
    channel = channel_id(message.post.channel)
    return {"type": "message", "channel": channel, "message": described}, None


def add_reaction(call: ApiCall) -> Outcome:
    """Add a reaction of the bot; ApiError says why not."""
    message, name = _reacted_message(call), _reaction_name(call)
    if message.post.channel in call.workspace.archived:
        raise ApiError("is_archived")
    if BOT in message.reactions.get(name, ()):
        raise ApiError("already_reacted")
    if len(message.reactions) >= REACTIONS_OF_A_MESSAGE and name not in message.reactions:
        raise ApiError("too_many_emoji")
    return {}, reaction(message, name, BOT, is_added=True)


def remove_reaction(call: ApiCall) -> Outcome:
    """Remove a reaction of the bot; ApiError says why not."""
    message, name = _reacted_message(call), _reaction_name(call)
    if BOT not in message.reactions.get(name, ()):
        raise ApiError("no_reaction")
    return {}, reaction(message, name, BOT, is_added=False)


def _reacted_message(call: ApiCall) -> SlackMessage:
    timestamp = call.arguments.text("timestamp")
    if not timestamp or not call.arguments.text("channel"):
        raise ApiError("no_item_specified")
    if not TS.fullmatch(timestamp):
        raise ApiError("bad_timestamp")
    return call.message("timestamp")


def _reaction_name(call: ApiCall) -> str:
    name = call.arguments.text("name").strip(":")
    if not is_reaction(name):
        raise ApiError("invalid_name")
    return name


def is_reaction(name: str) -> bool:
    """Return whether a reaction may have this name."""
    return _NAME.fullmatch(name) is not None


def reaction(message: SlackMessage, name: str, user: str, *, is_added: bool) -> ReactionChange:
    """Build the change of a reaction to a message."""
    post = message.post
    return ReactionChange(channel=post.channel, ts=post.ts, name=name, user=user, is_added=is_added)
