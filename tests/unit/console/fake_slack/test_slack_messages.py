"""The stand-in's messages outlive it."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from services.console.fake_slack.messages import MessageFile
from services.console.fake_slack.server import FakeSlack
from shared.base.exits import ConfigurationError
from tests.ports import free_port

ROOT = Path(__file__).parents[4]


def line(number: int) -> bytes:
    return b'{"number":%d}\n' % number


async def post(sink: FakeSlack, text: str) -> int:
    async with httpx.AsyncClient(trust_env=False) as client:
        return (await client.post(sink.url("room"), json={"text": text}, timeout=2)).status_code


async def test_messages_are_there_after_a_restart(tmp_path: Path) -> None:
    """In order, with their webhook, time and content; new ones come after them."""
    message_file = MessageFile(tmp_path / "deeper" / "messages.jsonl")
    async with FakeSlack(message_file=message_file) as before:
        await post(before, "one")
    async with FakeSlack(message_file=message_file) as after:
        await post(after, "two")
    assert [post.text for post in after.posts] == ["one", "two"]
    assert after.posts[0].hook == "room"
    assert after.posts[0].at_s == pytest.approx(before.posts[0].at_s, abs=0.001)


async def test_what_cannot_be_kept_was_not_taken(tmp_path: Path) -> None:
    """A full disk is answered with an error, so that the message is posted again."""
    message_file = MessageFile(tmp_path / "messages.jsonl")
    async with FakeSlack(message_file=message_file) as sink:
        message_file.path = tmp_path
        status = await post(sink, "one")
    assert (status, sink.posts) == (500, [])


def test_a_line_that_a_crash_cut_off_is_dropped(tmp_path: Path) -> None:
    """The next one begins a line of its own."""
    message_file = MessageFile(tmp_path / "messages.jsonl")
    message_file.path.write_bytes(line(1) + b'{"numb')
    assert message_file.load() == [line(1)]
    message_file.append(line(2))
    assert message_file.path.read_bytes() == line(1) + line(2)


def test_the_file_stays_within_its_size(tmp_path: Path) -> None:
    """Past it the oldest half goes; the newest line is always there, however long."""
    message_file = MessageFile(tmp_path / "messages.jsonl", max_bytes=200)
    for number in range(1_000):
        message_file.append(line(number))
        assert message_file.path.stat().st_size <= 200
        assert message_file.load()[-1] == line(number)
    assert len(message_file.load()) > 4
    endless = b'{"text":"%s"}\n' % (b"x" * 500)
    message_file.append(endless)
    assert message_file.load() == [endless]
    assert [path.name for path in tmp_path.iterdir()] == ["messages.jsonl"]


def test_a_file_of_something_else_is_left_alone(tmp_path: Path) -> None:
    """A slip of the keyboard must not cost a file."""
    notes = tmp_path / "notes.txt"
    notes.write_bytes(b"buy milk\nand brea")
    with pytest.raises(ConfigurationError, match="another file"):
        MessageFile(notes).load()
    assert notes.read_bytes() == b"buy milk\nand brea"
    with pytest.raises(ConfigurationError, match="Is a directory"):
        MessageFile(tmp_path).load()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_ends_in_order(tmp_path: Path, number: signal.Signals) -> None:
    """A container that is stopped was no failure."""
    command = [
        sys.executable,
        "-m",
        "services.console",
        "slack-sink",
        "--port",
        str(free_port()),
        "--keep",
        str(tmp_path / "kept.jsonl"),
    ]
    with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, env=os.environ) as process:
        assert process.stderr is not None
        process.stderr.readline()  # it listens now
        process.send_signal(number)
        assert process.wait(10) == 0
