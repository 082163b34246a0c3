"""Put articles in the order of their event time without holding them in memory.

Their contents go to a temporary file; memory has 24 bytes for each: its time, and where it stands.
"""

import tempfile
from array import array
from collections.abc import Iterator
from typing import IO, Final

import msgspec
import numpy as np

from services.console.replay.pace import event_time
from shared.messages.schemas import RawArticle

_PREFIX: Final = "summitwire-replay-"
_MICROSECONDS: Final = 1_000_000


class EventOrder:
    """Articles in a temporary file, in the order of their event time; equal times as they came.

    OSError if the file's folder (TMPDIR) is full.
    """

    def __init__(self) -> None:
        self._file: IO[bytes] = tempfile.TemporaryFile(prefix=_PREFIX)  # noqa: SIM115 - ``close`` closes it
        self._times, self._offsets = array("q"), array("q", [0])

    def __len__(self) -> int:
        return len(self._times)

    def add(self, article: RawArticle) -> None:
        """Add an article."""
        size = self._file.write(msgspec.msgpack.encode(article))
        self._times.append(int(event_time(article).timestamp() * _MICROSECONDS))
        self._offsets.append(self._offsets[-1] + size)

    def __iter__(self) -> Iterator[RawArticle]:
        """Yield the articles in order."""
        order = (
            np.argsort(np.frombuffer(self._times, np.int64), kind="stable") if self._times else ()
        )
        for index in order:
            begin, end = self._offsets[index], self._offsets[index + 1]
            self._file.seek(begin)
            yield msgspec.msgpack.decode(self._file.read(end - begin), type=RawArticle)

    def close(self) -> None:
        """Delete the file."""
        self._file.close()
