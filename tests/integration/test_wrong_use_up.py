"""``summitwire up`` and ``run`` fail, are interrupted, or killed: no trace, no process left."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from shared.base import exits
from shared.base.project import project_root
from tests.ports import free_port, free_ports

WITHIN_S = 40.0


class Command:
    """A ``summitwire`` process with its own home and broker data, and the project's seeds."""

    def __init__(self, home: Path) -> None:
        (home / "var").mkdir()
        (home / "seeds").symlink_to(project_root() / "seeds")
        (home / "var" / "jars").symlink_to(project_root() / "var" / "jars")
        self.home = home

    def start(self, *arguments: str, **environment: str) -> subprocess.Popen[str]:
        """Start the command; its output goes to files in its home."""
        clean = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("KAFKA_", "SLACK_"))
        }
        clean |= {"SUMMITWIRE_HOME": str(self.home)} | environment
        command = [sys.executable, "-m", "services.console", *arguments]
        with (self.home / "out").open("w") as out, (self.home / "err").open("w") as err:
            return subprocess.Popen(
                command, env=clean, stdout=out, stderr=err, stdin=subprocess.DEVNULL, text=True
            )

    def told(self) -> str:
        """Return everything it has printed."""
        return (self.home / "out").read_text() + (self.home / "err").read_text()

    def processes(self) -> list[str]:
        """Return all processes with this home in their environment, at any depth."""
        return [name for process in psutil.process_iter() if (name := self._ours(process))]

    def _ours(self, process: psutil.Process) -> str:
        try:
            ours = process.status() != psutil.STATUS_ZOMBIE and process.environ().get(
                "SUMMITWIRE_HOME"
            ) == str(self.home)
            return " ".join(process.cmdline()[:5]) if ours else ""
        except psutil.Error:
            return ""

    def clear(self) -> None:
        """Kill what a failed test left behind."""
        for process in psutil.process_iter():
            if self._ours(process):
                process.kill()


@pytest.fixture
def command(tmp_path: Path, kafka: str) -> Iterator[Command]:  # noqa: ARG001 - it fetches the jars
    """Yield a command that has not been started yet."""
    command = Command(tmp_path)
    yield command
    command.clear()


def until(holds: Callable[[], bool], told: Callable[[], str] = lambda: "") -> None:
    deadline = time.monotonic() + WITHIN_S
    while not holds():
        assert time.monotonic() < deadline, told()
        time.sleep(0.05)  # another process tells us nothing by itself


def up(command: Command, **environment: str) -> subprocess.Popen[str]:
    base = free_ports(20)
    return command.start(
        "up", "--port-base", str(base + 1), "--broker-port", str(base), **environment
    )


def test_a_service_that_cannot_run_as_configured_ends_all_the_others(
    command: Command, tmp_path: Path
) -> None:
    """Exit 78 with file and line of the mistake: a new broker holds no last good rules."""
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "one.yaml").write_text(
        "id: one\ntitle: T\nseverity: low\nwhen: actor(kim-jong-n)\n"
    )
    process = up(command, RULES_DIR=str(tmp_path / "rules"))
    assert process.wait(WITHIN_S) == exits.CONFIGURATION
    assert (
        f"{tmp_path}/rules/one.yaml:4:7: error: no actor has the id kim-jong-n; did you mean actor(kim-jong-un)?\n"
        in command.told()
    )
    assert (
        "summitwire: alerting cannot run as it is configured: see its line above\n"
        in command.told()
    )
    assert "Traceback" not in command.told()
    assert command.processes() == []


def test_ctrl_c_ends_up_in_order_even_while_the_broker_starts(command: Command) -> None:
    """Ctrl-C is how `up` is meant to end: exit 0, and nothing runs on, nor does the broker."""
    process = up(command)
    until(lambda: "starting the local Kafka" in command.told(), command.told)
    process.send_signal(signal.SIGINT)
    assert process.wait(WITHIN_S) == 0
    assert "Traceback" not in command.told()
    assert command.processes() == []


@pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="only Linux tells a child that its parent has died"
)
def test_what_up_started_ends_with_it_when_it_is_killed(command: Command) -> None:
    """Services, their children, the fake Slack and the broker."""
    process = up(command)
    until(
        lambda: (
            any("java" in name for name in command.processes()) and len(command.processes()) >= 8
        )
    )
    process.kill()
    process.wait()
    until(lambda: command.processes() == [])


@pytest.mark.parametrize("arguments", [("run", "board"), ("topics", "check")])
def test_ctrl_c_while_the_broker_is_waited_for_is_clean(
    command: Command, arguments: tuple[str, ...]
) -> None:
    """An interrupted wait ends with 130, as in any shell, without a message."""
    with socket.create_server(("127.0.0.1", 0)) as mute:
        process = command.start(
            *arguments,
            KAFKA_BOOTSTRAP=f"127.0.0.1:{mute.getsockname()[1]}",
            HTTP_PORT=str(free_port()),
        )
        mute.settimeout(WITHIN_S)
        mute.accept()  # it asks, and gets no answer
        process.send_signal(signal.SIGINT)
        assert (process.wait(WITHIN_S), command.told()) == (130, "")
