"""The table of channels. A new one is its file and one line here."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from services.alerting.deliver.channels.addresses import Addresses
from services.alerting.deliver.channels.apprise.apprise_channel import AppriseChannel
from services.alerting.deliver.channels.apprise.service_urls import ServiceUrls
from services.alerting.deliver.channels.channel import Channel
from services.alerting.deliver.channels.console import ConsoleChannel
from services.alerting.deliver.channels.email.email_channel import EmailChannel
from services.alerting.deliver.channels.email.mail_settings import Mailboxes, SmtpServer
from services.alerting.deliver.channels.json_lines import JsonLinesFiles
from services.alerting.deliver.channels.slack import SlackWebhooks
from services.alerting.deliver.channels.slack_bot.bot_channel import SlackBot
from services.alerting.deliver.channels.slack_bot.bot_settings import BotSettings
from services.alerting.deliver.channels.slack_bot.slack_channel import SlackChannel
from services.alerting.deliver.channels.templates.macros import BUILT_IN, MessageTemplate
from services.alerting.deliver.channels.webhook import Webhook
from shared.http.clients import Client

ADDRESS_SETTINGS: Final = {
    "slack": "SLACK_WEBHOOKS or SLACK_CHANNELS",
    "webhook": "WEBHOOK_URLS",
    "email": "SMTP_URL and EMAIL_ADDRESSES",
    "file": "DELIVERY_FILES_DIR",
    "apprise": "APPRISE_URLS",
}
"""The settings that give the names of a channel their addresses."""


def describe_missing_address(destination: str) -> str:
    """Return why a destination without an address gets nothing: which settings to look at."""
    channel = destination.partition(":")[0]
    if channel not in ADDRESS_SETTINGS:
        return f"there is no channel {channel[:40]!r}"
    return f"no address is configured ({ADDRESS_SETTINGS[channel]})"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelAddresses:
    """Where the names of each channel lead to.

    ``allowed`` are private networks, addresses or hosts that messages may go to. ``board_url`` is
    the board's public address; without one, messages do not link to it.
    """

    slack: Addresses = field(default_factory=Addresses)
    slack_bot: BotSettings = field(default_factory=BotSettings)
    webhook: Addresses = field(default_factory=Addresses)
    webhook_secret: str | None = field(default=None, repr=False)
    smtp: SmtpServer | None = None
    mailboxes: Mailboxes = field(default_factory=Mailboxes)
    files: Path | None = None
    apprise: ServiceUrls = field(default_factory=ServiceUrls)
    allowed: tuple[str, ...] = ()
    board_url: str = ""
    templates: Mapping[str, MessageTemplate] = field(default_factory=dict)

    def has_address(self, destination: str) -> bool:
        """Return whether a destination leads anywhere."""
        channel, _, name = destination.partition(":")
        if channel == "slack":
            is_bots = self.slack_bot.channel_id(name) is not None
            return is_bots or self.slack.rate_limit_key(name) is not None
        if channel == "webhook":
            return self.webhook.rate_limit_key(name) is not None
        if channel == "email":
            return self.smtp is not None and self.mailboxes.rate_limit_key(name) is not None
        if channel == "file":
            return self.files is not None
        if channel == "apprise":
            return self.apprise.rate_limit_key(name) is not None
        return channel == "console"

    def hosts(self) -> frozenset[str]:
        """Return the hosts that are posted to by HTTP: the allow-list of the delivery client."""
        return self.slack.hosts() | self.slack_bot.hosts() | self.webhook.hosts()


def build_channels(client: Client, addresses: ChannelAddresses) -> Mapping[str, Channel]:
    """Build every channel, by the word before the colon of a destination."""
    board_url = addresses.board_url
    slack, email = (addresses.templates.get(name, BUILT_IN) for name in ("slack", "email"))
    return {
        "slack": SlackChannel(
            SlackWebhooks(addresses.slack, client, board_url, slack),
            SlackBot(addresses.slack_bot, client, board_url, slack),
        ),
        "webhook": Webhook(addresses.webhook, client, addresses.webhook_secret),
        "email": EmailChannel(addresses.smtp, addresses.mailboxes, board_url, email),
        "file": JsonLinesFiles(addresses.files),
        "apprise": AppriseChannel(addresses.apprise, addresses.allowed, board_url),
        "console": ConsoleChannel(board_url),
    }
