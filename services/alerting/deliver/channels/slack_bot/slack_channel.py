"""The channel ``slack``: a name leads to an incoming webhook, or to one of the bot's channels."""

from dataclasses import dataclass
from typing import ClassVar

from services.alerting.deliver.channels.answers import Answer
from services.alerting.deliver.channels.channel import Post, PostingPace
from services.alerting.deliver.channels.slack import PACE, SlackWebhooks
from services.alerting.deliver.channels.slack_bot.bot_channel import SlackBot
from shared.messages.schemas import Story


@dataclass(frozen=True, slots=True)
class SlackChannel:
    """Posts by a webhook where a name has one of its own, else by the bot, else by the default."""

    webhooks: SlackWebhooks
    bot: SlackBot
    pace: ClassVar[PostingPace] = PACE

    def rate_limit_key(self, name: str) -> str | None:
        """Return one key per webhook or channel."""
        return self._way_of(name).rate_limit_key(name)

    def render(self, post: Post) -> bytes:
        """Render the message as JSON. InvalidMessage if Slack would refuse its size."""
        return self._way_of(post.notification.destination.partition(":")[2]).render(post)

    async def send(self, name: str, body: bytes, notification_id: str) -> Answer:
        """Post once."""
        return await self._way_of(name).send(name, body, notification_id)

    def show_state(self, name: str, story: Story) -> None:
        """Have the bot show what a story has come to; a webhook cannot."""
        if self._way_of(name) is self.bot:
            self.bot.show_state(name, story)

    def _way_of(self, name: str) -> SlackWebhooks | SlackBot:
        if name in self.webhooks.addresses.by_name or self.bot.settings.channel_id(name) is None:
            return self.webhooks
        return self.bot
