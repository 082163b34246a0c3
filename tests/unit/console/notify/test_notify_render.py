"""``summitwire notify render``: samples, templates and real notifications on every channel."""

from pathlib import Path

import pytest

from services.alerting.deliver.channels.templates.samples import SAMPLES
from services.console.notify.commands import app
from shared.base.exits import ConfigurationError
from shared.messages.codec import encode
from tests.cli import invoke


def test_every_kind_is_shown() -> None:
    """Without options it shows a Slack message of each kind."""
    result = invoke(app)
    assert result.code == 0
    assert [line[3:] for line in result.out.splitlines() if line.startswith("── ")] == list(SAMPLES)
    assert "*241* taken off → Ferry runs aground off Ulsan, *214* taken off" in result.out


@pytest.mark.parametrize("channel", ["slack", "email", "console", "webhook", "file", "apprise"])
@pytest.mark.parametrize("payload", [(), ("--payload",)])
def test_every_channel_shows_every_kind(channel: str, payload: tuple[str, ...]) -> None:
    """Each renders; the payload is what would be sent."""
    for kind in SAMPLES:
        result = invoke(app, "--channel", channel, "--kind", kind, *payload)
        assert result.code == 0
        assert result.out.strip()


def test_a_template_is_tried(tmp_path: Path) -> None:
    """Its title is shown; a mistake in it is an error with its place."""
    path = tmp_path / "mine.j2"
    path.write_text("{% macro title(message) %}>> {{ message.headline }}{% endmacro %}")
    result = invoke(app, "--kind", "first", "--template", str(path))
    assert result.out.startswith(">> Ferry runs aground off Ulsan, 214 taken off\n")
    result = invoke(app, "--channel", "webhook", "--template", str(path))
    assert result.code == 2


def test_a_notification_of_your_own(tmp_path: Path) -> None:
    """It is read as the topic holds it; anything else is named."""
    path = tmp_path / "notification.json"
    path.write_bytes(encode(SAMPLES["update"].notification))
    result = invoke(app, "--input", str(path))
    assert "The captain is being questioned." in result.out
    path.write_bytes(b"{}")
    result = invoke(app, "--input", str(path))
    assert result.code == 1
    assert "not a notification" in result.err


@pytest.mark.parametrize(
    ("content", "place"),
    [
        (
            b"{% macro headline(m) %}\n\xe9t\xe9{% endmacro %}",
            ":2: not UTF-8: byte 24 of the file is 0xe9",
        ),
        ("caf\u00e9".encode("utf-16"), ":1: not UTF-8: byte 0 of the file is 0xff"),
        (b"# \x80", ":1: not UTF-8: byte 2 of the file is 0x80"),
    ],
)
def test_a_template_that_is_not_utf8_is_told_with_its_place(
    tmp_path: Path, content: bytes, place: str
) -> None:
    """Where the byte is, and what to do."""
    path = tmp_path / "slack.j2"
    path.write_bytes(content)
    with pytest.raises(ConfigurationError) as error:
        invoke(app, "--template", str(path))
    assert str(error.value) == f"{path}{place}; save the file as UTF-8"


def test_a_folder_as_a_template_is_told(tmp_path: Path) -> None:
    """What the system says, not the name of an error's class."""
    with pytest.raises(ConfigurationError, match="cannot be read: Is a directory"):
        invoke(app, "--template", str(tmp_path))
