"""JSON lines as raw articles: what `summitwire tail articles.raw.v1 --json` prints, or articles.

An article has the fields of services/console/inputs/article_inputs.py, and ``url``, and ``html`` in
place of ``body``.
"""

import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO, Final
from urllib.parse import quote

import msgspec

from services.console.inputs.article_inputs import (
    ArticleInput,
    ArticleReader,
    Place,
    UnusableInput,
    parse_json,
)
from services.fetcher.addresses.canonical_url import canonical_url
from services.fetcher.seeds.manifest import LANGUAGE, SOURCE
from services.fetcher.seeds.seed_articles import MAX_BYTES, Item, source_of
from shared.base.outcomes import InvalidMessage
from shared.files.yaml_document import Problem
from shared.kafka.topics import ARTICLES_RAW
from shared.messages.codec import MAX_ERROR_CHARACTERS
from shared.messages.schemas import RawArticle
from shared.messages.schemas.values import TimePrecision
from shared.record_batches.inflate import BadEncoding, Inflate

SUFFIXES: Final = (".jsonl", ".ndjson", ".jsonl.gz", ".ndjson.gz", ".json.gz")
MAX_LINE_BYTES: Final = 16 * 1024 * 1024
"""Twice the largest message: a line may escape what the message does not."""
_STEP_BYTES: Final = 64 * 1024
_DATE_CHARACTERS: Final = len("2018-09-12")
_NO_OBJECT: Final = "not an article: not a JSON object"
_BOM: Final = b"\xef\xbb\xbf"
_GZIP: Final = b"\x1f\x8b"


@dataclass(slots=True)
class LineReader:
    """Converts the lines of one input.

    ``file`` is how messages call it, ``source`` what articles without a source have, and
    ``obtained_at`` the time of those without a date.
    """

    file: str
    source: str
    obtained_at: datetime
    reader: ArticleReader = field(init=False)

    def __post_init__(self) -> None:
        self.reader = ArticleReader(self.file)

    def convert(self, line: bytes, number: int) -> RawArticle | Problem:
        """Convert a line, counted from 1, to its article or its problem."""
        place = Place(self.file, number)
        try:
            value = parse_json(line, place)
            if not isinstance(value, dict):
                return Problem(self.file, number, 1, _NO_OBJECT, code="invalid-line")
            message = value["value"] if {"offset", "value"} <= value.keys() else value
            if isinstance(message, dict) and {"content", "content_type"} <= message.keys():
                return _decode(message, place)
            if message is not value:
                reason = f"is not a message of {ARTICLES_RAW.name}"
                hint = f"dump it with `summitwire tail {ARTICLES_RAW.name} --from-beginning --json`"
                return Problem(self.file, number, 1, reason, hint, code="wrong-topic")
            return self._from_fields(value, place)
        except UnusableInput as error:
            column = error.place.column or 1
            return Problem(self.file, number, column, error.reason, code="invalid-line")

    def _from_fields(self, value: dict[str, Any], place: Place) -> RawArticle:
        pages = {name: value[name] for name in ("url", "html") if value.get(name) is not None}
        for name, text in pages.items():
            if not isinstance(text, str):
                raise UnusableInput(place, f"{name} is not a text; write it in quotes")
        fields = {name: value[name] for name in value if name not in ("url", "html")}
        if "html" in pages:
            if fields.get("body") is not None or fields.get("text") is not None:
                raise UnusableInput(place, "has both html and body; leave out one of them")
            fields["body"] = ""
        if "url" in pages:
            fields.setdefault("id", pages["url"])
        return self._article(pages, self.reader.convert(fields, place))

    def _article(self, pages: dict[str, str], article: ArticleInput) -> RawArticle:
        source, url = article.source or self.source, None
        if not SOURCE.fullmatch(source):
            hint = "write lower-case letters, digits, '.', '_', '-'; at most 64"
            raise UnusableInput(article.place, f"{source[:60]!r} is not a source id; {hint}")
        if article.language is not None and not LANGUAGE.fullmatch(article.language):
            reason = f"{article.language[:60]!r} is not a language code; write it like en or pt-BR"
            raise UnusableInput(article.place, reason)
        try:
            url = canonical_url(pages["url"]) if "url" in pages else None
        except InvalidMessage as error:
            raise UnusableInput(article.place, str(error)) from error
        published, precision = _published(article)
        return RawArticle(
            source=source,
            uri=url or f"urn:summitwire:seed:{source}/{quote(str(article.id))}",
            content_type="text/html" if "html" in pages else "text/plain",
            content=_content(pages, article),
            fetched_at=published or self.obtained_at,
            origin="seed",
            url=url,
            headline=article.headline or None,
            language=article.language,
            published_at=published,
            published_precision=precision,
        )


def _published(article: ArticleInput) -> tuple[datetime | None, TimePrecision]:
    """Return when the article was published, and what its text says of that."""
    try:
        moment = article.published_at()
    except OverflowError:
        raise UnusableInput(article.place, f"not a date: {article.published!r}") from None
    text = (article.published or "").strip()
    if moment is None or datetime.fromisoformat(text).tzinfo is not None:
        return moment, "moment"
    return moment, "day" if len(text) <= _DATE_CHARACTERS else "zoneless"


def _content(pages: dict[str, str], article: ArticleInput) -> bytes:
    text = pages.get("html") or "\n\n".join(filter(None, (article.deck, article.body)))
    content = text.encode()
    if len(content) > MAX_BYTES:
        raise UnusableInput(article.place, f"its text is larger than {MAX_BYTES} bytes")
    return content


def _decode(message: dict[str, Any], place: Place) -> RawArticle:
    try:
        return msgspec.convert(message, RawArticle, strict=True)
    except (msgspec.ValidationError, RecursionError) as error:
        reason = f"not a message of {ARTICLES_RAW.name}: {error}"[:MAX_ERROR_CHARACTERS]
        raise UnusableInput(place, reason) from error


def iter_lines(file: BinaryIO, name: str, *, source: str, obtained_at: datetime) -> Iterator[Item]:
    """Yield the item of each line of a file, gzipped or not, in bounded memory.

    OSError if it cannot be read.
    """
    reader, number = LineReader(name, source_of(source), obtained_at), 0
    try:
        for number, line in enumerate(_split(_inflated(file)), start=1):
            if line is None:
                reason = f"is longer than {MAX_LINE_BYTES} bytes"
                yield Problem(name, number, 1, reason, "write one article a line", code="too-large")
            elif line.strip():
                yield reader.convert(line, number)
    except (BadEncoding, zlib.error) as error:
        reason = f"what follows this line is lost: {error}"
        yield Problem(
            name, max(number, 1), 1, reason, "fetch the file again", code="broken-archive"
        )


def iter_line_file(path: Path) -> Iterator[Item]:
    """Yield the item of each line of a file on disk; undated articles have the file's time."""
    try:
        with path.open("rb") as file:
            modified_at = datetime.fromtimestamp(int(path.stat().st_mtime), UTC)
            stem = path.name.partition(".")[0]
            yield from iter_lines(file, str(path), source=stem, obtained_at=modified_at)
    except (OSError, OverflowError) as error:
        reason = f"cannot be read: {getattr(error, 'strerror', None) or error}"
        yield Problem(str(path), 1, 1, reason, code="unreadable")


def _inflated(file: BinaryIO) -> Iterator[bytes]:
    """Yield the content in pieces, decompressed if it is gzip. Raises BadEncoding."""
    data = file.read(_STEP_BYTES)
    inflate = Inflate() if data.startswith(_GZIP) else None
    data = data.removeprefix(_BOM)
    while data:
        if inflate is None:
            yield data
        else:
            yield from inflate.feed(data)
        data = file.read(_STEP_BYTES)
    if inflate is not None:
        yield inflate.finish()


def _split(pieces: Iterator[bytes]) -> Iterator[bytes | None]:
    """Yield each line; None for one that is too long."""
    parts, size = list[bytes](), 0
    for piece in pieces:
        for position, part in enumerate(piece.split(b"\n")):
            if position:
                yield b"".join(parts) if size <= MAX_LINE_BYTES else None
                parts, size = [], 0
            size += len(part)
            if size > MAX_LINE_BYTES:
                parts = []
            elif part:
                parts.append(part)
    if size:
        yield b"".join(parts) if size <= MAX_LINE_BYTES else None
