"""What the stand-in for Slack has accepted, kept in a file of JSON lines that a kill -9 cannot spoil and that stays within a size."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import orjson

from shared.base.settings import ConfigurationError

MAX_BYTES: Final = 16 * 1024 * 1024
"""Some five thousand messages."""


@dataclass(slots=True)
class MessageFile:
    """A file of lines, the newest last; past ``max_bytes`` it begins with the newest half."""

    path: Path
    max_bytes: int = MAX_BYTES

    def load(self) -> Sequence[bytes]:
        """Read the whole lines, oldest first, and drop one that a crash cut off; ConfigurationError where the file cannot be ours."""
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with self.path.open("a+b") as file:
                file.seek(0)
                lines = [line for line in file if line.endswith(b"\n")]
                if not all(map(_is_object, lines)):
                    raise ConfigurationError(
                        f"{self.path}: holds something else than a stand-in's messages; choose another file"
                    )
                file.truncate(sum(map(len, lines)))
        except OSError as error:
            raise ConfigurationError(
                f"{self.path}: messages cannot be kept there: {error.strerror}"
            ) from None
        return lines

    def append(self, line: bytes) -> None:
        """Add a line, which ends with its only line feed; OSError where it could not be written."""
        with self.path.open("ab") as file:
            file.write(line)
            size = file.tell()
        if size > self.max_bytes:
            self._shorten()

    def _shorten(self) -> None:
        """Keep the newest lines, in a file that takes the old one's place at once."""
        newest = list(_last(self.load(), self.max_bytes // 2))
        beside = self.path.with_name(f"{self.path.name}.new")
        beside.write_bytes(b"".join(reversed(newest)))
        beside.replace(self.path)


def _is_object(line: bytes) -> bool:
    try:
        return isinstance(orjson.loads(line), dict)
    except orjson.JSONDecodeError:
        return False


def _last(lines: Sequence[bytes], max_bytes: int) -> Iterator[bytes]:
    """Yield lines from the newest back, as many as fit, and one at least."""
    room = max_bytes
    for number, line in enumerate(reversed(lines)):
        room -= len(line)
        if room < 0 and number:
            return
        yield line
