"""Alerting's environment: its rules, and the secret addresses of its destinations."""

import getpass
import os
import socket
from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import TypeVar

from pydantic import Field, SecretStr, field_validator

from services.alerting.deliver.channels.addresses import (
    AddressError,
    Addresses,
    find_address_problem,
    parse_addresses,
)
from services.alerting.deliver.channels.apprise.service_urls import (
    ServiceUrls,
    parse_service_urls,
)
from services.alerting.deliver.channels.email.mail_settings import (
    Mailboxes,
    SmtpServer,
    parse_mailboxes,
    parse_smtp_url,
)
from services.alerting.deliver.channels.slack_bot.bot_settings import (
    API_URL,
    BotSettings,
    parse_bot_settings,
)
from services.alerting.deliver.channels.table import ChannelAddresses
from services.alerting.deliver.channels.templates.macros import MessageTemplate
from services.alerting.deliver.grouping.group_timing import GroupDefaults
from services.alerting.rules.shape import find_destination_problem
from services.alerting.watch.heartbeat import HeartbeatTarget
from services.alerting.watch.watcher import WatchPlan
from shared.base.exits import ConfigurationError
from shared.base.project import project_root
from shared.base.settings import ServiceSettings
from shared.feedback.link_settings import LinkSettings

T = TypeVar("T")


class AlertingSettings(ServiceSettings, LinkSettings):
    """Where rules are and where notifications go.

    Addresses are secrets: name a file with ``…_FILE``, or set them in the environment.
    """

    rules_dir: Path = Field(default_factory=lambda: project_root() / "seeds" / "rules")
    actors_dir: Path = Field(default_factory=lambda: project_root() / "seeds" / "actors")
    keywords_dir: Path = Field(default_factory=lambda: project_root() / "seeds" / "keywords")
    routes_file: str = Field(
        "", description="routes, receivers and mute times (docs/routes.md); none by default"
    )
    rules_changed_by: str = Field(
        "",
        description="the author of changes to the rules, e.g. a commit; by default user and host",
    )
    slack_webhook_url: SecretStr | None = Field(
        None, description="the address of every slack: destination that has none of its own"
    )
    slack_webhooks: SecretStr | None = Field(
        None, description="a YAML or JSON mapping from destination names to webhook URLs"
    )
    slack_bot_token: SecretStr | None = Field(
        None, description="the bot's token, xoxb-…, for the names of SLACK_CHANNELS"
    )
    slack_channels: str | None = Field(
        None,
        description="a channel's id for all slack: destinations, or a mapping from names to ids",
    )
    slack_api_url: str = Field(API_URL, description="where Slack's Web API is")
    webhook_urls: SecretStr | None = Field(None, description="the same for webhook: destinations")
    webhook_secret: SecretStr | None = Field(
        None, description="signs the posts to webhook: destinations"
    )
    smtp_url: SecretStr | None = Field(
        None, description="the server for email: destinations, smtps://user:password@host"
    )
    email_from: str = Field("", description="the sender of e-mails")
    email_addresses: SecretStr | None = Field(
        None, description="a YAML or JSON mapping from names of email: to one or more addresses"
    )
    delivery_files_dir: Path | None = Field(
        None, description="the folder of file: destinations, NAME.jsonl for each name"
    )
    apprise_urls: SecretStr | None = Field(
        None, description="a YAML or JSON mapping from names of apprise: to Apprise's URLs"
    )
    templates_dir: Path | None = Field(
        None, description="a folder of templates, slack.j2 and email.j2, like seeds/templates"
    )
    delivery_allow: str = Field(
        "",
        description="private networks, addresses or hosts that posts may go to, comma-separated",
    )
    delivery_fallback: str = Field(
        "",
        description="a destination, e.g. slack:ops, for alerts about addresses that refuse posts",
    )
    dead_man_after: float = Field(
        0.0,
        ge=0,
        description="seconds without an article after which DELIVERY_FALLBACK is told; "
        "0: longer than is usual",
    )
    late_after: float = Field(
        300.0, ge=1, description="seconds that a stage may lag before DELIVERY_FALLBACK is told"
    )
    heartbeat_url: SecretStr | None = Field(
        None, description="a URL that is posted to while articles become alerts, https://…"
    )
    heartbeat_interval: float = Field(60.0, ge=1, description="seconds between two heartbeats")
    board_url: str = Field(
        "", description="the board's public address, which messages then link to: https://…"
    )

    group_wait: float = Field(
        30.0,
        ge=0,
        description="seconds before a story's first message, unless a rule or route says",
    )
    group_wait_urgent: float = Field(
        0.0, ge=0, description="the same for stories with a high or critical alert"
    )
    group_interval: float = Field(
        300.0,
        ge=0,
        description="seconds between a story's messages, unless a rule or route says",
    )
    repeat_interval: float = Field(
        14_400.0, ge=0, description="seconds before a story may be said to be corroborated again"
    )

    @field_validator("delivery_fallback")
    @classmethod
    def _check_fallback(cls, value: str) -> str:
        if value and (problem := find_destination_problem(value)):
            raise ValueError(problem)
        return value

    def author(self) -> str:
        """Return the author of the rule changes that this process finds in its files."""
        return self.rules_changed_by or f"{_user()}@{socket.gethostname()}"

    def allowed_networks(self) -> list[str]:
        """Return the private networks, addresses and hosts that may be posted to."""
        return [entry for entry in self.delivery_allow.split(",") if entry]

    def group_defaults(self) -> GroupDefaults:
        """Return the times of rules that give none."""
        return GroupDefaults(
            wait_s=self.group_wait,
            urgent_wait_s=self.group_wait_urgent,
            interval_s=self.group_interval,
            repeat_s=self.repeat_interval,
        )

    def watch_plan(self) -> WatchPlan:
        """Return what the watch is asked to do."""
        return WatchPlan(
            operators=self.delivery_fallback,
            dead_man_after=timedelta(seconds=self.dead_man_after) if self.dead_man_after else None,
            late_after=timedelta(seconds=self.late_after),
        )

    def heartbeat_target(self) -> HeartbeatTarget | None:
        """Return where heartbeats go; None if nowhere. ConfigurationError shows no address."""
        url = _reveal(self.heartbeat_url)
        if not url:
            return None
        if problem := find_address_problem(url.strip()):
            raise ConfigurationError(f"HEARTBEAT_URL {problem}")
        return HeartbeatTarget(url=url.strip(), every_s=self.heartbeat_interval)

    def channel_addresses(self) -> ChannelAddresses:
        """Return where the names of each channel lead to.

        ConfigurationError lists every problem and shows no address.
        """
        problems: list[str] = []
        addresses = ChannelAddresses(
            slack=_collect(self._slack, Addresses(), problems),
            slack_bot=_collect(self._slack_bot, BotSettings(), problems),
            webhook=_collect(self._webhook, Addresses(), problems),
            webhook_secret=_reveal(self.webhook_secret),
            smtp=_collect(self._smtp_server, None, problems),
            mailboxes=_collect(self._mailboxes, Mailboxes(), problems),
            files=_collect(self._files, None, problems),
            apprise=_collect(self._apprise, ServiceUrls(), problems),
            allowed=tuple(self.allowed_networks()),
            board_url=_collect(self._public_board_url, "", problems),
            templates=_collect(self._templates, {}, problems),
        )
        if problems:
            raise ConfigurationError("\n".join(problems))
        return addresses

    def _slack(self) -> Addresses:
        return parse_addresses(
            default=_reveal(self.slack_webhook_url),
            document=_reveal(self.slack_webhooks),
            file="SLACK_WEBHOOKS",
        )

    def _slack_bot(self) -> BotSettings:
        bot = parse_bot_settings(
            self.slack_channels, _reveal(self.slack_bot_token), self.slack_api_url
        )
        webhooks = self._slack()
        twice = [name for name in bot.by_name if name in webhooks.by_name]
        if bot.default and webhooks.default:
            raise AddressError(
                "SLACK_CHANNELS and SLACK_WEBHOOK_URL both say where all names lead; name one"
            )
        if twice:
            raise AddressError(
                f"{', '.join(twice)}: in SLACK_CHANNELS and in SLACK_WEBHOOKS; remove one"
            )
        return bot

    def _webhook(self) -> Addresses:
        return parse_addresses(document=_reveal(self.webhook_urls), file="WEBHOOK_URLS")

    def _smtp_server(self) -> SmtpServer | None:
        url = _reveal(self.smtp_url)
        return parse_smtp_url(url) if url else None

    def _mailboxes(self) -> Mailboxes:
        mailboxes = parse_mailboxes(_reveal(self.email_addresses), self.email_from)
        if mailboxes.by_name and not self.smtp_url:
            raise AddressError("EMAIL_ADDRESSES need a server: set SMTP_URL or SMTP_URL_FILE")
        return mailboxes

    def _files(self) -> Path | None:
        folder = self.delivery_files_dir
        if folder is None:
            return None
        if not folder.is_dir():
            why = "is not a folder" if folder.exists() else "does not exist"
            raise AddressError(f"DELIVERY_FILES_DIR: {folder} {why}: create it, or name another")
        if not os.access(folder, os.W_OK | os.X_OK):
            raise AddressError(f"DELIVERY_FILES_DIR: {folder} cannot be written to by {_user()}")
        return folder

    def _apprise(self) -> ServiceUrls:
        return parse_service_urls(_reveal(self.apprise_urls))

    def _public_board_url(self) -> str:
        if self.board_url and (problem := find_address_problem(self.board_url)):
            raise AddressError(f"BOARD_URL {problem}")
        if self.link_keys and not self.board_url:
            raise AddressError("LINK_KEYS need the board's address: set BOARD_URL")
        return self.board_url.rstrip("/")

    def _templates(self) -> Mapping[str, MessageTemplate]:
        if self.templates_dir is None:
            return {}
        from services.alerting.deliver.channels.templates.load import load_templates  # noqa: PLC0415 - Jinja takes 50 ms to import

        return load_templates(self.templates_dir)


def _collect(parse: Callable[[], T], default: T, problems: list[str]) -> T:
    """Return what ``parse`` returns, or add its error to ``problems``."""
    try:
        return parse()
    except (AddressError, ConfigurationError) as error:
        problems.append(str(error))
        return default


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # a container's user may have no name
        return str(os.getuid())


def _reveal(secret: SecretStr | None) -> str | None:
    return secret.get_secret_value() if secret else None
