"""The channel ``file``: a line of JSON for each notification, in a file for each name.

A line is what a webhook receives. Lines are only appended: rotate the files with rename.
"""

import asyncio
import os
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Final

import orjson

from services.alerting.deliver.channels.answers import Answer, Verdict
from services.alerting.deliver.channels.channel import Post, PostingPace
from services.alerting.deliver.channels.webhook import build_payload

_MODE: Final = 0o640


@dataclass(frozen=True, slots=True)
class JsonLinesFiles:
    """Appends to ``NAME.jsonl`` in a folder; without a folder no name has an address."""

    pace: ClassVar[PostingPace] = PostingPace()
    folder: Path | None

    def rate_limit_key(self, name: str) -> str | None:
        """Return one key per file."""
        return name if self.folder else None

    def render(self, post: Post) -> bytes:
        """Render the notification as one line."""
        options = orjson.OPT_UTC_Z | orjson.OPT_APPEND_NEWLINE
        return orjson.dumps(build_payload(post), option=options)

    async def send(self, name: str, body: bytes, notification_id: str) -> Answer:  # noqa: ARG002 - it is in the line
        """Append the line, and wait until it is on the disk."""
        if self.folder is None:
            raise KeyError(name)
        return await asyncio.to_thread(append_line, self.folder / f"{name}.jsonl", body)


def append_line(path: Path, line: bytes) -> Answer:
    """Append a line to a file, and create the file if need be.

    A file that cannot be opened is an address that takes nothing. A line that was written in part
    is ended, so that the next one stands alone.
    """
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, _MODE)
    except OSError as error:
        return Answer(verdict=Verdict.GONE, detail=f"cannot be opened: {_reason(error)}")
    count = 0
    try:
        count = os.write(descriptor, line)
        if count < len(line):
            os.write(descriptor, b"\n")
            return Answer(verdict=Verdict.IN_DOUBT, detail="written in part")
        os.fsync(descriptor)
    except OSError as error:
        verdict = Verdict.IN_DOUBT if count else Verdict.UNSENT
        return Answer(verdict=verdict, detail=f"cannot be written: {_reason(error)}")
    finally:
        os.close(descriptor)
    return Answer(verdict=Verdict.ACCEPTED, detail="written")


def _reason(error: OSError) -> str:
    return os.strerror(error.errno) if error.errno else type(error).__name__
