"""The processes of a backtest end with the command, however that ends."""

import os
import signal
import subprocess
import sys
import time

PARENT = """
import os, sys, time
from services.alerting.backtest.comparison import RuleComparison
from services.alerting.rules.rule_set import RuleSet
from services.console.rules.backtest.run import _workers
with _workers(RuleComparison.of(RuleSet(()), RuleSet(())), 1) as pool:
    print(pool.submit(os.getpid).result(), flush=True)
    time.sleep(600)
"""
DEADLINE_S = 30.0


def test_workers_die_with_the_command() -> None:
    """SIGKILL for the command leaves no process behind."""
    with subprocess.Popen([sys.executable, "-c", PARENT], stdout=subprocess.PIPE) as command:
        assert command.stdout is not None
        worker = int(command.stdout.readline())
        assert _lives(worker)
        command.send_signal(signal.SIGKILL)
    deadline = time.monotonic() + DEADLINE_S
    while _lives(worker):
        assert time.monotonic() < deadline, "the worker outlived the command"
        time.sleep(0.05)


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
