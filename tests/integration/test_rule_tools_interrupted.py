"""Ctrl-C while articles are read: exit code 130, and no stack trace."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.parametrize("command", ["backtest", "why", "why-not"])
def test_ctrl_c_ends_a_tool_cleanly(tmp_path: Path, command: str) -> None:
    """The command is interrupted while it waits for more articles from a pipe."""
    pipe = tmp_path / "articles.jsonl"
    os.mkfifo(pipe)
    run = [sys.executable, "-m", "services.console", "rules", command, str(pipe), "--expr", "kim"]
    with (
        subprocess.Popen(run, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process,
        pipe.open("wb"),
    ):  # open when the command has it open
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert (out, b"Traceback" in err) == (b"", False)
