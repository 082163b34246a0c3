"""Running programs, and saying what is going on."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

BEGUN = time.monotonic()


class Missing(Exception):  # noqa: N818 - what the trial lacks is no error of its own
    """The trial cannot be run here; the text says what to install."""


def say(line: str) -> None:
    """Write a line with the seconds since the start."""
    sys.stdout.write(f"{time.monotonic() - BEGUN:6.1f} s  {line}\n")
    sys.stdout.flush()


def output_of(
    *command: str | Path, environment: Mapping[str, str] | None = None, stdin: bytes | None = None
) -> str:
    """Run a program to its end and give its standard output; subprocess.CalledProcessError, with what it said, where it failed."""
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
    """Tell whether a program ends with 0; one that does not exist does not."""
    if not shutil.which(str(command[0])):
        return False
    return (
        subprocess.run(
            [str(part) for part in command], env=environment, capture_output=True, check=False
        ).returncode
        == 0
    )


def install(packages: Sequence[str], commands: Sequence[str]) -> None:
    """Have these commands, from Debian's packages where we are root on Debian; Missing where that cannot be."""
    if all(shutil.which(command) for command in commands):
        return
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        raise Missing(
            f"install {' and '.join(commands)} (Debian: {' '.join(packages)}), or run a Docker engine that can pull images"
        )
    say(f"installing {' '.join(packages)}")
    output_of("apt-get", "-qq", "update")
    output_of("apt-get", "-qq", "install", "-y", "--no-install-recommends", *packages)


def wait_until(
    condition: Callable[[], bool], what: str, within_s: float, *, every_s: float = 0.1
) -> None:
    """Wait for a condition; AssertionError names what did not come."""
    deadline = time.monotonic() + within_s
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError(f"{what}: not within {within_s:g} s")
        time.sleep(every_s)
