"""What an archive may take: memory for its directory, and how much its content inflates to."""

import io
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

from shared.files.yaml_document import Problem

MAX_RATIO: Final = 200
"""Pages deflate to a fifth or a twentieth; what inflates two hundred times is made to do harm."""
FREE_BYTES: Final = 64 * 1024 * 1024


class TooLarge(ValueError):  # noqa: N818 - a state of the archive
    """An archive asks to read more at once than is allowed."""


class LimitedReads(io.BufferedIOBase):
    """A file of which nothing larger than ``max_bytes`` can be read at once."""

    def __init__(self, file: BinaryIO, max_bytes: int) -> None:
        self._file, self._max_bytes = file, max_bytes

    def read(self, size: int | None = -1) -> bytes:
        """Read as from the file. TooLarge if it is too much."""
        if size is None or size < 0 or size > self._max_bytes:
            data = self._file.read(self._max_bytes + 1)
            if len(data) > self._max_bytes:
                raise TooLarge(f"its directory is larger than {self._max_bytes} bytes")
            return data
        return self._file.read(size)

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Seek as in the file."""
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        """Return the position in the file."""
        return self._file.tell()

    def seekable(self) -> bool:
        """Return that it can be sought."""
        return True

    def readable(self) -> bool:
        """Return that it can be read."""
        return True


@dataclass(slots=True)
class InflationLimit:
    """Counts what an archive inflates to: some bytes are free, others cost compressed ones."""

    path: Path
    inflated: int = 0
    allowed: int = -1

    def add(self, size: int) -> None:
        """Count inflated bytes."""
        self.inflated += size

    @property
    def is_exceeded(self) -> bool:
        """Whether it has inflated to more than any archive of articles does."""
        if self.allowed < 0:
            self.allowed = FREE_BYTES + MAX_RATIO * self.path.stat().st_size
        return self.inflated > self.allowed

    def problem(self) -> Problem:
        """Return what to say of such an archive."""
        reason = f"inflates to more than {MAX_RATIO} times its size: the rest is not read"
        return Problem(str(self.path), 1, 1, reason, "look where it came from", code="bomb")
