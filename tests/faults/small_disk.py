"""A disk of a few megabytes that a test may fill and free. It is a tmpfs: mounting takes root."""

import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class SmallDisk:
    """A mounted folder."""

    folder: Path

    def fill(self) -> None:
        """Fill the disk to the last byte."""
        with suppress(OSError), self._ballast.open("ab", buffering=0) as file:
            while True:
                file.write(bytes(MIB // 16))
        with suppress(OSError), self._ballast.open("ab", buffering=0) as file:
            while True:
                file.write(b"\0")

    def free(self) -> None:
        """Free all of it."""
        self._ballast.unlink(missing_ok=True)

    @property
    def _ballast(self) -> Path:
        return self.folder / "ballast"


@contextmanager
def small_disk(megabytes: int) -> Iterator[SmallDisk]:
    """Mount a small disk; skip the test if this user may not.

    Its path is short: services make Unix sockets in it, whose paths may have 107 bytes.
    """
    folder = Path(tempfile.mkdtemp(prefix="disk-"))
    size = f"size={megabytes}m"
    command = ["mount", "-t", "tmpfs", "-o", size, "summitwire-test", str(folder)]
    mounted = subprocess.run(command, capture_output=True, text=True, check=False)
    if mounted.returncode:
        folder.rmdir()
        pytest.skip(f"a small disk takes root: {mounted.stderr.strip()}")
    try:
        yield SmallDisk(folder)
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)  # noqa: S607
        folder.rmdir()
