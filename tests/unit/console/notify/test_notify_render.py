"""``summitwire notify render``: samples, templates and real notifications on every channel."""

from pathlib import Path

import orjson
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


def tailed(number: int, **more: object) -> bytes:
    """Return a line as `summitwire tail --json` prints it."""
    value = orjson.loads(encode(SAMPLES["first"].notification))
    value["notification_id"] = f"n{number}"
    record = {"topic": "notifications.v1", "offset": number, "headers": {}, "value": value}
    return orjson.dumps(record | more) + b"\n"


@pytest.mark.parametrize("count", [1, 3])
def test_lines_of_tail_are_notifications(tmp_path: Path, count: int) -> None:
    """What was sent can be shown with another template."""
    path = tmp_path / "lines.jsonl"
    path.write_bytes(b"\n".join(tailed(number) for number in range(count)))
    result = invoke(app, "--input", str(path))
    assert result.code == 0
    assert result.out.count("High · Ferry runs aground off Ulsan, 214 taken off") == count


def test_a_document_of_several_lines_is_one_notification(tmp_path: Path) -> None:
    """As an editor writes it."""
    path = tmp_path / "one.json"
    value = orjson.loads(encode(SAMPLES["first"].notification))
    path.write_bytes(orjson.dumps(value, option=orjson.OPT_INDENT_2))
    assert invoke(app, "--input", str(path)).code == 0


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (b"{\n", "not JSON"),
        (b"[]\n", "not a notification"),
        (tailed(1, value=None), "not a notification"),
        (tailed(1, value={"x": 1}), "not a notification"),
        (b'{"a": 1}\n', "lines.jsonl:2: not a notification"),
    ],
)
def test_a_line_that_is_none_is_named(tmp_path: Path, line: bytes, expected: str) -> None:
    """With its place, if there are several."""
    path = tmp_path / "lines.jsonl"
    path.write_bytes(tailed(1) + line if b'"a"' in line else line)
    result = invoke(app, "--input", str(path))
    assert result.code == 1
    assert expected in result.err
