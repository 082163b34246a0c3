"""``summitwire try clean``: pages and texts through the cleaner's own functions, without a broker."""

import logging
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, Final

import orjson
import typer

from services.cleaner.article_draft import ArticleDraft
from services.cleaner.pipeline import build_draft
from services.cleaner.sign import sign
from services.console.errors import EXIT_BAD, EXIT_USAGE, say
from shared.base.outcomes import Drop, InvalidMessage
from shared.kafka.topics import ARTICLES_RAW
from shared.messages.schemas import CleanArticle, RawArticle, TimeSource
from shared.record_batches.inflate import BadEncoding, Gunzip

STANDARD_INPUT: Final = "-"
_MOST_BYTES: Final = ARTICLES_RAW.max_message_bytes
_TYPES: Final = {
    ".json": "application/json",
    ".xml": "application/xml",
    ".html": "text/html",
    ".htm": "text/html",
    ".xhtml": "application/xhtml+xml",
    ".txt": "text/plain",
    ".text": "text/plain",
}
_GZIP_MAGIC: Final = b"\x1f\x8b"
_SHOWN_CHARACTERS: Final = 100

Paths = Annotated[
    list[Path],
    typer.Argument(
        metavar="PATH…",
        help="HTML, plain text, ninjs or NewsML-G2, also .gz; - is standard input.",
        show_default=False,
    ),
]
Json = Annotated[bool, typer.Option("--json", help="One JSON object a line on standard output.")]


class UnreadableFile(Exception):  # noqa: N818 - named for what the file is
    """The file cannot be read; the text names it and says why."""


@dataclass(frozen=True, slots=True)
class CleanResult:
    """What became of one file: the article and its draft, or the reason why there is none."""

    file: str
    reason: str | None
    draft: ArticleDraft | None = None

    @property
    def article(self) -> CleanArticle | None:
        """The article, if there is one."""
        return sign(self.draft) if self.draft else None


def try_clean(paths: Paths, json_: Json = False) -> None:
    """Extract articles from files, as the cleaner does.

    Example: summitwire try clean --json page.html.gz story.txt
    """
    logging.getLogger("trafilatura").setLevel(
        logging.CRITICAL
    )  # a rejected page is told once, by us
    logging.getLogger("htmldate").setLevel(logging.CRITICAL)
    worst = 0
    for path in paths:
        try:
            tried = clean_file(path)
        except UnreadableFile as error:
            say(str(error))
            worst = EXIT_USAGE
            continue
        worst = max(worst, EXIT_BAD if tried.reason else 0)
        sys.stdout.write(
            orjson.dumps(as_json(tried)).decode() + "\n"
            if json_
            else "\n".join(as_text(tried)) + "\n\n"
        )
        sys.stdout.flush()
    if worst:
        raise typer.Exit(worst)


def clean_file(path: Path) -> CleanResult:
    """The file through the cleaner. Raises Unreadable."""
    content = _content(path)
    try:
        outcome = build_draft(_raw(path, content))
    except InvalidMessage as error:
        return CleanResult(str(path), str(error))
    return (
        CleanResult(str(path), str(outcome.reason))
        if isinstance(outcome, Drop)
        else CleanResult(str(path), None, outcome)
    )


def as_json(tried: CleanResult) -> dict[str, Any]:
    """The object that ``--json`` prints; a rejected file has the same fields, empty."""
    article, draft = tried.article, tried.draft
    return {
        "file": tried.file,
        "ok": article is not None,
        "reason": tried.reason,
        "title": article.headline if article else "",
        "published": _published(tried),
        "authors": list(article.authors) if article else [],
        "body": list(_paragraphs(article)),
        "language": article.language if article else None,
        "lines": list(draft.extraction.body_lines) if draft else [],
        "dropped": [asdict(line) for line in article.dropped] if article else [],
        "evidence": _evidence(article),
    }


def as_text(tried: CleanResult) -> Iterator[str]:
    """The lines that a person reads."""
    article = tried.article
    if article is None:
        yield f"{tried.file}: rejected: {tried.reason}"
        return
    yield f"{tried.file}: {article.headline}"
    yield f"  published {_published(tried) or 'unknown'} · {', '.join(article.authors) or 'no author'} · {article.language}"
    yield "  evidence  " + ", ".join(
        f"{field}: {witness}" for field, witness in _evidence(article).items()
    )
    for paragraph in _paragraphs(article):
        yield f"\n  {paragraph}"
    if article.dropped:
        yield "\n  left out"
    for line in article.dropped:
        yield f"  {line.line:5} {line.why:20} {line.text[:_SHOWN_CHARACTERS]}"


def _published(tried: CleanResult) -> str | None:
    """The time of publication, in the zone of whoever told it; None where only the time of fetching is known."""
    article, draft = tried.article, tried.draft
    if article is None or draft is None or article.event_time_source == TimeSource.FETCHED:
        return None
    told = draft.extraction.published
    return (
        told.moment if told and told.moment == article.event_time else article.event_time
    ).isoformat()


def _paragraphs(article: CleanArticle | None) -> Iterator[str]:
    if article:
        for span in article.paragraphs:
            yield article.body[span.start : span.end]


def _evidence(article: CleanArticle | None) -> dict[str, str]:
    named = {"headline": "title"}
    return (
        {named.get(field, field): witness for field, witness in article.evidence.items()}
        if article
        else {}
    )


def _raw(path: Path, content: bytes) -> RawArticle:
    """The message that the fetcher would make of the file; nothing but the file is known of it."""
    suffix = Path(path.name.removesuffix(".gz")).suffix.lower()
    uri = f"urn:summitwire:try:{path.name}"
    return RawArticle(
        source="try",
        uri=uri,
        content_type=_TYPES.get(suffix, ""),
        content=content,
        fetched_at=datetime.now(UTC),
        origin="push",
    )


def _content(path: Path) -> bytes:
    try:
        data = (
            sys.stdin.buffer.read(_MOST_BYTES + 1) if str(path) == STANDARD_INPUT else _read(path)
        )
        content = _inflated(data) if data.startswith(_GZIP_MAGIC) else data
    except (OSError, BadEncoding) as error:
        raise UnreadableFile(
            f"{path}: cannot be read: {getattr(error, 'strerror', None) or error}"
        ) from error
    if len(content) > _MOST_BYTES:
        raise UnreadableFile(f"{path}: larger than {_MOST_BYTES} bytes, which no message holds")
    return content


def _read(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(_MOST_BYTES + 1)


def _inflated(data: bytes) -> bytes:
    gunzip, content = Gunzip(), bytearray()
    for piece in gunzip.feed(data):
        content += piece
        if len(content) > _MOST_BYTES:
            return bytes(content)
    return bytes(content) + gunzip.finish()
