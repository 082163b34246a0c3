"""Gzip, inflated in bounded steps: 800 bytes may stand for 500 MB, and whoever reads must be able to stop in between."""

import zlib
from collections.abc import Iterator
from typing import Final

STEP_BYTES: Final = 64 * 1024
_GZIP: Final = zlib.MAX_WBITS | 16
_MAGIC: Final = b"\x1f"


class BadEncoding(Exception):  # noqa: N818 - named for what the body is
    """A body that cannot be decoded; the text says why."""


class Gunzip:
    """Decodes one gzip body that arrives in chunks: several members are joined, rubbish behind the last one is ignored."""

    def __init__(self) -> None:
        self._stream, self._begun = zlib.decompressobj(_GZIP), False

    def feed(self, data: bytes) -> Iterator[bytes]:
        """The decoded pieces of a chunk, none larger than STEP_BYTES. Raises BadEncoding."""
        self._begun = self._begun or bool(data)
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
        """What zlib still holds, a few hundred bytes at most. BadEncoding where the body ended too early."""
        rest = self._stream.flush() if self._begun else b""
        if self._begun and not self._stream.eof:
            raise BadEncoding("gzip that ends too early")
        return rest
