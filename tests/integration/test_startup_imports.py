"""What the cleaner's processes load, and when."""

import subprocess
import sys

HEAVY = ("numba", "py3langid", "selectolax", "trafilatura")
PROGRAM = f"""
import sys
import {{module}}
print(*(name for name in {HEAVY} if name in sys.modules))
"""


def loaded(module: str) -> list[str]:
    """The heavy libraries that a fresh process has loaded once it imported this module."""
    command = [sys.executable, "-c", PROGRAM.format(module=module)]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()


def test_the_parent_process_loads_no_model_and_no_parser() -> None:
    """Only its child processes clean articles, so it starts in half the time."""
    assert loaded("services.cleaner.app") == []


def test_the_warm_up_loads_everything() -> None:
    """Child processes are forked from a process that has loaded what cleaning needs."""
    assert loaded("services.cleaner.warmup") == list(HEAVY)
