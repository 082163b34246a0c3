"""The settings of the links in messages, for those who sign and those who accept them."""

from datetime import timedelta
from typing import Final

from pydantic import Field, SecretStr, field_validator

from shared.base.settings import Settings
from shared.feedback.message_links import MessageLinks, parse_keys

DAY_S: Final = 86_400


class LinkSettings(Settings):
    """The keys that sign links, and how long a link holds."""

    link_keys: SecretStr | None = Field(
        None,
        description="keys that sign the links in messages, the newest first, comma-separated; "
        "without any, messages have no links to acknowledge",
    )
    link_lifetime: float = Field(
        7 * DAY_S, ge=60, le=90 * DAY_S, description="seconds for which such a link holds"
    )

    @field_validator("link_keys")
    @classmethod
    def _check_keys(cls, value: SecretStr | None) -> SecretStr | None:
        if value is None or not value.get_secret_value().strip():
            return None
        parse_keys(value.get_secret_value())
        return value

    def message_links(self, board_url: str = "") -> MessageLinks | None:
        """Return what signs and reads the links; None without keys."""
        if self.link_keys is None:
            return None
        keys = parse_keys(self.link_keys.get_secret_value())
        return MessageLinks(keys, timedelta(seconds=self.link_lifetime), board_url)
