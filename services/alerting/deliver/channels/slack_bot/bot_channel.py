"""Post to Slack's channels by a bot's token, through Slack's Web API."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, ClassVar, Final

import orjson

from services.alerting.deliver.channels.answers import Answer, Verdict
from services.alerting.deliver.channels.channel import Post, PostingPace
from services.alerting.deliver.channels.http_post import exchange
from services.alerting.deliver.channels.slack import PACE, build_message
from services.alerting.deliver.channels.slack_bot.api_answers import classify_call
from services.alerting.deliver.channels.slack_bot.bot_settings import BotSettings
from services.alerting.deliver.channels.slack_bot.parent_edits import ParentEdits
from services.alerting.deliver.channels.slack_bot.thread_state import build_state
from services.alerting.deliver.channels.templates.macros import BUILT_IN, MessageTemplate
from shared.http.clients import Client
from shared.messages.schemas import Story, StoryThread

POST_MESSAGE: Final = "chat.postMessage"
UPDATE: Final = "chat.update"
_BROADCAST: Final = frozenset({"correction", "withdrawal"})
"""What everyone in the channel must see, although it is a reply."""


@dataclass(slots=True)
class SlackBot:
    """Posts to the channels of the settings; a story's later messages are replies to its first."""

    settings: BotSettings
    client: Client
    board_url: str = ""
    template: MessageTemplate = BUILT_IN
    edits: ParentEdits = field(init=False)
    pace: ClassVar[PostingPace] = PACE

    def __post_init__(self) -> None:
        self.edits = ParentEdits(self._update)

    def rate_limit_key(self, name: str) -> str | None:
        """Return one key per channel: Slack counts messages per channel."""
        return self.settings.channel_id(name)

    def render(self, post: Post) -> bytes:
        """Render the arguments of chat.postMessage. InvalidMessage if Slack would refuse them."""
        channel = self.settings.channel_id(post.notification.destination.partition(":")[2])
        arguments = {"channel": channel, **build_message(post, self.board_url, self.template)}
        if post.thread is not None and post.thread.address == channel:
            arguments["thread_ts"] = post.thread.message
            if post.notification.kind in _BROADCAST:
                arguments["reply_broadcast"] = True
        return orjson.dumps(arguments)

    async def send(self, name: str, body: bytes, notification_id: str) -> Answer:  # noqa: ARG002 - Slack takes no id
        """Post once; a message that is no reply begins a thread."""
        accepted_ts = ""

        def classify(
            status: int, answer: bytes, headers: Mapping[str, str], now: datetime
        ) -> Answer:
            nonlocal accepted_ts
            result, accepted_ts = classify_call(status, answer, headers, now)
            return result

        answer = await self._call(POST_MESSAGE, body, classify)
        channel = self.settings.channel_id(name)
        if channel is None or not accepted_ts or "thread_ts" in orjson.loads(body):
            return answer
        return replace(answer, thread=StoryThread(address=channel, message=accepted_ts))

    def show_state(self, name: str, story: Story) -> None:
        """Have the thread's first message edited soon."""
        thread = story.thread
        if thread is None or thread.address != self.settings.channel_id(name):
            return
        arguments = {"channel": thread.address, "ts": thread.message, **build_state(story, thread)}
        self.edits.add((thread.address, thread.message), orjson.dumps(arguments))

    async def _update(self, body: bytes) -> Answer:
        try:
            return await self._call(UPDATE, body, _classify_edit)
        except Exception as error:  # noqa: BLE001 - an edit that fails must not end the process
            return Answer(verdict=Verdict.GONE, detail=type(error).__name__)

    async def _call(self, method: str, body: bytes, classify: Any) -> Answer:
        headers = {
            "content-type": "application/json; charset=utf-8",
            "authorization": f"Bearer {self.settings.token}",
        }
        url = f"{self.settings.api_url}{method}"
        return await exchange(self.client, url, body, headers, classify)


def _classify_edit(status: int, body: bytes, headers: Mapping[str, str], now: datetime) -> Answer:
    answer, _ = classify_call(status, body, headers, now)
    if answer.is_thread_lost:  # there is nothing left to edit
        return Answer(verdict=Verdict.GONE, detail=answer.detail)
    return answer
