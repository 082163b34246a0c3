"""Alerting's environment: its rules, and the secret addresses of its destinations."""

import getpass
import os
import socket
from pathlib import Path

from pydantic import Field, SecretStr

from services.alerting.deliver.channels.addresses import (
    AddressError,
    Addresses,
    find_address_problem,
    parse_addresses,
)
from services.alerting.deliver.grouping.group_timing import GroupDefaults
from shared.base.exits import ConfigurationError
from shared.base.project import project_root
from shared.base.settings import ServiceSettings


class AlertingSettings(ServiceSettings):
    """Where rules are and where notifications go.

    Addresses are secrets: name a file with ``…_FILE``, or set them in the environment.
    """

    rules_dir: Path = Field(default_factory=lambda: project_root() / "seeds" / "rules")
    actors_dir: Path = Field(default_factory=lambda: project_root() / "seeds" / "actors")
    keywords_dir: Path = Field(default_factory=lambda: project_root() / "seeds" / "keywords")
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
    webhook_urls: SecretStr | None = Field(None, description="the same for webhook: destinations")
    webhook_secret: SecretStr | None = Field(
        None, description="signs the posts to webhook: destinations"
    )
    delivery_allow: str = Field(
        "",
        description="private networks, addresses or hosts that posts may go to, comma-separated",
    )
    delivery_fallback: str = Field(
        "",
        description="a destination, e.g. slack:ops, for alerts about addresses that refuse posts",
    )
    board_url: str = Field(
        "", description="the board's public address, which messages then link to: https://…"
    )

    group_wait: float = Field(
        30.0, ge=0, description="seconds before the first message of a story, unless a rule says"
    )
    group_wait_urgent: float = Field(
        0.0, ge=0, description="the same for stories with a high or critical alert"
    )
    group_interval: float = Field(
        300.0, ge=0, description="seconds between two messages of a story, unless a rule says"
    )
    repeat_interval: float = Field(
        14_400.0, ge=0, description="seconds before a story may be said to be corroborated again"
    )

    def author(self) -> str:
        """Return the author of the rule changes that this process finds in its files."""
        return self.rules_changed_by or f"{_user()}@{socket.gethostname()}"

    def group_defaults(self) -> GroupDefaults:
        """Return the times of rules that give none."""
        return GroupDefaults(
            wait_s=self.group_wait,
            urgent_wait_s=self.group_wait_urgent,
            interval_s=self.group_interval,
            repeat_s=self.repeat_interval,
        )

    def public_board_url(self) -> str:
        """Return the board's public address; ConfigurationError if it is not a web address."""
        if self.board_url and (problem := find_address_problem(self.board_url)):
            raise ConfigurationError(f"BOARD_URL {problem}")
        return self.board_url.rstrip("/")

    def slack(self) -> Addresses:
        """Return the addresses of ``slack:`` destinations.

        ConfigurationError lists every problem and shows no address.
        """
        return _parse(self.slack_webhook_url, self.slack_webhooks, "SLACK_WEBHOOKS")

    def webhook(self) -> Addresses:
        """Return the addresses of ``webhook:`` destinations; problems as for ``slack``."""
        return _parse(None, self.webhook_urls, "WEBHOOK_URLS")


def _parse(default: SecretStr | None, document: SecretStr | None, name: str) -> Addresses:
    try:
        return parse_addresses(default=_reveal(default), document=_reveal(document), file=name)
    except AddressError as error:
        raise ConfigurationError(str(error)) from None


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # a container's user may have no name
        return str(os.getuid())


def _reveal(secret: SecretStr | None) -> str | None:
    return secret.get_secret_value() if secret else None
