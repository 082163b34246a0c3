"""Inflate gzip in bounded steps.

800 bytes may inflate to 500 MB: the reader must be able to stop in between.
"""

import zlib
from collections.abc import Iterator
from typing import Final

STEP_BYTES: Final = 64 * 1024
_GZIP: Final = zlib.MAX_WBITS | 16
_MAGIC: Final = b"\x1f"


class BadEncoding(Exception):  # noqa: N818 - a state of the body
    """The body cannot be decoded; the text says why."""


class Gunzip:
    """Decodes one gzip body that arrives in chunks.

    Several members are joined; garbage after the last one is ignored.
    """

    def __init__(self) -> None:
        self._stream, self._has_data = zlib.decompressobj(_GZIP), False

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Yield the decoded pieces of a chunk, none larger than STEP_BYTES.

        BadEncoding if the gzip is broken.
        """
        self._has_data = self._has_data or bool(data)
        while data:
            if self._stream.eof:
                if not data.startswith(_MAGIC):
                    return
                self._stream = zlib.decompressobj(_GZIP)
            try:
                yield self._stream.decompress(data, STEP_BYTES)
            except zlib.error as error:
                raise BadEncoding(f"broken gzip: {error}") from error
            data = self._stream.unconsumed_tail or self._stream.unused_data

    def finish(self) -> bytes:
        """Return what zlib still holds, a few hundred bytes at most.

        BadEncoding if the body ended too early.
        """
        tail = self._stream.flush() if self._has_data else b""
        if self._has_data and not self._stream.eof:
            raise BadEncoding("gzip that ends too early")
        return tail
