"""Decode a response's body by its Content-Encoding, in bounded steps.

Servers say gzip and send plain text, say br and send gzip, name a coding twice that they applied
once, or say deflate and mean one of two formats (RFC 9110, 8.4.1.2: zlib; many send it bare). So
the first bytes decide. Only gzip is asked for; brotli, zstd and codings in one another are refused,
unless the body is evidently something else.
"""

import zlib
from collections.abc import Iterator
from typing import Final

from shared.record_batches.inflate import BARE_DEFLATE, GZIP, BadEncoding, Inflate

_HEAD_BYTES: Final = 16
_TEXT_BYTES: Final = frozenset(b"\t\n\f\r" + bytes(range(0x20, 0x7F)))
_MARK: Final = b"\xef\xbb\xbf"
_GZIP_START: Final = b"\x1f\x8b"


class BodyDecoder:
    """Decodes one body that arrives in chunks; ``coding`` is the value of Content-Encoding."""

    def __init__(self, coding: str) -> None:
        self._coding = _single_coding(coding)
        self._is_plain = self._coding in ("", "identity")
        self._head: bytes | None = b""
        self._inflate: Inflate | None = None

    def feed(self, chunk: bytes) -> Iterator[bytes]:
        """Yield the decoded pieces of a chunk. Raises BadEncoding."""
        if self._head is not None and not self._is_plain:
            self._head += chunk
            if len(self._head) < _HEAD_BYTES:
                return
            chunk = self._start(self._head)
        yield from self._inflate.feed(chunk) if self._inflate else (chunk,)

    def finish(self) -> Iterator[bytes]:
        """Yield what is left when the body has ended. Raises BadEncoding."""
        if self._head:
            chunk = self._start(self._head)
            yield from self._inflate.feed(chunk) if self._inflate else (chunk,)
        if self._inflate:
            yield self._inflate.finish()
        elif not self._is_plain and self._coding not in _CODINGS:
            raise BadEncoding(f"content-encoding {self._coding[:40]}")

    def _start(self, head: bytes) -> bytes:
        """Choose the decoder by the first bytes of the body, and return them."""
        self._head = None
        if is_text(head[:_HEAD_BYTES]):
            self._is_plain = True
        elif head.startswith(_GZIP_START):
            self._inflate = Inflate(GZIP)
        elif self._coding not in _CODINGS:
            raise BadEncoding(f"content-encoding {self._coding[:40]}")
        elif head[0] & 0x0F == 8 and int.from_bytes(head[:2], "big") % 31 == 0:
            self._inflate = Inflate(zlib.MAX_WBITS)
        else:
            self._inflate = Inflate(BARE_DEFLATE if self._coding == "deflate" else GZIP)
        return head


_CODINGS: Final = ("gzip", "x-gzip", "deflate")


def _single_coding(header: str) -> str:
    """Return the coding that a header names, also if proxies have repeated it or added identity."""
    codings = {coding.strip().lower() for coding in header.split(",")} - {"", "identity"}
    return codings.pop() if len(codings) == 1 else ", ".join(sorted(codings))


def is_text(head: bytes) -> bool:
    """Return whether these first bytes are plain ASCII, as markup and JSON begin."""
    return _TEXT_BYTES.issuperset(head.removeprefix(_MARK))
