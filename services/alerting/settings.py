"""Alerting's environment: rules, and the secret addresses of its destinations."""

import getpass
import os
import socket
from pathlib import Path

from pydantic import Field, SecretStr

from services.alerting.deliver.channels.addresses import AddressError, Addresses, parse_addresses
from shared.base.settings import ConfigurationError, ServiceSettings, project_root


class AlertingSettings(ServiceSettings):
    """Where rules lie and where notifications go. Addresses are secrets: name a file with ``…_FILE``, or set them in the environment."""

    rules_dir: Path = Field(default_factory=lambda: project_root() / "seeds" / "rules")
    actors_dir: Path = Field(default_factory=lambda: project_root() / "seeds" / "actors")
    keywords_dir: Path = Field(default_factory=lambda: project_root() / "seeds" / "keywords")
    rules_changed_by: str = Field(
        "",
        description="who stands in the record of a change of the rules, e.g. a commit; else the user and the host",
    )
    slack_webhook_url: SecretStr | None = Field(
        None, description="serves every slack: destination that has no address of its own"
    )
    slack_webhooks: SecretStr | None = Field(
        None, description="a YAML or JSON mapping, destination name to webhook URL"
    )
    webhook_urls: SecretStr | None = Field(None, description="the same for webhook: destinations")
    webhook_secret: SecretStr | None = Field(
        None, description="signs the posts to webhook: destinations"
    )
    delivery_allow: str = Field(
        "",
        description="private networks, addresses or hosts that destinations may be on, comma-separated",
    )

    delivery_fallback: str = Field(
        "",
        description="the destination, e.g. slack:ops, that is told of addresses that refuse everything",
    )

    def changed_by(self) -> str:
        """Who makes the changes of the rules that this process sees in its files."""
        return self.rules_changed_by or f"{_user()}@{socket.gethostname()}"

    def slack(self) -> Addresses:
        """The addresses of ``slack:`` destinations; ConfigurationError lists every mistake, with no address shown."""
        return _addresses(self.slack_webhook_url, self.slack_webhooks, "SLACK_WEBHOOKS")

    def webhook(self) -> Addresses:
        """The addresses of ``webhook:`` destinations; ConfigurationError as above."""
        return _addresses(None, self.webhook_urls, "WEBHOOK_URLS")


def _addresses(default: SecretStr | None, document: SecretStr | None, name: str) -> Addresses:
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
