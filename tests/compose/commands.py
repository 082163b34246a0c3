"""Run programs, and report progress."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

BEGUN = time.monotonic()


class Missing(Exception):  # noqa: N818 - what the trial lacks is no error of its own
    """Raised if the trial cannot run here; the text says what to install."""


def say(line: str) -> None:
    """Print a line with the seconds since the start."""
    sys.stdout.write(f"{time.monotonic() - BEGUN:6.1f} s  {line}\n")
    sys.stdout.flush()


def output_of(
    *command: str | Path, environment: Mapping[str, str] | None = None, stdin: bytes | None = None
) -> str:
    """Run a program and return its standard output.

    If it fails, raise subprocess.CalledProcessError with its output.
    """
    done = subprocess.run(
        [str(part) for part in command],
        env=environment,
        input=stdin,
        capture_output=True,
        check=False,
    )
    if done.returncode:
        sys.stderr.write(done.stderr.decode("utf-8", "replace")[-4_000:])
        raise subprocess.CalledProcessError(done.returncode, [str(part) for part in command])
    return done.stdout.decode("utf-8", "replace")


def succeeds(*command: str | Path, environment: Mapping[str, str] | None = None) -> bool:
    """Return whether a program exits with 0; False if it does not exist."""
    if not shutil.which(str(command[0])):
        return False
    return (
        subprocess.run(
            [str(part) for part in command], env=environment, capture_output=True, check=False
        ).returncode
        == 0
    )


def install(packages: Sequence[str], commands: Sequence[str]) -> None:
    """Install these commands from Debian packages; raise Missing if that is not possible."""
    if all(shutil.which(command) for command in commands):
        return
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        raise Missing(
            f"install {' and '.join(commands)} (Debian: {' '.join(packages)}), "
            "or run a Docker engine that can pull images"
        )
    say(f"installing {' '.join(packages)}")
    output_of("apt-get", "-qq", "update")
    output_of("apt-get", "-qq", "install", "-y", "--no-install-recommends", *packages)


def wait_until(
    condition: Callable[[], bool], description: str, within_s: float, *, every_s: float = 0.1
) -> None:
    """Wait for a condition; AssertionError names it if it does not come true."""
    deadline = time.monotonic() + within_s
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError(f"{description}: not within {within_s:g} s")
        time.sleep(every_s)
