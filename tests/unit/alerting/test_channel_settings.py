"""The addresses of channels from the environment: all mistakes at once, and no secret shown."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from services.alerting.settings import AlertingSettings
from shared.base.exits import ConfigurationError


def test_addresses_of_every_channel(tmp_path: Path) -> None:
    """Each channel has its own; a folder of templates is loaded."""
    (tmp_path / "slack.j2").write_text("{% macro title(message) %}x{% endmacro %}")
    settings = AlertingSettings(
        slack_webhook_url="https://hooks.slack.example/x",
        smtp_url="smtps://u:p@mail.example",
        email_from="alerts@wire.example",
        email_addresses="desk: a@wire.example",
        delivery_files_dir=tmp_path,
        templates_dir=tmp_path,
        board_url="https://board.example/",
    )
    addresses = settings.channel_addresses()
    assert addresses.slack.hosts() == {"hooks.slack.example"}
    assert addresses.smtp is not None
    assert addresses.smtp.host == "mail.example"
    assert addresses.mailboxes.by_name == {"desk": ("a@wire.example",)}
    assert (addresses.files, addresses.board_url) == (tmp_path, "https://board.example")
    assert list(addresses.templates) == ["slack"]
    assert "hooks.slack" not in repr(addresses)


def test_every_mistake_is_reported_without_its_address(tmp_path: Path) -> None:
    """One error names each setting."""
    settings = AlertingSettings(
        slack_webhook_url="http://secret1.example/x",
        webhook_urls="[secret2]",
        smtp_url="imap://secret3.example",
        email_addresses="desk: secret4",
        templates_dir=tmp_path / "missing",
        board_url="ftp://board.example",
    )
    with pytest.raises(ConfigurationError) as error:
        settings.channel_addresses()
    text = str(error.value)
    names = ("default address", "WEBHOOK_URLS", "SMTP_URL", "EMAIL_ADDRESSES", "EMAIL_FROM")
    assert all(name in text for name in (*names, "TEMPLATES_DIR", "BOARD_URL"))
    assert "secret" not in text


def test_recipients_need_a_server() -> None:
    """Else their notifications would wait for days."""
    settings = AlertingSettings(email_from="a@x.example", email_addresses="desk: b@x.example")
    with pytest.raises(ConfigurationError, match="set SMTP_URL"):
        settings.channel_addresses()


def test_links_need_the_board_and_a_key_that_cannot_be_guessed() -> None:
    """Nobody notices that links are missing, or that anybody can make them."""
    key = "k" * 32
    with pytest.raises(ConfigurationError, match="set BOARD_URL"):
        AlertingSettings(link_keys=key).channel_addresses()
    settings = AlertingSettings(link_keys=key, board_url="https://board.example/")
    assert settings.channel_addresses().board_url == "https://board.example"
    links = settings.message_links("https://board.example")
    assert links is not None
    assert links.address("wrong", "t") == "https://board.example/feedback/wrong/t"
    assert AlertingSettings(link_keys=" ").message_links() is None
    with pytest.raises(ValidationError) as error:
        AlertingSettings(link_keys="secret")
    assert "fewer than 32 characters" in str(error.value)
    assert "secret" not in str(error.value).replace("secret=", "")
