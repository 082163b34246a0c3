"""The table of methods, with the arguments, answers and errors of docs.slack.dev. Pure."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from services.console.fake_slack.events import BOT
from services.console.fake_slack.people import PEOPLE
from services.console.fake_slack.web_api import chat, reactions
from services.console.fake_slack.web_api.arguments import ApiError
from services.console.fake_slack.web_api.call import TEAM, ApiCall, Method, Outcome
from services.console.fake_slack.web_api.descriptions import page_of

POST_MESSAGE: Final = "chat.postMessage"


def _auth_test(call: ApiCall) -> Outcome:
    identity = {
        "url": call.url,
        "team": "Stand-in",
        "team_id": TEAM,
        "is_enterprise_install": False,
    }
    return identity | {"user": "summitwire", "user_id": BOT, "bot_id": "B0SUMMITWIRE"}, None


def _history(call: ApiCall) -> Outcome:
    channel = call.joined_channel()
    threads = call.workspace.replies(channel)
    newest_first = list(reversed(call.workspace.history(channel)))
    return page_of(newest_first, call.arguments, threads, default_limit=100), None


def _replies(call: ApiCall) -> Outcome:
    message = call.message("ts", "thread_not_found")
    threads = call.workspace.replies(message.post.channel)
    thread = [message, *threads.get(message.post.ts, ())]
    return page_of(thread, call.arguments, threads, default_limit=999), None


def _user_info(call: ApiCall) -> Outcome:
    user = call.arguments.text("user")
    if user not in PEOPLE:
        raise ApiError("user_not_found")
    name = PEOPLE[user]
    profile = {"real_name": name, "display_name": name}
    person = {"id": user, "team_id": TEAM, "name": name.lower(), "real_name": name}
    return {"user": person | {"profile": profile, "is_bot": user == BOT, "deleted": False}}, None


METHODS: Final[Mapping[str, Method]] = MappingProxyType(
    {
        "auth.test": _auth_test,
        POST_MESSAGE: chat.post_message,
        "chat.update": chat.update,
        "chat.getPermalink": chat.get_permalink,
        "reactions.get": reactions.get_reactions,
        "reactions.add": reactions.add_reaction,
        "reactions.remove": reactions.remove_reaction,
        "conversations.history": _history,
        "conversations.replies": _replies,
        "users.info": _user_info,
    }
)
