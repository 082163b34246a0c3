"""The channels of Slack that a bot posts to, and its token. Pure.

No error or ``repr`` shows the token.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlsplit

import yaml

from services.alerting.deliver.channels.addresses import AddressError, find_address_problem

API_URL: Final = "https://slack.com/api/"
_CHANNEL_ID: Final = re.compile(r"[CGD][A-Z0-9]{6,20}")
_TOKEN: Final = re.compile(r"[!-~]{8,1000}")
_WHERE: Final = "Slack shows a channel's id in its details, e.g. C0123456789"


@dataclass(frozen=True, slots=True, kw_only=True)
class BotSettings:
    """Channel ids by name, ``default`` for all others, and how to call Slack's Web API."""

    by_name: Mapping[str, str] = field(default_factory=dict)
    default: str = ""
    token: str = field(default="", repr=False)
    api_url: str = API_URL

    def channel_id(self, name: str) -> str | None:
        """Return the id of a name's channel; None if the bot posts nothing for this name."""
        return self.by_name.get(name, self.default) or None

    def hosts(self) -> frozenset[str]:
        """Return the host of the Web API, if the bot posts anything."""
        if not self.by_name and not self.default:
            return frozenset()
        return frozenset({urlsplit(self.api_url).hostname or ""})


def parse_bot_settings(document: str | None, token: str | None, api_url: str) -> BotSettings:
    """Parse one channel id for all names, or a YAML or JSON mapping from names to ids.

    AddressError lists every problem.
    """
    if document is None:
        return BotSettings()
    try:
        data = yaml.safe_load(document)
    except yaml.YAMLError:
        raise AddressError("SLACK_CHANNELS: neither YAML nor JSON") from None
    by_name = data if isinstance(data, dict) else {"": data}
    channels = {str(name): channel for name, channel in by_name.items()}
    problems = [
        f"SLACK_CHANNELS: {f'{name}: ' if name else ''}is not a channel's id; {_WHERE}"
        for name, channel in channels.items()
        if not _is_channel_id(channel)
    ]
    if not token:
        problems.append("SLACK_CHANNELS need a bot: set SLACK_BOT_TOKEN or SLACK_BOT_TOKEN_FILE")
    elif not _TOKEN.fullmatch(token):
        problems.append("SLACK_BOT_TOKEN is not a token; it looks like xoxb-…")
    if problem := find_address_problem(api_url):
        problems.append(f"SLACK_API_URL {problem}")
    if problems:
        raise AddressError("\n".join(problems))
    default = channels.pop("", "")
    return BotSettings(
        by_name=channels, default=default, token=token or "", api_url=f"{api_url.rstrip('/')}/"
    )


def _is_channel_id(value: Any) -> bool:
    return isinstance(value, str) and _CHANNEL_ID.fullmatch(value) is not None
