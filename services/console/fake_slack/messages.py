"""The accepted messages of the stand-in for Slack, in a file that outlives it."""

import errno
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import orjson

from shared.base.exits import ConfigurationError

MAX_BYTES: Final = 16 * 1024 * 1024
"""Some five thousand messages."""


@dataclass(slots=True)
class MessageFile:
    """A file of JSON lines, the newest last, that a kill -9 cannot spoil.

    When it grows past ``max_bytes``, the older half is removed.
    """

    path: Path
    max_bytes: int = MAX_BYTES

    def load(self) -> Sequence[bytes]:
        """Return the complete lines, oldest first, and remove one that a crash cut short.

        Raises ConfigurationError if the file is not one of ours.
        """
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with self.path.open("a+b") as file:
                file.seek(0)
                lines = [line for line in file if line.endswith(b"\n")]
                if not all(map(_is_object, lines)):
                    reason = "it holds something other than messages; choose another file"
                    raise ConfigurationError(f"{self.path}: {reason}")
                file.truncate(sum(map(len, lines)))
        except OSError as error:
            reason = f"messages cannot be kept there: {error.strerror}"
            raise ConfigurationError(f"{self.path}: {reason}") from None
        return lines

    def append(self, line: bytes) -> None:
        """Add a line, which ends with its only line feed.

        OSError if there is no room for it: then the file is as it was.
        """
        with self.path.open("ab", buffering=0) as file:
            before = file.tell()
            try:
                is_complete = file.write(line) == len(line)
            except OSError:
                is_complete = False
            if not is_complete:
                file.truncate(before)
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        if before + len(line) > self.max_bytes:
            self._remove_oldest()

    def _remove_oldest(self) -> None:
        """Keep the newest lines, in a new file that replaces the old one in one step."""
        newest = list(_newest(self.load(), self.max_bytes // 2))
        temporary = self.path.with_name(f"{self.path.name}.new")
        temporary.write_bytes(b"".join(reversed(newest)))
        temporary.replace(self.path)


def _is_object(line: bytes) -> bool:
    try:
        return isinstance(orjson.loads(line), dict)
    except orjson.JSONDecodeError:
        return False


def _newest(lines: Sequence[bytes], max_bytes: int) -> Iterator[bytes]:
    """Yield lines from the newest back, as many as fit, but at least one."""
    room = max_bytes
    for number, line in enumerate(reversed(lines)):
        room -= len(line)
        if room < 0 and number:
            return
        yield line
