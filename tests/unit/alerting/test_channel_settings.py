"""The addresses of channels from the environment: all mistakes at once, and no secret shown."""

from pathlib import Path

import pytest
from pydantic import ValidationError
from pydantic_settings import BaseSettings

from services.alerting.deliver.channels.table import build_channels
from services.alerting.settings import AlertingSettings
from services.board.settings import BoardSettings
from shared.base.exits import ConfigurationError
from shared.http.clients import delivery_client


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


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("ops", "write slack:ops"),
        ("ops-desk.2", "write slack:ops-desk.2"),
        ("slak:ops", "write slack:newsroom; or webhook:"),
        ("slack:", "write slack:newsroom; or webhook:"),
        ("slack:ops,email:desk", "write slack:newsroom; or webhook:"),
        ("#ops", "write slack:newsroom; or webhook:"),
        ("o" * 100_000, "write slack:ooo"),
    ],
)
@pytest.mark.parametrize("settings_class", [AlertingSettings, BoardSettings])
def test_a_fallback_that_is_no_destination_is_refused(
    text: str, hint: str, settings_class: type[BaseSettings]
) -> None:
    """Else nobody would be told of what goes wrong, and nobody would notice."""
    with pytest.raises(ValidationError) as error:
        settings_class(delivery_fallback=text)
    message = error.value.errors()[0]["msg"]
    assert hint in message
    assert len(message) < 250


def test_the_folder_of_files_must_exist(tmp_path: Path) -> None:
    """A file is created, its folder is not: every line would wait."""
    (tmp_path / "file").touch()
    for name, why in (("missing", "does not exist"), ("file", "is not a folder")):
        settings = AlertingSettings(delivery_files_dir=tmp_path / name)
        with pytest.raises(ConfigurationError, match=f"DELIVERY_FILES_DIR: .*{name} {why}"):
            settings.channel_addresses()
    assert AlertingSettings(delivery_files_dir=tmp_path).channel_addresses().files == tmp_path


@pytest.mark.parametrize(
    "destination",
    [
        "slack:hook",
        "slack:bot",
        "slack:no",
        "webhook:in",
        "webhook:no",
        "email:desk",
        "email:no",
        "file:any",
        "apprise:tg",
        "apprise:no",
        "console:any",
        "pager:x",
        "nonsense",
    ],
)
async def test_an_address_is_missing_exactly_where_the_channel_has_none(
    destination: str, tmp_path: Path
) -> None:
    """Doctor says so before anything waits."""
    addresses = AlertingSettings(
        slack_webhooks="hook: https://hooks.slack.example/x",
        slack_bot_token="xoxb-any-token",
        slack_channels="bot: C0123456789",
        webhook_urls="in: https://in.example/x",
        smtp_url="smtps://mail.example",
        email_from="alerts@wire.example",
        email_addresses="desk: a@wire.example",
        apprise_urls="tg: tgram://token/1",
        delivery_files_dir=tmp_path,
    ).channel_addresses()
    channel, _, name = destination.partition(":")
    async with delivery_client(hosts=addresses.hosts()) as client:
        known = build_channels(client, addresses).get(channel)
    has_key = known is not None and known.rate_limit_key(name) is not None
    assert addresses.has_address(destination) is has_key
    assert has_key is (destination.endswith((":hook", ":bot", ":in", ":desk", ":any", ":tg")))
