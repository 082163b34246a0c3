"""Inflate gzip and deflate in bounded steps.

800 bytes may inflate to 500 MB: the reader must be able to stop in between.
"""

import zlib
from collections.abc import Iterator
from typing import Final

STEP_BYTES: Final = 64 * 1024
GZIP: Final = zlib.MAX_WBITS | 16
BARE_DEFLATE: Final = -zlib.MAX_WBITS
"""Formats, as zlib numbers them; zlib.MAX_WBITS is deflate in zlib's own format."""
MAX_MEMBERS: Final = 10_000
"""Of gzip in one body: an empty one is 20 bytes that set up 40 KB."""
_MAGIC: Final = b"\x1f"


class BadEncoding(Exception):  # noqa: N818 - a state of the body
    """The body cannot be decoded; the text says why."""


class Inflate:
    """Decodes one compressed body that arrives in chunks.

    Several members of gzip are joined; garbage after the last one is ignored.
    """

    def __init__(self, format_: int = GZIP) -> None:
        self._format = format_
        self._name = "gzip" if format_ == GZIP else "deflate"
        self._stream, self._has_data, self._members = zlib.decompressobj(format_), False, 1

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Yield the decoded pieces of a chunk, none larger than STEP_BYTES.

        BadEncoding if it is broken.
        """
        self._has_data = self._has_data or bool(data)
        while data:
            if self._stream.eof:
                if self._format != GZIP or not data.startswith(_MAGIC):
                    return
                self._start_member()
            try:
                yield self._stream.decompress(data, STEP_BYTES)
            except zlib.error as error:
                raise BadEncoding(f"broken {self._name}: {error}") from error
            data = self._stream.unconsumed_tail or self._stream.unused_data

    def _start_member(self) -> None:
        self._members += 1
        if self._members > MAX_MEMBERS:
            raise BadEncoding(f"gzip of more than {MAX_MEMBERS} members")
        self._stream = zlib.decompressobj(GZIP)

    def finish(self) -> bytes:
        """Return what zlib still holds, a few hundred bytes at most.

        BadEncoding if the body ended too early.
        """
        tail = self._stream.flush() if self._has_data else b""
        if self._has_data and not self._stream.eof:
            raise BadEncoding(f"{self._name} that ends too early")
        return tail


def gunzip(content: bytes, max_bytes: int) -> bytes:
    """Return gzipped content inflated, or a little more than ``max_bytes`` of it.

    So the caller sees that it is larger. BadEncoding if it is broken.
    """
    stream, inflated = Inflate(), bytearray()
    for piece in stream.feed(content):
        inflated += piece
        if len(inflated) > max_bytes:
            return bytes(inflated)
    return bytes(inflated) + stream.finish()
