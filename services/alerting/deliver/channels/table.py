"""The table of channels. A new one is its file and one line here."""

from collections.abc import Mapping

from services.alerting.deliver.channels.addresses import Addresses
from services.alerting.deliver.channels.channel import Channel
from services.alerting.deliver.channels.console import ConsoleChannel
from services.alerting.deliver.channels.slack import Slack
from services.alerting.deliver.channels.webhook import Webhook
from shared.http.clients import Client


def build_channels(
    client: Client,
    *,
    slack: Addresses,
    webhook: Addresses,
    webhook_secret: str | None = None,
    board_url: str = "",
) -> Mapping[str, Channel]:
    """Build every channel, by the word before the colon of a destination.

    ``board_url`` is the board's public address; without one, messages do not link to it.
    """
    return {
        "slack": Slack(slack, client, board_url),
        "webhook": Webhook(webhook, client, webhook_secret),
        "console": ConsoleChannel(),
    }
