"""Build WARC files for tests, by warcio or by hand."""

import gzip
import io
from collections.abc import Iterable, Sequence
from typing import Final

from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

DATE: Final = "2018-09-12T08:30:00Z"
Record = tuple[str, str, bytes, Sequence[tuple[str, str]]]


def page(
    url: str,
    body: bytes,
    *,
    status: str = "200 OK",
    media_type: str = "text/html",
    headers: Iterable[tuple[str, str]] = (),
    date: str = DATE,
) -> bytes:
    """Return a response record as warcio writes it, not compressed."""
    http = StatusAndHeaders(status, [("Content-Type", media_type), *headers], protocol="HTTP/1.1")
    return _write(url, "response", body, http_headers=http, warc_headers_dict={"WARC-Date": date})


def resource(url: str, body: bytes, media_type: str = "text/plain") -> bytes:
    """Return a resource record as warcio writes it."""
    dated = {"WARC-Date": DATE}
    return _write(url, "resource", body, warc_content_type=media_type, warc_headers_dict=dated)


def _write(url: str, kind: str, body: bytes, **details: object) -> bytes:
    file = io.BytesIO()
    writer = WARCWriter(file, gzip=False)
    writer.write_record(writer.create_warc_record(url, kind, payload=io.BytesIO(body), **details))
    return file.getvalue()


def by_hand(block: bytes, **headers: str) -> bytes:
    """Return a record written by hand; ``headers`` replace the usual ones, "" leaves one out.

    In their names ``_`` stands for ``-``.
    """
    fields = {
        "WARC-Type": "response",
        "WARC-Target-URI": "https://example.org/a",
        "WARC-Date": DATE,
        "Content-Length": str(len(block)),
    } | {name.replace("_", "-"): value for name, value in headers.items()}
    lines = "".join(f"{name}: {value}\r\n" for name, value in fields.items() if value)
    return b"WARC/1.0\r\n" + lines.encode() + b"\r\n" + block + b"\r\n\r\n"


def http(body: bytes, *headers: str, status: str = "200 OK") -> bytes:
    """Return an HTTP answer."""
    lines = "".join(f"{line}\r\n" for line in ("Content-Type: text/html", *headers))
    return f"HTTP/1.1 {status}\r\n{lines}\r\n".encode() + body


def zipped(*records: bytes) -> bytes:
    """Return the records, each a gzip member of its own."""
    return b"".join(gzip.compress(record, mtime=0) for record in records)
