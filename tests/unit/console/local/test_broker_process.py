"""The broker's process and its pid file; any process will do to show it."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import msgspec
import psutil
import pytest

from services.console.local.kafka_broker import process
from services.console.local.kafka_broker.process import PID_FILE, PidFile

ROOT = Path(__file__).parents[4]
OWNER = """
import sys
from pathlib import Path
from services.console.local.kafka_broker.process import spawn
folder = Path(sys.argv[1])
print(spawn(["sleep", "60"], folder, folder / "log", owned=True).pid, flush=True)
sys.stdin.read()
"""


def note(folder: Path, **facts: object) -> None:
    this_process = psutil.Process()
    (folder / PID_FILE).write_bytes(
        msgspec.json.encode(
            {"pid": this_process.pid, "started_s": this_process.create_time(), "port": 1} | facts
        )
    )


def test_a_noted_process_that_lives_is_running(tmp_path: Path) -> None:
    """The pid file of a running process is valid."""
    note(tmp_path, port=9092)
    assert process.find_running(tmp_path) == PidFile(
        pid=os.getpid(), started_s=psutil.Process().create_time(), port=9092
    )


def test_a_pid_that_another_process_has_by_now_is_not_ours(tmp_path: Path) -> None:
    """The start time differs: another process must never be stopped in the broker's place."""
    note(tmp_path, started_s=psutil.Process().create_time() - 60)
    assert process.find_running(tmp_path) is None


def test_a_pid_of_nobody_is_not_running(tmp_path: Path) -> None:
    """As after a crash of the machine."""
    with subprocess.Popen([sys.executable, "-c", ""]) as gone:
        gone.wait()
    note(tmp_path, pid=gone.pid)
    assert process.find_running(tmp_path) is None


@pytest.mark.parametrize("content", [b"", b"{", b'{"pid": "x"}', b"[]"])
def test_a_damaged_pid_file_counts_as_none(tmp_path: Path, content: bytes) -> None:
    """A half-written pid file does not prevent a start."""
    (tmp_path / PID_FILE).write_bytes(content)
    assert process.find_running(tmp_path) is None


def test_a_process_is_ended_gracefully(tmp_path: Path) -> None:
    """SIGTERM is enough for one that listens to it; ending it twice is fine."""
    child = process.spawn(["sleep", "60"], tmp_path, tmp_path / "log", owned=False)
    noted = process.write_pid_file(tmp_path, child, 1)
    assert process.find_running(tmp_path) == noted
    assert process.end(child.pid, 10)
    assert process.end(child.pid, 10)
    assert process.find_running(tmp_path) is None
    child.wait()


def test_a_process_that_will_not_end_is_killed() -> None:
    """After the deadline comes SIGKILL."""
    stubborn = (
        "import signal, sys, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); "
        "print('ready', flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", stubborn], stdout=subprocess.PIPE) as child:
        assert child.stdout
        assert child.stdout.readline() == b"ready\n"
        assert not process.end(child.pid, 0.2)
    assert not psutil.pid_exists(child.pid)


@pytest.mark.skipif(
    sys.platform != "linux", reason="the kernel tells a child of its parent's death on Linux only"
)
def test_an_owned_process_dies_with_its_owner(tmp_path: Path) -> None:
    """Even if the owner is killed with SIGKILL and cannot clean up."""
    command = [sys.executable, "-c", OWNER, str(tmp_path)]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as owner:
        assert owner.stdout
        child = psutil.Process(int(owner.stdout.readline()))
        owner.send_signal(signal.SIGKILL)
        owner.wait()
    gone, _ = psutil.wait_procs([child], timeout=10)
    assert gone == [child] or child.status() == psutil.STATUS_ZOMBIE
