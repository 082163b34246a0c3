"""One record of a WARC file as an article: warcio parses it, within the limits of a record."""

import io
import re
from collections.abc import Iterator
from datetime import datetime
from typing import Final
from urllib.parse import quote, urlsplit

from warcio.bufferedreaders import BufferedReader, ChunkedDataReader
from warcio.exceptions import ArchiveLoadFailed
from warcio.recordloader import ArcWarcRecord, ArcWarcRecordLoader
from warcio.statusandheaders import StatusAndHeadersParserException

from services.fetcher.addresses.canonical_url import canonical_url
from services.fetcher.seeds.seed_articles import MAX_BYTES, Skipped, content_type_of, source_of
from shared.base.outcomes import InvalidMessage
from shared.http.body_decoder import BodyDecoder
from shared.messages.codec import to_utc
from shared.messages.schemas import RawArticle
from shared.record_batches.inflate import BadEncoding

MAX_BLOCK_BYTES: Final = 16 * 1024 * 1024
"""Of a longer block no more is read: it is no article."""
MAX_HTTP_HEADER_BYTES: Final = 256 * 1024
_HTTP: Final = ("http:", "https:")
_TEXT_TYPES: Final = frozenset({"text/html", "application/xhtml+xml", "text/plain"})
_MEDIA_TYPE: Final = re.compile(r"[a-z0-9.+-]{1,40}/[a-z0-9.+-]{1,80}")
_BLANK_LINE: Final = re.compile(rb"\n\r?\n")
_OK: Final = re.compile(r"2\d\d\b")
_STEP_BYTES: Final = 64 * 1024
_LABEL_CHARACTERS: Final = 12
_PARTIAL: Final = "206"
_ERRORS: Final = (
    ArchiveLoadFailed,
    StatusAndHeadersParserException,
    EOFError,
    ValueError,
    TypeError,
    AttributeError,
    LookupError,
)
"""What warcio raises for records that are broken in one way or another."""


class BadRecord(Exception):  # noqa: N818 - a state of the record
    """The record holds no article that can be read; the text says why."""


class Revisit(BadRecord):
    """The record says that the page was as before; it is in another record."""


def read_record(header: bytes, block: bytes, length: int) -> RawArticle | Skipped:
    """Return a record's article, or why it holds none by its kind.

    ``block`` holds at most MAX_BLOCK_BYTES of the ``length`` bytes. Raises BadRecord.
    """
    try:
        record = ArcWarcRecordLoader().parse_record_stream(
            BufferedReader(io.BytesIO(header + block)), known_format="warc", no_record_parse=True
        )
        kind = str(record.rec_headers.get_header("WARC-Type") or "").lower()
        if kind == "revisit":
            raise Revisit(_revisit(record))
        if kind not in ("response", "resource"):
            return Skipped(f"{_label(kind)} record")
        if record.rec_headers.get_header("WARC-Segment-Number"):
            raise BadRecord("is one segment of a record: join the segments first")
        return _article(record, block, length, is_response=kind == "response")
    except _ERRORS as error:
        raise BadRecord(f"cannot be read: {str(error)[:200] or type(error).__name__}") from error


def _article(
    record: ArcWarcRecord, block: bytes, length: int, *, is_response: bool
) -> RawArticle | Skipped:
    target = str(record.rec_headers.get_header("WARC-Target-URI") or "")
    if not target:
        raise BadRecord("has no WARC-Target-URI")
    content_type, is_http = str(record.content_type or ""), is_response
    if is_http:
        is_http = target.lower().startswith(_HTTP)
    if is_http:
        status = _parse_http(record, block)
        if not _OK.match(status) or status.startswith(_PARTIAL):
            return Skipped(f"HTTP status {_label(status[:3])}")
        content_type = str(record.http_headers.get_header("Content-Type") or "")
    media_type = content_type.partition(";")[0].strip().lower()
    if media_type and media_type not in _TEXT_TYPES:
        return Skipped(_label(media_type))
    if length > MAX_BLOCK_BYTES:
        raise BadRecord(f"is larger than {MAX_BLOCK_BYTES} bytes")
    content = _content(record) if is_http else record.raw_stream.read()
    if not content.strip():
        return Skipped("empty page")
    content_type = content_type[:200] or content_type_of(urlsplit(target).path, content) or ""
    if not content_type:
        return Skipped("neither text nor HTML")
    return _build(target, content, content_type, _fetched_at(record))


def _parse_http(record: ArcWarcRecord, block: bytes) -> str:
    """Parse the HTTP header into the record, and return the status line without the protocol."""
    if not _BLANK_LINE.search(block, 0, MAX_HTTP_HEADER_BYTES):
        raise BadRecord(f"has no end of its HTTP header within {MAX_HTTP_HEADER_BYTES} bytes")
    record.http_headers = ArcWarcRecordLoader().http_parser.parse(record.raw_stream)
    return str(record.http_headers.statusline)


def _content(record: ArcWarcRecord) -> bytes:
    """Return the body without its transfer and content codings. Raises BadRecord."""
    headers, stream = record.http_headers, record.raw_stream
    if "chunked" in str(headers.get_header("Transfer-Encoding") or "").lower():
        stream = ChunkedDataReader(stream)
    decoder = BodyDecoder(str(headers.get_header("Content-Encoding") or ""))
    content = bytearray()
    try:
        for piece in _decoded(decoder, stream):
            content += piece
            if len(content) > MAX_BYTES:
                break
    except BadEncoding as error:
        raise BadRecord(f"its body cannot be decoded: {error}") from error
    return bytes(content)


def _decoded(decoder: BodyDecoder, stream: io.IOBase) -> Iterator[bytes]:
    """Yield the decoded pieces of a body. Raises BadEncoding.

    It is read in small steps: warcio collects the chunks of a step, and a chunk may be one byte.
    """
    while data := stream.read(_STEP_BYTES):
        yield from decoder.feed(data)
    yield from decoder.finish()


def _build(target: str, content: bytes, content_type: str, fetched_at: datetime) -> RawArticle:
    if len(content) > MAX_BYTES:
        raise BadRecord(f"is larger than {MAX_BYTES} bytes")
    source = source_of((urlsplit(target).hostname or "warc").removeprefix("www."))
    url: str | None = None
    if target.lower().startswith(_HTTP):
        try:
            url = canonical_url(target)
        except InvalidMessage as error:
            raise BadRecord(str(error)) from error
    return RawArticle(
        source=source,
        uri=url or f"urn:summitwire:seed:{source}/{quote(target)}",
        content_type=content_type,
        content=content,
        fetched_at=fetched_at,
        origin="seed",
        url=url,
    )


def _fetched_at(record: ArcWarcRecord) -> datetime:
    text = str(record.rec_headers.get_header("WARC-Date") or "")
    try:
        return to_utc(datetime.fromisoformat(text))
    except (ValueError, OverflowError):
        raise BadRecord(f"its WARC-Date is not a time: {text[:40]!r}") from None


def _revisit(record: ArcWarcRecord) -> str:
    headers = record.rec_headers
    date = str(headers.get_header("WARC-Refers-To-Date") or "")[:40]
    when = f" of {date}" if date else ""
    return f"is a revisit: the page is in an earlier record{when}, and is not sent again"


def _label(text: str) -> str:
    """Return a type or status for a count; an invented one must not make a count of its own."""
    short = text.strip().lower()
    if short.isalnum() and len(short) <= _LABEL_CHARACTERS:
        return short
    return short if _MEDIA_TYPE.fullmatch(short) else "unknown"
